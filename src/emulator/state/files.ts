import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Windows has neither; links are made by administrators only there. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const NO_BLOCK = constants.O_NONBLOCK ?? 0;

const CHUNK_BYTES = 64 * 1024;

/** Milliseconds: how long a pipe is waited for in all, and until an empty one is looked at again. */
const PIPE_PATIENCE = 30_000;
const PIPE_PAUSE = 20;

/** A file that is there and is not read, for a reason that ends a sentence about it. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

/**
 * The text of a regular file, undefined where there is none. Neither a link that somebody planted in its
 * place is followed, nor a pipe waited for, nor more read than allowed.
 *
 * @param maxBytes more than that are refused
 * @throws UnusableFile, or what the system says
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<string | undefined> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    if (!(await file.stat()).isFile()) throw new UnusableFile('is not a regular file');
    return await readAtMost(file, maxBytes);
  } finally {
    await file.close();
  }
}

/**
 * The text of a file that the user named. It may be a link or a pipe, as `<(…)` of a shell is; a pipe is read
 * without blocking a thread, so that a signal can end the process meanwhile, and not for ever.
 *
 * @param maxBytes more than that are refused
 * @throws UnusableFile, or what the system says
 */
export async function readNamedFile(path: string, maxBytes: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | NO_BLOCK);
  try {
    return await readAtMost(file, maxBytes);
  } finally {
    await file.close();
  }
}

async function readAtMost(file: FileHandle, maxBytes: number): Promise<string> {
  const stat = await file.stat();
  const isPipe = stat.isFIFO();
  const tooMuch = new UnusableFile(`holds more than ${inWords(maxBytes)}`);
  if (stat.isFile() && stat.size > maxBytes) throw tooMuch;
  const chunks: Buffer[] = [];
  for (let bytes = 0, waited = 0; ; ) {
    const chunk = await readIfReady(file);
    // A pipe that nobody has begun to write into looks like one that has ended.
    const isReady = chunk && (chunk.length > 0 || bytes > 0 || !isPipe);
    if (isReady) {
      if (chunk.length === 0) return Buffer.concat(chunks).toString('utf8');
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooMuch;
      chunks.push(chunk);
    } else {
      if (waited >= PIPE_PATIENCE) throw new UnusableFile(`is not complete after ${PIPE_PATIENCE / 1_000} s`);
      waited += PIPE_PAUSE;
      await sleep(PIPE_PAUSE);
    }
  }
}

/** What is there next: nothing at the end, undefined while a pipe is empty. */
async function readIfReady(file: FileHandle): Promise<Buffer | undefined> {
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return undefined;
    throw error;
  }
}

/**
 * Makes a file that must not be there yet, for its owner only.
 *
 * @throws what the system says, EEXIST among it
 */
export async function createFile(path: string, text: string): Promise<void> {
  // O_EXCL does not follow a link either.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    // Half a file would be taken for a whole one.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    // For Windows, and for the clearer words; between the two lines O_NOFOLLOW keeps watch.
    if ((await lstat(path)).isSymbolicLink()) throw new UnusableFile('is a link');
    return await open(path, constants.O_RDONLY | NO_FOLLOW | NO_BLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'ELOOP')) throw new UnusableFile('is a link');
    throw error;
  }
}

function inWords(bytes: number): string {
  return bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes} bytes`;
}

import {
  type FileHandle,
  lstat,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../errors.ts';
import { emptyFlag } from '../settings/bad-value.ts';
import type { Environment } from '../settings/environment.ts';
import { absolutePath, displayPath } from '../settings/files.ts';
import { type Text, text } from '../text.ts';
import { withVariables } from './env-text.ts';
import { fileErrorCode, fileReason, unlessMissing } from './file-errors.ts';
import type { Sink, TokenPair } from './sink.ts';
import { tokenVariables } from './token-variables.ts';

/** Longer than any pair, so that room for it is room for the real one. */
const SAMPLE: TokenPair = { id: 'x'.repeat(64), token: 'x'.repeat(512) };

/**
 * The env file at this path, there or not, as the place for a new token. Opening proves that it can be
 * written: a file beside it, which will take its place in one step, is made and given the room it needs.
 *
 * @throws Failure INVALID_USAGE naming the path and what stands in the way
 */
export async function openEnvFile(path: string, environment: Environment): Promise<Sink> {
  if (path === '') throw emptyFlag('--env-file');
  const shown = displayPath(path, environment);
  const named = absolutePath({ value: path, source: { kind: 'flag', name: '--env-file' } }, environment);
  try {
    const owner = await ownerOf(named, shown);
    const file = await fileBehind(named);
    const room = Buffer.byteLength(await rewritten(file, SAMPLE, shown));
    const hasModes = environment.platform !== 'win32';
    const temporary = await makeTemporary(file, { room, owner, hasModes, shown });
    return {
      place: text`${shown}`,
      deliver: (pair) => replace(file, temporary, pair, shown),
      close: () => discard(temporary),
    };
  } catch (error) {
    throw cannotWrite(shown, error);
  }
}

async function replace(file: string, temporary: string, pair: TokenPair, shown: string): Promise<void> {
  try {
    await fill(temporary, await rewritten(file, pair, shown));
    await rename(temporary, file);
  } catch (error) {
    await discard(temporary);
    const { text: message, hint } = cannotWrite(shown, error);
    throw new Failure('COMMAND_FAILED', message, { hint, cause: error });
  }
}

/** Best effort: the command has its result, or a failure that tells more. */
async function discard(temporary: string): Promise<void> {
  await rm(temporary, { force: true }).catch(() => {});
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Whose the file is, where there is one. Never waits, as reading a pipe would. */
async function ownerOf(path: string, shown: string): Promise<Owner | undefined> {
  const found = await unlessMissing(stat(path));
  if (found === undefined) return undefined;
  if (!found.isFile()) {
    throw unfit(shown, found.isDirectory() ? ['it is a folder'] : ['it is not a regular file'], [
      'Name a file, such as .env.',
    ]);
  }
  return found;
}

/** The file that a path leads to over symbolic links, which stay what they are; it may be missing. */
async function fileBehind(path: string): Promise<string> {
  const isLink = (await unlessMissing(lstat(path)))?.isSymbolicLink() ?? false;
  if (!isLink) return path;
  return fileBehind(resolve(await realpath(dirname(path)), await readlink(path)));
}

/** What the file will hold once the pair is in it. */
async function rewritten(file: string, pair: TokenPair, shown: string): Promise<string> {
  const bytes = (await unlessMissing(readFile(file))) ?? new Uint8Array();
  const outcome = withVariables(decoded(bytes, shown), tokenVariables(pair));
  if ('content' in outcome) return outcome.content;
  throw unfit(shown, outcome.problem, ['Mend it, or name another file.']);
}

function decoded(bytes: Uint8Array, shown: string): string {
  try {
    const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!content.includes('\0')) return content;
  } catch {
    // Bytes that cannot be kept as they are.
  }
  throw unfit(shown, ['it is not a text in UTF-8'], ['Save it as UTF-8, or name another file.']);
}

interface TemporaryFile {
  /** Bytes. */
  readonly room: number;
  readonly owner: Owner | undefined;
  readonly hasModes: boolean;
  readonly shown: string;
}

/** It is blank until the end: nothing is in it that a killed process could leave behind. */
async function makeTemporary(file: string, { room, owner, hasModes, shown }: TemporaryFile): Promise<string> {
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  const handle = await unlessMissing(open(temporary, 'wx', 0o600));
  if (handle === undefined) {
    throw unfit(shown, ['its folder does not exist'], ['Make it, or name a file in a folder that exists.']);
  }
  try {
    try {
      // For a umask that takes even more away.
      if (hasModes) await handle.chmod(0o600);
      if (owner !== undefined) await giveTo(owner, handle, shown);
      await handle.writeFile(' '.repeat(room));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await discard(temporary);
    throw error;
  }
  return temporary;
}

/** As where root writes into somebody's project, who could not read the file otherwise. */
async function giveTo(owner: Owner, handle: FileHandle, shown: string): Promise<void> {
  const { uid } = await handle.stat();
  if (uid === owner.uid) return;
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch (error) {
    throw unfit(shown, ['it belongs to another user'], ['Name a file of yours.'], error);
  }
}

/** Writes over the blanks, so that the room they took is not given away in between. */
async function fill(temporary: string, content: string): Promise<void> {
  const handle = await open(temporary, 'r+');
  try {
    await handle.writeFile(content);
    await handle.truncate(Buffer.byteLength(content));
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unfit(shown: string, reason: Text, hint: Text, cause?: unknown): Failure {
  return new Failure('INVALID_USAGE', text`cannot write ${shown}: ${reason}`, { hint, cause });
}

/** The failure that an error on the way to the file amounts to. */
function cannotWrite(shown: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const mend = MENDS[fileErrorCode(error)] ?? 'Check the path, or name another file.';
  return unfit(shown, [fileReason(error)], [mend], error);
}

const MENDS: Readonly<Record<string, string>> = {
  EACCES: 'Make the file readable and its folder writable for you, or name another file.',
  EPERM: 'Make the file readable and its folder writable for you, or name another file.',
  ENOSPC: 'Free some space, or name a file on another device.',
  EDQUOT: 'Free some space, or name a file on another device.',
  EROFS: 'Name a file on another file system.',
};

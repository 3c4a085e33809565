import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats, statSync } from 'node:fs';
import { combineSignals } from '../values/abort.ts';
import type { Clock } from '../values/clock.ts';

/** Bytes of a configuration file that are read at most. */
export const MOST_BYTES = 1024 * 1024;
/** Milliseconds that a pipe may take: a person may have to unlock a password manager behind it. */
const LONGEST_WAIT = 30_000;
/** Milliseconds between two looks at a pipe. */
const PAUSE = 50;
/** Milliseconds after its last change for which a file may still be being written. */
const FRESH = 50;
/** Bytes that are read at once. */
const PIECE = 64 * 1024;

export interface FoundFile {
  readonly content: string;
  /** The permission bits of the file behind links; undefined for a pipe, which has no readers but us. */
  readonly mode: number | undefined;
}

/** What reading a pipe waits with, and what ends it. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Why a file cannot be read, in words that fit behind "cannot read x:". */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/**
 * A file that nobody named, but that was found by its place; undefined where there is none. Whoever made it
 * must not be able to keep this program waiting: it is opened without blocking, and read only if it is a
 * regular file of at most 1 MB. Links are followed; the descriptor tells what is behind them.
 *
 * @throws Unreadable
 */
export function readFoundFile(path: string): FoundFile | undefined {
  const file = openIfPresent(path);
  if (file === undefined) return undefined;
  try {
    if (!file.stats.isFile()) throw new Unreadable(`it is ${kindOf(file.stats)}, not a regular file`);
    const found = readWhole(file);
    refuseChanged(file);
    return found;
  } finally {
    closeSync(file.descriptor);
  }
}

/**
 * A file that the user named; undefined where there is none. It may also be a pipe, as the shell's
 * `<(command)` is, which has 30 s to deliver all of it, or the null device, which holds nothing.
 *
 * @throws Unreadable, and the signal's reason
 */
export async function readNamedFile(path: string, patience: Patience): Promise<FoundFile | undefined> {
  const file = openIfPresent(path);
  if (file === undefined) return undefined;
  const { descriptor, stats } = file;
  if (stats.isFIFO()) return { content: await readPipe(path, descriptor, patience), mode: undefined };
  try {
    if (isNullDevice(stats)) return { content: '', mode: undefined };
    if (!stats.isFile()) throw new Unreadable(`it is ${kindOf(stats)}, neither a regular file nor a pipe`);
    const found = readWhole(file);
    // What writes it may have come as far as some line, and go on in a moment.
    if (Math.abs(patience.clock.now() - stats.mtimeMs) < FRESH)
      await patience.clock.sleep(FRESH, patience.signal);
    refuseChanged(file);
    return found;
  } finally {
    closeSync(descriptor);
  }
}

/** A file that is written in place while it is read gives a part of each. @throws Unreadable */
function refuseChanged({ descriptor, stats }: OpenFile): void {
  const now = fstatSync(descriptor);
  if (now.size === stats.size && now.mtimeMs === stats.mtimeMs) return;
  throw new Unreadable('it was changed while it was read');
}

interface OpenFile {
  readonly descriptor: number;
  readonly stats: Stats;
}

/** A pipe without a writer would otherwise keep us waiting, and a terminal would become ours. */
function openIfPresent(path: string): OpenFile | undefined {
  try {
    // Windows knows neither of the two: there they are undefined, and count as nothing.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    return { descriptor, stats: fstatSync(descriptor) };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(error);
  }
}

function readWhole({ descriptor, stats }: OpenFile): FoundFile {
  if (stats.size > MOST_BYTES) throw tooLarge();
  const content = new Content();
  // Some files, as those below /proc, tell no size: what counts is what comes.
  for (;;) {
    const buffer = Buffer.alloc(PIECE);
    const length = readNext(descriptor, buffer);
    if (length === 0) return { content: content.toString(), mode: stats.mode };
    content.add(buffer.subarray(0, length));
  }
}

function readNext(descriptor: number, buffer: Buffer): number {
  try {
    return readSync(descriptor, buffer);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Pieces of a text that must not become too large. */
class Content {
  private readonly pieces: Buffer[] = [];
  size = 0;

  /** @throws Unreadable */
  add(piece: Buffer): void {
    this.size += piece.length;
    if (this.size > MOST_BYTES) throw tooLarge();
    this.pieces.push(piece);
  }

  /** @throws Unreadable for bytes that would become other ones */
  toString(): string {
    const bytes = Buffer.concat(this.pieces);
    const text = bytes.toString('utf8');
    const again = Buffer.from(text);
    if (again.equals(bytes)) return text;
    const wrong = again.findIndex((byte, index) => byte !== bytes[index]);
    const line = bytes.subarray(0, wrong).filter((byte) => byte === 0x0a).length + 1;
    throw new Unreadable(`it is not UTF-8 text, in line ${line}`);
  }
}

async function readPipe(path: string, descriptor: number, { clock, signal }: Patience): Promise<string> {
  const limit = combineSignals(signal, clock.timeout(LONGEST_WAIT));
  const content = new Content();
  const pipe = { descriptor, isOpenAlready: OPEN_ALREADY.test(path) };
  try {
    for await (const piece of piecesOf(pipe, clock, limit.signal)) content.add(piece);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (limit.signal.aborted) throw new Unreadable('it is a pipe that was not finished within 30 seconds');
    throw unreadable(error);
  } finally {
    limit.release();
  }
  // A command that failed behind `<(command)` tells it by nothing else.
  if (content.size === 0) throw new Unreadable('it is a pipe that delivered nothing');
  return content.toString();
}

/** The names of pipes that are open already, as the shell's are: at their end no other writer will come. */
const OPEN_ALREADY = /^\/dev\/(fd\/\d+|stdin)$|^\/proc\/[^/]+\/fd\/\d+$/;

/**
 * What comes out of a pipe, which is closed then. Read in the background, because where the system opens a
 * pipe once more by giving out the same one (macOS) reading waits for the writer, and signals must be heard.
 */
async function* piecesOf(
  { descriptor, isOpenAlready }: { descriptor: number; isOpenAlready: boolean },
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let hasWriter = isOpenAlready;
  let isPending = false;
  try {
    for (;;) {
      const buffer = Buffer.alloc(PIECE);
      isPending = true;
      const length = await orAborted(readIfAny(descriptor, buffer), signal);
      isPending = false;
      if (length === 0 && hasWriter) return;
      hasWriter ||= length !== 0;
      if (length) yield buffer.subarray(0, length);
      else await clock.sleep(PAUSE, signal);
    }
  } finally {
    // Closing would wait for a read that is under way.
    if (!isPending) closeSync(descriptor);
  }
}

/** The number of bytes; undefined where there are none yet but a writer who may bring some. */
function readIfAny(descriptor: number, buffer: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    read(descriptor, buffer, 0, buffer.length, null, (error, length) => {
      if (!error) resolve(length);
      else if (error.code === 'EAGAIN') resolve(undefined);
      else reject(error);
    });
  });
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Named to say "no configuration at all". */
function isNullDevice(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === statSync('/dev/null').rdev;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function unreadable(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  return new Unreadable(REASONS[codeOf(error)] ?? 'the system could not read it', { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function tooLarge(): Unreadable {
  return new Unreadable('it is larger than 1 MB');
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder, not a regular file',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its path is too long',
  ENXIO: 'it is a socket or a device, not a regular file',
  EIO: 'its disk reports an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EAGAIN: 'another program has locked it',
  EBUSY: 'another program has locked it',
};

import { link, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { systemClock } from '../values/clock.ts';
import { unlessMissing } from './file-errors.ts';
import { READ_WITHOUT_WAITING, readUpTo, writeWhole } from './whole-file.ts';

/** What this program knows of itself, and of others on the machine. */
export interface ProcessFacts {
  readonly id: number;
  /** Milliseconds since the epoch, fractions included. */
  readonly startedAt: number;
  /** When the machine was started, in the same count. */
  readonly bootedAt: number;
  readonly isRunning: (id: number) => boolean;
  /** Sends a signal to a process; nothing where it has ended, or is not ours. */
  readonly signal: (id: number, signal: NodeJS.Signals) => void;
  /** Sends a signal to a process and, where the system has such a thing, its group; nothing where it has ended. */
  readonly signalGroup: (id: number, signal: NodeJS.Signals) => void;
}

/** A lock file that is ours. */
export interface FileLock {
  /** Whether it still is: somebody may have removed it, or taken it for a left-over. */
  isHeld(): Promise<boolean>;
  /** Removes it. Never throws: what is left is recognized as a left-over. */
  release(): Promise<void>;
}

/** A lock file of somebody else, who may still be there. */
export interface OtherLock {
  /** Of the process that holds it, where it says so. */
  readonly heldBy: number | undefined;
}

/** As often as a lock is met that is gone again, or a left-over is put out of the way, before it is left to the user. */
const TRIES = 50;
/** Bytes. */
const LARGEST_LOCK = 4096;
/** Milliseconds after which a lock file without a holder's name is a left-over: it is written at once. */
const GRACE = 10_000;

/** The holder's process id, its start (see {@link startOf}) or a dash, and what tells one lock from another. */
const CONTENT = /^(?<id>\d{1,10}) (?<start>\d{1,20}|-) [\w-]{36}\n$/;

interface Holder {
  readonly id: number;
  readonly start: string;
}

/**
 * Makes a lock file, which must not be there. One that was left behind by a process that is gone, known by
 * its id and the time of its start, is put out of the way first.
 *
 * Two runs that find the same left-over can both come to hold the lock, if the system stops one of them in
 * the wrong place. The first one finds out by {@link FileLock.isHeld}.
 *
 * @throws the system's error where no file can be made
 */
export async function lockFile(path: string, self: ProcessFacts): Promise<FileLock | OtherLock> {
  const content = `${self.id} ${(await startOf(self.id)) ?? '-'} ${crypto.randomUUID()}\n`;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await makeLock(path, content)) return ownLock(path, content);
    const found = await readWrittenLock(path);
    if (found === undefined) continue;
    const holder = holderIn(found.content);
    const isLeft = holder
      ? !(await isStillRunning(holder, found.changedAt, self))
      : found.isFile && found.changedAt < Date.now() - GRACE;
    if (!isLeft) return { heldBy: holder?.id };
    await putAside(path, found.content);
  }
  return { heldBy: undefined };
}

/** Answers false where there is one. */
async function makeLock(path: string, content: string): Promise<boolean> {
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (handle === undefined) return false;
  try {
    try {
      // For a umask that would keep its owner from reading it.
      await handle.chmod(0o600).catch(() => {});
      await writeWhole(handle, Buffer.from(content), 0);
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
  return true;
}

function ownLock(path: string, content: string): FileLock {
  return {
    isHeld: async () => (await readLock(path))?.content === content,
    release: async () => {
      // What cannot be read is most likely ours.
      const found = await readLock(path).catch(() => ({ content }));
      if (found?.content === content) await rm(path, { force: true }).catch(() => {});
    },
  };
}

interface FoundLock {
  /** Empty for what is no regular file. */
  readonly content: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
  readonly isFile: boolean;
}

/** Milliseconds that somebody may take from making a lock file to having written it, and between looks. */
const WRITING = 500;
const LOOK_AGAIN = 20;

/** What lies there; where it was made just now and says nothing yet, what it says a moment later. */
async function readWrittenLock(path: string): Promise<FoundLock | undefined> {
  for (let waited = 0; ; waited += LOOK_AGAIN) {
    const found = await readLock(path);
    const isBeingWritten = found?.isFile && found.content === '' && found.changedAt >= Date.now() - GRACE;
    if (!isBeingWritten || waited >= WRITING) return found;
    await systemClock.sleep(LOOK_AGAIN);
  }
}

/** Follows no link and waits for no pipe: a repository may have brought what lies there. */
async function readLock(path: string): Promise<FoundLock | undefined> {
  const found = await unlessMissing(lstat(path));
  if (found === undefined) return undefined;
  const changedAt = found.mtimeMs;
  if (!found.isFile()) return { content: '', changedAt, isFile: false };
  const handle = await unlessMissing(open(path, READ_WITHOUT_WAITING));
  if (handle === undefined) return undefined;
  try {
    const bytes = await readUpTo(handle, LARGEST_LOCK);
    return { content: Buffer.from(bytes).toString(), changedAt, isFile: true };
  } finally {
    await handle.close();
  }
}

function holderIn(content: string): Holder | undefined {
  const { id, start } = CONTENT.exec(content)?.groups ?? {};
  return id === undefined || start === undefined ? undefined : { id: Number(id), start };
}

/** A process id is given again when its process is gone, a start time is not. */
async function isStillRunning(
  { id, start }: Holder,
  changedAt: number,
  { bootedAt, isRunning }: ProcessFacts,
): Promise<boolean> {
  if (changedAt < bootedAt || !isRunning(id)) return false;
  const known = await startOf(id);
  return start === '-' || known === undefined || known === start;
}

/** Takes a left-over away, and brings back what took its place in between. */
async function putAside(path: string, leftOver: string): Promise<void> {
  const aside = `${path}.${crypto.randomUUID()}`;
  if ((await unlessMissing(rename(path, aside).then(() => true))) === undefined) return;
  const isOther = (await readLock(aside))?.content !== leftOver;
  if (isOther) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

/** When a process was started, in the kernel's count, where the system tells (Linux). */
async function startOf(id: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
  // Behind the program's name, in parentheses, which may hold anything: the 22nd field in all.
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
}

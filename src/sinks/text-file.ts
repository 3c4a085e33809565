import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../errors.ts';
import type { Environment } from '../settings/environment.ts';
import { absolutePath, displayPath } from '../settings/files.ts';
import type { Resolved } from '../settings/source.ts';
import { type Text, text, unstyled } from '../text.ts';
import { fileErrorCode, fileReason, unlessMissing } from './file-errors.ts';
import { isInWorkTree, workTreeOf } from './git-tree.ts';
import { followLinks } from './links.ts';
import { type FileLock, lockFile, type ProcessFacts } from './lock-file.ts';
import { isMountPoint } from './mount-point.ts';
import { READ_WITHOUT_WAITING, readUpTo, writeWhole } from './whole-file.ts';

/** Bytes that such a file may have. */
const LARGEST = 10_000_000;
/** Who may do something with a file that has been changed, of those who could before. */
export type Readers = keyof typeof KEPT_BITS;

/** The bits of a mode that are kept. */
const KEPT_BITS = { owner: 0o700n, 'owner and group': 0o770n, everybody: 0o777n } as const;

/** The text of a file after a change, or what stands in its way. */
export type Rewritten = { readonly content: string } | { readonly problem: Text };

/** What opening a file needs to know. */
export interface FileSurroundings {
  readonly environment: Environment;
  readonly self: ProcessFacts;
}

/** What becomes of a file's text. */
export interface Rewriting<Change> {
  readonly rewrite: (content: string, change: Change) => Rewritten;
  /** A change that is at least as long as the real one: room for it is room for that. */
  readonly sample: Change;
  /** What of the text nobody else may change meanwhile. */
  readonly concern: (content: string) => string;
  /** What is not for everybody is made for its owner alone. */
  readonly readers: Readers;
}

/** A file that is held for one change. */
export interface OpenedFile<Change> {
  /** For messages: as the user named it, and where that leads. */
  readonly place: Text;
  /** Absolute, without a link in any part of it. */
  readonly target: string;
  /** What the user should know of what becomes of the file. */
  readonly notes: readonly Text[];
  /** Changes it, or leaves it as it is and throws. @throws Failure COMMAND_FAILED */
  readonly write: (change: Change) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * The file at this path, there or not, for one change of its text. Opening proves that it can be written, and
 * keeps other runs of this program from it until it is closed.
 *
 * A file beside it takes its place in one step, with its owner, group and mode, except for those whom it is not
 * for. Where no other file can take its place, because it has several names, is mounted by
 * itself, or belongs to somebody whom this user cannot give a file, it is written in place, and gets its old
 * content back if that fails. What others change in between is kept or, if it is what the change is about or the
 * file as a whole, not written over: the change fails. A change between the last look and the write, a few
 * microseconds, is not seen.
 *
 * @throws Failure INVALID_USAGE naming the path and what stands in the way
 */
export async function openTextFile<Change>(
  path: Resolved<string>,
  { environment, self }: FileSurroundings,
  rewriting: Rewriting<Change>,
): Promise<OpenedFile<Change>> {
  const shown = text`${displayPath(path.value, environment)}`;
  const file = await reportedAs('INVALID_USAGE', shown, () =>
    targetOf(path, shown, environment, rewriting.readers),
  );
  return reportedAs('INVALID_USAGE', file.place, async () => {
    // Before the lock: a lock file is only put beside what it can be a file beside.
    await examined(file);
    const lock = await lockFor(file, self);
    try {
      const found = await examined(file);
      refuseFresh(found, file, self);
      const room = rewritten(found, rewriting.sample, rewriting, file).length;
      const writer = await writerFor(found, file, room);
      const close = async (): Promise<void> => {
        await writer.close();
        await lock.release();
      };
      return {
        place: file.place,
        target: file.target,
        notes: writer.notes,
        write: async (change) => {
          const work = () => changeFile(change, rewriting, { file, found, lock, writer });
          await reportedAs('COMMAND_FAILED', file.place, work).finally(close);
        },
        close,
      };
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

/** A file that a path leads to. */
interface Place {
  /** Absolute, without a link in any part of it. */
  readonly target: string;
  /** For messages: as the user named it, and where that leads. */
  readonly place: Text;
  readonly hasModes: boolean;
  readonly readers: Readers;
}

async function targetOf(
  path: Resolved<string>,
  shown: Text,
  environment: Environment,
  readers: Readers,
): Promise<Place> {
  const named = absolutePath(path, environment);
  const { target, folders } = await followLinks(named);
  const hasModes = environment.platform !== 'win32';
  if (folders.length === 0) return { target, place: shown, hasModes, readers };
  const real = displayPath(target, environment);
  for (const folder of folders) {
    const root = await workTreeOf(folder);
    if (root === undefined || (await isInWorkTree(target, root))) continue;
    const tree = displayPath(root, environment);
    throw unfit(
      shown,
      text`a link leads to ${real}, outside the git work tree ${tree}`,
      text`A repository can bring such a link. If that file is meant, name it by its own path.`,
    );
  }
  return { target, place: text`${shown} (a link to ${real})`, hasModes, readers };
}

/** @throws Failure INVALID_USAGE where another run holds it, or something else stands in its place */
async function lockFor({ target, place }: Place, self: ProcessFacts): Promise<FileLock> {
  const path = `${target}.pscale-service-token.lock`;
  const lock = await lockFile(path, self).catch((error: unknown) => {
    if (fileErrorCode(error) !== 'ENOENT') throw error;
    throw unfit(
      place,
      text`its folder does not exist`,
      text`Create it, or name a file in a folder that exists.`,
    );
  });
  if ('isHeld' in lock) return lock;
  const reason =
    lock.heldBy === undefined
      ? text`${path} is in the way`
      : text`another run of this program (process ${lock.heldBy}) is writing it`;
  throw unfit(place, reason, text`Wait until it is done. If there is no such run, delete ${path}.`);
}

/** A file as it is at one moment. */
interface Found {
  /** Which file it is, and whose; empty where there is none. */
  readonly identity: string;
  readonly bytes: Uint8Array;
  readonly details: Details | undefined;
}

interface Details {
  readonly dev: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: bigint;
}

const NOTHING: Found = { identity: '', bytes: new Uint8Array(), details: undefined };

async function examined({ target, place }: Place): Promise<Found> {
  const found = await unlessMissing(stat(target, { bigint: true }));
  if (found === undefined) return NOTHING;
  // Looks before it opens: a device could do something on being opened.
  if (!found.isFile()) {
    throw unfit(
      place,
      found.isDirectory() ? text`it is a folder` : text`it is not a regular file`,
      text`Name a file, such as .env.`,
    );
  }
  const handle = await open(target, READ_WITHOUT_WAITING);
  try {
    return await examinedBy(handle, place);
  } finally {
    await handle.close();
  }
}

async function examinedBy(handle: FileHandle, place: Text): Promise<Found> {
  const details = await handle.stat({ bigint: true });
  if (!details.isFile()) throw unfit(place, text`it is not a regular file`, text`Name a file, such as .env.`);
  const bytes = await readUpTo(handle, LARGEST);
  if (bytes.length > LARGEST) {
    throw unfit(place, text`it is larger than ${unstyled(LARGEST / 1_000_000)} MB`, text`Name another file.`);
  }
  const { dev, ino, uid, gid, mode, nlink } = details;
  return { identity: [dev, ino, uid, gid, mode, nlink].join(':'), bytes, details };
}

/**
 * Of several runs that are started at once one gets the lock. If it is done before the next one comes to ask
 * for it, the next one is not to write over a secret that its user cannot have seen.
 */
function refuseFresh({ details }: Found, { place }: Place, { startedAt }: ProcessFacts): void {
  const changedAt = Number(details?.mtimeMs ?? 0);
  // One in the future is from a clock that is no match for ours.
  if (changedAt <= startedAt || changedAt > Date.now()) return;
  throw unfit(place, text`it was changed after this command had started`, text`Run the command again.`);
}

/** What the file will hold after a change. */
function rewritten<Change>(
  { bytes }: Found,
  change: Change,
  { rewrite }: Rewriting<Change>,
  { place }: Place,
): Buffer {
  const outcome = rewrite(decoded(bytes, place), change);
  if ('content' in outcome) return Buffer.from(outcome.content);
  throw unfit(place, outcome.problem, text`Fix it, or name another file.`);
}

function decoded(bytes: Uint8Array, place: Text): string {
  try {
    const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!content.includes('\0')) return content;
  } catch {
    // Bytes that cannot be kept as they are.
  }
  throw unfit(place, text`it is not a text in UTF-8`, text`Save it as UTF-8, or name another file.`);
}

interface Held {
  readonly file: Place;
  /** The file as it was opened. */
  readonly found: Found;
  readonly lock: FileLock;
  readonly writer: Writer;
}

async function changeFile<Change>(
  change: Change,
  rewriting: Rewriting<Change>,
  { file, found, lock, writer }: Held,
): Promise<void> {
  const current = await examined(file);
  const concernOf = ({ bytes }: Found): string => rewriting.concern(decoded(bytes, file.place));
  if (current.identity !== found.identity || concernOf(current) !== concernOf(found)) throw changed(file);
  await writer.write(rewritten(current, change, rewriting, file), current.bytes, async () => {
    const last = await examined(file);
    const isSame = last.identity === current.identity && Buffer.compare(last.bytes, current.bytes) === 0;
    if (!isSame || !(await lock.isHeld())) throw changed(file);
  });
}

function changed({ place }: Place): Failure {
  return unfit(place, text`something else changed it in the meantime`, text`Run the command again.`);
}

/** How a file's content is changed. */
interface Writer {
  readonly notes: readonly Text[];
  /**
   * Changes it, or leaves it as it is and throws.
   *
   * @param check looks, right before anything is written over, whether the file is still as it was
   */
  write(content: Uint8Array, old: Uint8Array, check: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

async function writerFor(found: Found, file: Place, room: number): Promise<Writer> {
  const { details } = found;
  const isBound = details && (details.nlink > 1n || (await isMountPoint(file.target, details.dev)));
  const writer = isBound ? undefined : await replacement(details, file, room);
  return writer ?? inPlace(found, file);
}

/**
 * A file beside the other one, with the room that the content needs. It is blank until the end: nothing is
 * in it that a killed process could leave behind. Undefined where it cannot be given to the old one's owner.
 */
async function replacement(
  details: Details | undefined,
  file: Place,
  room: number,
): Promise<Writer | undefined> {
  const temporary = `${file.target}.${crypto.randomUUID()}.tmp`;
  const handle = await open(temporary, 'wx', 0o600);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  // Best effort: the command has its result, or a failure that tells more.
  const discard = async (): Promise<void> => {
    await close().catch(() => {});
    await rm(temporary, { force: true }).catch(() => {});
  };
  try {
    // The owner before the mode: a change of the owner may take bits of the mode away.
    if (file.hasModes && details && !(await isGivenTo(details, handle))) {
      await discard();
      return undefined;
    }
    if (file.hasModes) await handle.chmod(details ? Number(keptMode(details, file)) : newMode(file));
    await writeWhole(handle, Buffer.alloc(room, ' '), 0);
    await handle.sync();
  } catch (error) {
    await discard();
    throw error;
  }
  let isThere = true;
  return {
    notes: notesOn(details, file),
    write: async (content, _, check) => {
      try {
        // Over the blanks, so that the room they took is not given away in between.
        await writeWhole(handle, content, 0);
        await handle.truncate(content.length);
        await handle.sync();
        await close();
        await check();
        await rename(temporary, file.target);
      } catch (error) {
        await discard();
        throw error;
      }
      isThere = false;
      await keepEntry(dirname(file.target));
    },
    close: () => (isThere ? discard() : Promise.resolve()),
  };
}

async function isGivenTo({ uid, gid }: Details, handle: FileHandle): Promise<boolean> {
  const isTheirs = async (): Promise<boolean> => {
    const own = await handle.stat({ bigint: true });
    return own.uid === uid && own.gid === gid;
  };
  if (await isTheirs()) return true;
  const isRefused = await handle.chown(Number(uid), Number(gid)).then(
    () => false,
    (error: unknown) => {
      if (['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(fileErrorCode(error))) return true;
      throw error;
    },
  );
  // Some file systems say yes to everything.
  return !isRefused && (await isTheirs());
}

/** Best effort: so that a power failure does not bring the old file back. */
async function keepEntry(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close().catch(() => {});
}

async function inPlace(found: Found, file: Place): Promise<Writer> {
  const { details } = found;
  const handle = await open(file.target, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
  const isLoose = file.hasModes && details !== undefined && isOpenToOthers(details, file);
  try {
    if ((await examinedBy(handle, file.place)).identity !== found.identity) throw changed(file);
    // As a proof, the mode that it has already.
    if (isLoose) await handle.chmod(Number(details.mode & 0o7777n)).catch(refuseLoose(file));
  } catch (error) {
    await handle.close();
    throw error;
  }
  let isOpen = true;
  return {
    notes: notesOn(details, file),
    write: async (content, old, check) => {
      await check();
      try {
        if (isLoose) await handle.chmod(Number(keptMode(details, file)));
        await overwrite(handle, content, old.length);
        await expectStillNamed(handle, file);
      } catch (error) {
        const isRestored = await restore(handle, old).then(
          () => true,
          () => false,
        );
        if (isLoose && isRestored) await handle.chmod(Number(details.mode & 0o7777n)).catch(() => {});
        throw isRestored ? error : torn(file, error);
      }
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await handle.close().catch(() => {});
    },
  };
}

/** Somebody may have put another file in its place between the last look and the write. */
async function expectStillNamed(handle: FileHandle, file: Place): Promise<void> {
  const [own, named] = [await handle.stat({ bigint: true }), await stat(file.target, { bigint: true })];
  if (own.dev !== named.dev || own.ino !== named.ino) throw changed(file);
}

/** What is behind the old content comes first: where there is no room for it nothing was written over yet. */
async function overwrite(handle: FileHandle, content: Uint8Array, oldLength: number): Promise<void> {
  await writeWhole(handle, content.subarray(oldLength), oldLength);
  await handle.sync();
  await writeWhole(handle, content.subarray(0, oldLength), 0);
  await handle.truncate(content.length);
  await handle.sync();
}

async function restore(handle: FileHandle, old: Uint8Array): Promise<void> {
  await writeWhole(handle, old, 0);
  await handle.truncate(old.length);
  await handle.sync();
}

function torn({ place }: Place, cause: unknown): Failure {
  return unfit(
    place,
    text`${fileReason(cause)}; and what it held could not be restored`,
    text`Check the file: it may contain only part of its old content.`,
    cause,
  );
}

function refuseLoose({ place }: Place): (error: unknown) => never {
  return (error) => {
    throw unfit(
      place,
      text`other users may read it, and its mode is not yours to change`,
      text`Let its owner take that right away (chmod o-rwx), or name another file.`,
      error,
    );
  };
}

function notesOn(details: Details | undefined, file: Place): Text[] {
  if (!file.hasModes || details === undefined || !isOpenToOthers(details, file)) return [];
  const modes = text`mode ${octal(details.mode & 0o777n)} is now ${octal(keptMode(details, file))}`;
  return [text`Other users can no longer access ${file.place} (${modes}).`];
}

function keptMode({ mode }: Details, { readers }: Place): bigint {
  return mode & KEPT_BITS[readers];
}

function isOpenToOthers(details: Details, file: Place): boolean {
  return (details.mode & 0o777n) !== keptMode(details, file);
}

function newMode({ readers }: Place): number {
  return readers === 'everybody' ? 0o644 : 0o600;
}

function octal(mode: bigint): string {
  return mode.toString(8).padStart(4, '0');
}

function unfit(place: Text, reason: Text, hint: Text, cause?: unknown): Failure {
  return new Failure('INVALID_USAGE', text`cannot write ${place}: ${reason}`, { hint, cause });
}

/** Does some of the work; an error on the way to the file becomes a failure of that code. */
async function reportedAs<Result>(
  code: 'INVALID_USAGE' | 'COMMAND_FAILED',
  place: Text,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const failure = error instanceof Failure ? error : unfit(place, ...reasonOf(error));
    if (failure.code === code) throw failure;
    throw new Failure(code, failure.text, { hint: failure.hint, cause: error });
  }
}

function reasonOf(error: unknown): [reason: Text, hint: Text, cause: unknown] {
  const hint = HINTS[fileErrorCode(error)] ?? 'Check the path, or name another file.';
  return [text`${fileReason(error)}`, unstyled(hint), error];
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Make the file readable and its folder writable for you, or name another file.',
  EPERM: 'Make the file readable and its folder writable for you, or name another file.',
  ENOSPC: 'Free some space, or name a file on another device.',
  EDQUOT: 'Free some space, or name a file on another device.',
  EFBIG: 'Raise the limit, or name another file.',
  EROFS: 'Name a file on another file system.',
};

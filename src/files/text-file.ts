import { Failure } from '../text/errors.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import type { Environment } from '../values/environment.ts';
import type { Resolved } from '../values/source.ts';
import { changed, examined, type Found, type Place, type Readers, unfit } from './examined-file.ts';
import { fileErrorCode, fileReason } from './file-errors.ts';
import { type Writer, writerFor } from './file-writer.ts';
import { makeFolderOf } from './folder.ts';
import { isInWorkTree, workTreeOf } from './git-tree.ts';
import { followLinks } from './links.ts';
import { type FileLock, lockFile, type ProcessFacts } from './lock-file.ts';
import { absolutePath, displayPath } from './paths.ts';

/** The text of a file after a change, or what stands in its way. */
export type Rewritten =
  | { readonly content: string }
  /** @property hint what to do, where it is not to mend the file or to name another one */
  | { readonly problem: Text; readonly hint?: Text };

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
  /** What it held when it was opened; nothing where it was not there. */
  readonly content: string;
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
        content: decoded(found.bytes, file.place),
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

/**
 * Changes a text file in one go; its folder is made where the place is the usual one.
 *
 * @returns what the user should know of what becomes of the file
 * @throws Failure INVALID_USAGE, COMMAND_FAILED as {@link openTextFile}
 */
export async function rewriteTextFile(
  path: Resolved<string>,
  surroundings: FileSurroundings,
  rewrite: (content: string) => string,
  readers: Readers,
): Promise<readonly Text[]> {
  if (path.source.kind === 'default') await makeFolderOf(path.value);
  const file = await openTextFile<undefined>(path, surroundings, {
    rewrite: (content) => ({ content: rewrite(content) }),
    sample: undefined,
    concern: (content) => content,
    readers,
  });
  try {
    await file.write(undefined);
    return file.notes;
  } finally {
    await file.close();
  }
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
  throw unfit(place, outcome.problem, outcome.hint ?? text`Fix it, or name another file.`);
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

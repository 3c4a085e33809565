import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';
import {
  changed,
  type Details,
  examinedBy,
  type Found,
  NO_LINK,
  type Place,
  type Readers,
  unfit,
} from './examined-file.ts';
import { fileErrorCode, fileReason } from './file-errors.ts';
import { isMountPoint } from './mount-point.ts';
import { writeWhole } from './whole-file.ts';

/** The bits of a mode that are kept. */
const KEPT_BITS: Readonly<Record<Readers, bigint>> = {
  owner: 0o700n,
  'owner and group': 0o770n,
  everybody: 0o777n,
};

/** How a file's content is changed. */
export interface Writer {
  readonly notes: readonly Text[];
  /**
   * Changes it, or leaves it as it is and throws.
   *
   * @param check looks, right before anything is written over, whether the file is still as it was
   */
  write(content: Uint8Array, old: Uint8Array, check: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function writerFor(found: Found, file: Place, room: number): Promise<Writer> {
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
  const handle = await open(file.target, constants.O_RDWR | (constants.O_NONBLOCK ?? 0) | NO_LINK);
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
  const [own, named] = [await handle.stat({ bigint: true }), await lstat(file.target, { bigint: true })];
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

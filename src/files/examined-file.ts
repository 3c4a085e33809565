import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { Failure } from '../text/errors.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { unlessMissing } from './file-errors.ts';
import { READ_WITHOUT_WAITING, readUpTo } from './whole-file.ts';

/** Of the flags to open with: the last part of the path must not be a link. */
export const NO_LINK = constants.O_NOFOLLOW ?? 0;

/** Bytes that such a file may have. */
const LARGEST = 10_000_000;

/** Who may do something with a file that has been changed, of those who could before. */
export type Readers = 'owner' | 'owner and group' | 'everybody';

/** A file that a path leads to. */
export interface Place {
  /** Absolute, without a link in any part of it. */
  readonly target: string;
  /** For messages: as the user named it, and where that leads. */
  readonly place: Text;
  readonly hasModes: boolean;
  readonly readers: Readers;
}

/** A file as it is at one moment. */
export interface Found {
  /** Which file it is, and whose; empty where there is none. */
  readonly identity: string;
  readonly bytes: Uint8Array;
  readonly details: Details | undefined;
}

export interface Details {
  readonly dev: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: bigint;
}

const NOTHING: Found = { identity: '', bytes: new Uint8Array(), details: undefined };

export async function examined(file: Place): Promise<Found> {
  const { target, place } = file;
  const found = await unlessMissing(lstat(target, { bigint: true }));
  if (found === undefined) return NOTHING;
  // Every link was followed before: this one is new.
  if (found.isSymbolicLink()) throw changed(file);
  // Looks before it opens: a device could do something on being opened.
  if (!found.isFile()) {
    throw unfit(
      place,
      found.isDirectory() ? text`it is a folder` : text`it is not a regular file`,
      text`Name a file, such as .env.`,
    );
  }
  const handle = await open(target, READ_WITHOUT_WAITING | NO_LINK);
  try {
    return await examinedBy(handle, place);
  } finally {
    await handle.close();
  }
}

export async function examinedBy(handle: FileHandle, place: Text): Promise<Found> {
  const details = await handle.stat({ bigint: true });
  if (!details.isFile()) throw unfit(place, text`it is not a regular file`, text`Name a file, such as .env.`);
  const bytes = await readUpTo(handle, LARGEST);
  if (bytes.length > LARGEST) {
    throw unfit(place, text`it is larger than ${unstyled(LARGEST / 1_000_000)} MB`, text`Name another file.`);
  }
  const { dev, ino, uid, gid, mode, nlink } = details;
  return { identity: [dev, ino, uid, gid, mode, nlink].join(':'), bytes, details };
}

export function unfit(place: Text, reason: Text, hint: Text, cause?: unknown): Failure {
  return new Failure('INVALID_USAGE', text`cannot write ${place}: ${reason}`, { hint, cause });
}

export function changed({ place }: Place): Failure {
  return unfit(place, text`something else changed it in the meantime`, text`Run the command again.`);
}

/** Bytes of an entry before its object's name: times, device, inode, mode, owner, size. */
const ENTRY_HEAD = 40;
/** SHA-1 and SHA-256; which of them is told by the repository's configuration, or by what can be read. */
const HASH_LENGTHS = [20, 32];
const EXTENDED = 0x4000;
/** Of a path, as the flags tell it; longer ones have this length there as well. */
const LONGEST_LENGTH = 0xfff;

/** What is read from an index: whether a path is in it, and where the rest of its paths are, if anywhere. */
export interface GitIndex {
  readonly isFound: boolean;
  /** The hash in the name of the shared index, for one that is split. */
  readonly shared: string | undefined;
}

/**
 * Looks for a path in a git index (versions 2 to 4); undefined where it is none. Reads the bytes and nothing
 * else: git itself would run what a repository's configuration names, such as `core.fsmonitor`.
 *
 * Format: https://git-scm.com/docs/index-format
 */
export function findInGitIndex(bytes: Uint8Array, isWanted: (path: string) => boolean): GitIndex | undefined {
  for (const hashLength of HASH_LENGTHS) {
    try {
      return parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), hashLength, isWanted);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

/** @throws RangeError where it is not an index with hashes of that length */
function parse(bytes: Buffer, hashLength: number, isWanted: (path: string) => boolean): GitIndex {
  const version = bytes.readUInt32BE(4);
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) throw new RangeError();
  const end = bytes.length - hashLength;
  let isFound = false;
  let previous = Buffer.alloc(0);
  let at = 12;
  for (let left = bytes.readUInt32BE(8); left > 0; left -= 1) {
    const start = at;
    const flags = bytes.readUInt16BE(start + ENTRY_HEAD + hashLength);
    at = start + ENTRY_HEAD + hashLength + 2 + (version > 2 && (flags & EXTENDED) !== 0 ? 2 : 0);
    let kept = 0;
    if (version === 4) {
      const removed = readOffset(bytes, at);
      at = removed.next;
      kept = previous.length - removed.value;
    }
    const zero = bytes.indexOf(0, at);
    if (zero < 0 || zero >= end || kept < 0) throw new RangeError();
    const path = Buffer.concat([previous.subarray(0, kept), bytes.subarray(at, zero)]);
    // Sorted by bytes; the same path may stand there once for each side of a conflict. One that is empty is
    // in the shared index, and only the rest of its entry is here.
    if (path.length > 0 && Buffer.compare(previous, path) > 0) throw new RangeError();
    if (Math.min(path.length, LONGEST_LENGTH) !== (flags & LONGEST_LENGTH)) throw new RangeError();
    isFound ||= isWanted(path.toString());
    if (path.length > 0) previous = path;
    at = version === 4 ? zero + 1 : start + Math.ceil((zero + 1 - start) / 8) * 8;
  }
  return { isFound, shared: sharedIndex(bytes, at, end, hashLength) };
}

/** A number in git's encoding with seven bits a byte, each further byte worth one more. */
function readOffset(bytes: Buffer, start: number): { readonly value: number; readonly next: number } {
  let at = start;
  let byte = bytes.readUInt8(at);
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    at += 1;
    byte = bytes.readUInt8(at);
    value = (value + 1) * 128 + (byte & 0x7f);
    if (value > bytes.length) throw new RangeError();
  }
  return { value, next: at + 1 };
}

/** @throws RangeError where the extensions do not end where the checksum begins: these are no hashes of that length */
function sharedIndex(bytes: Buffer, start: number, end: number, hashLength: number): string | undefined {
  let shared: string | undefined;
  let at = start;
  for (; at + 8 <= end; at += 8 + bytes.readUInt32BE(at + 4)) {
    if (bytes.toString('latin1', at, at + 4) !== 'link') continue;
    const hash = bytes.subarray(at + 8, at + 8 + hashLength);
    shared = hash.every((byte) => byte === 0) ? undefined : hash.toString('hex');
  }
  if (at !== end) throw new RangeError();
  return shared;
}

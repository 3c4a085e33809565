import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/**
 * Writes all of the bytes.
 *
 * @param position where in the file they begin; null for a file that is open for adding to its end
 * @throws the system's error where it takes fewer
 */
export async function writeWhole(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number | null,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const place = position === null ? null : position + done;
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, place);
    if (bytesWritten <= 0) throw new Error(`it took only ${done} of ${bytes.length} bytes`);
    done += bytesWritten;
  }
}

/** What a handle's file holds, up to a limit and a byte more. */
export async function readUpTo(handle: FileHandle, limit: number): Promise<Uint8Array> {
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(Math.min(size, limit) + 1);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, done);
    if (bytesRead <= 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Windows knows no such flag. */
export const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

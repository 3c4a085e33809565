import { writeSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

export interface OutputStream {
  readonly stream: Writable;
  /**
   * The file or device behind the stream, where there is one that tells how many bytes it has taken: Node's
   * stream for those does not look at the number. Undefined for terminals, pipes and sockets, whose streams
   * wait until all is taken, also where the other side has made them non-blocking.
   */
  readonly descriptor?: number | undefined;
  readonly isTerminal: boolean;
  /** Whether the terminal can show colour; it is used only where settings allow. */
  readonly canColour: boolean;
  /** Columns of the terminal, or of a page where there is none. */
  readonly width: number;
}

/** The three standard streams. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** A person can be asked: both stdin and stderr are a terminal. */
  readonly interactive: boolean;
  /** Any of the three is a terminal, so that a key for a signal reaches every command that runs in it. */
  readonly hasTerminal: boolean;
  /** What is written to stdout reaches nobody. */
  readonly discardsStdout: boolean;
  /**
   * What is written to stderr can reach the log of a CI job: it is a terminal, a pipe or a socket, not closed,
   * discarded or a file.
   */
  readonly stderrReachesLog: boolean;
}

/** Stdout was closed by its reader: as with `head`, that is no failure. */
export class ClosedOutput extends Error {}

/** Writes a part of some bytes and answers how many it was. @throws the system's error */
export type WriteSome = (bytes: Uint8Array) => number;

/**
 * Writes all of the text, or rejects with the system's error (EPIPE, ENOSPC, EFBIG). That nothing was lost
 * on the way is known for files and devices from the bytes they took; a pipe counts as done when it has
 * taken all, whether or not somebody reads it.
 *
 * @param write how to write to the descriptor, if there is one; for tests
 */
export async function writeAll(
  output: OutputStream,
  text: string,
  write: (descriptor: number) => WriteSome = (descriptor) => (bytes) => writeSync(descriptor, bytes),
): Promise<void> {
  if (output.descriptor !== undefined) {
    writeWhole(Buffer.from(text), write(output.descriptor));
    return;
  }
  await new Promise<void>((resolve, reject) => {
    output.stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** A short write is no error by itself: the next one tells why there was no room, or takes the rest. */
function writeWhole(bytes: Uint8Array, write: WriteSome): void {
  for (let done = 0; done < bytes.length; ) {
    const taken = write(bytes.subarray(done));
    if (taken <= 0) throw new ShortWrite(done, bytes.length);
    done += taken;
  }
}

/** A file that takes no more, without an error that says why. */
export class ShortWrite extends Error {
  constructor(taken: number, wanted: number) {
    super(`only ${taken} of ${wanted} bytes were written`);
  }
}

/** Colour on a terminal only, unless NO_COLOR, FORCE_COLOR or a flag says otherwise. */
export function wantsColour(
  output: OutputStream,
  choice: { readonly refused: boolean; readonly forced: boolean | undefined },
): boolean {
  if (choice.refused) return false;
  return choice.forced ?? (output.isTerminal && output.canColour);
}

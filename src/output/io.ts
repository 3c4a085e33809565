import type { Readable, Writable } from 'node:stream';

/** Writes a part of some bytes, at least one, and answers how many it was. @throws the system's error */
export type WriteSome = (bytes: Uint8Array) => number;

/** How many colours there are: none, 16, 256 or 16 million. The numbers are chalk's. */
export type ColourLevel = 0 | 1 | 2 | 3;

/** The level of so many bits a colour, as Node counts them. */
export function levelOfDepth(bits: number): ColourLevel {
  if (bits >= 24) return 3;
  if (bits >= 8) return 2;
  return bits >= 4 ? 1 : 0;
}

export interface OutputStream {
  /** Opened by the first who asks for it. */
  readonly stream: Writable;
  /**
   * How to write past the stream to a file or a device, which takes bytes and tells how many: Node's stream
   * for those does not look at the number. Undefined for terminals, pipes and sockets, whose streams wait
   * until all is taken, also where the other side has made them non-blocking.
   */
  readonly writeSome?: WriteSome | undefined;
  readonly isTerminal: boolean;
  /** The colours that the terminal can show; they are used only where settings allow. */
  readonly colourLevel: ColourLevel;
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
  /** A person types here, also where stderr goes elsewhere so that no question can be shown. */
  readonly stdinIsTerminal: boolean;
  /** Any of the three is a terminal, so that a key for a signal reaches every command that runs in it. */
  readonly hasTerminal: boolean;
  /** What is written to stdout reaches nobody. */
  readonly discardsStdout: boolean;
  /**
   * What is written to stderr can reach the log of a CI job: it is a terminal, a pipe or a socket, not closed,
   * discarded or a file.
   */
  readonly stderrReachesLog: boolean;
  /** Suspends this program and all of its job, as Ctrl-Z does; undefined where no shell could go on with it. */
  readonly suspend?: (() => void) | undefined;
}

/** Stdout was closed by its reader: as with `head`, that is no failure. */
export class ClosedOutput extends Error {}

/**
 * Writes all of the text, or rejects with the system's error (EPIPE, ENOSPC, EFBIG). That nothing was lost
 * on the way is known for files and devices from the bytes they took; a pipe counts as done when it has
 * taken all, whether or not somebody reads it.
 */
export async function writeAll(output: OutputStream, text: string): Promise<void> {
  if (output.writeSome) {
    writeWhole(Buffer.from(text), output.writeSome);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    output.stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** A short write is no error by itself: the next one tells why there was no room, or takes the rest. */
function writeWhole(bytes: Uint8Array, writeSome: WriteSome): void {
  for (let done = 0; done < bytes.length; ) {
    const taken = writeSome(bytes.subarray(done));
    if (taken <= 0) throw new Error(`it took only ${done} of ${bytes.length} bytes`);
    done += taken;
  }
}

/** The colours to use: on a terminal only, unless NO_COLOR, FORCE_COLOR or a flag says otherwise. */
export function chosenLevel(
  output: OutputStream,
  choice: { readonly refused: boolean; readonly forced: boolean | undefined },
): ColourLevel {
  if (choice.refused || choice.forced === false) return 0;
  // Those that every terminal with colour shows, where this one does not say what it can.
  if (choice.forced) return output.colourLevel || 1;
  return output.isTerminal ? output.colourLevel : 0;
}

/**
 * All that a stream holds, as text; undefined where it is more than so many bytes.
 *
 * @throws the signal's reason, and what reading fails with
 */
export async function readAll(
  stream: Readable,
  mostBytes: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  signal.throwIfAborted();
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (): void => void stream.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > mostBytes) return undefined;
      chunks.push(bytes);
    }
    signal.throwIfAborted();
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

import type { Readable, Writable } from 'node:stream';

export interface OutputStream {
  readonly stream: Writable;
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
}

/** Stdout was closed by its reader: as with `head`, that is no failure. */
export class ClosedOutput extends Error {}

/** Writes all of the text, or rejects with the stream's error (EPIPE, ENOSPC). */
export function writeAll(output: OutputStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Colour on a terminal only, unless NO_COLOR, FORCE_COLOR or a flag says otherwise. */
export function wantsColour(
  output: OutputStream,
  choice: { readonly refused: boolean; readonly forced: boolean | undefined },
): boolean {
  if (choice.refused) return false;
  return choice.forced ?? (output.isTerminal && output.canColour);
}

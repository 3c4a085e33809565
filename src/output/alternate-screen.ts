import type { Writable } from 'node:stream';

/** The screen that full-screen programs use: what was on the usual one is as it was when they leave it. */
const ENTER = '\u001b[?1049h\u001b[2J\u001b[H';
const LEAVE = '\u001b[?1049l';
const CLEAR = '\u001b[2J\u001b[H';

/** The terminal that is on it. A process has one, and must not end there, whatever ends it. */
let terminal: Writable | undefined;

export function enterAlternateScreen(stream: Writable): void {
  terminal = stream;
  stream.write(ENTER);
}

/** Does nothing where the usual screen is shown already. */
export function leaveAlternateScreen(): void {
  terminal?.write(LEAVE);
  terminal = undefined;
}

/** Wipes the alternate screen, and puts the cursor at its top; answers whether it is shown at all. */
export function clearAlternateScreen(): boolean {
  terminal?.write(CLEAR);
  return terminal !== undefined;
}

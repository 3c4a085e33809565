import type { Io } from '../output/io.ts';
import { onSuspension } from '../values/suspension.ts';
import { keyboardOf } from './keyboard.ts';
import type { Key } from './keys.ts';
import { type Frame, rowsBelow, type ScreenSize, sizeOf, wholeScreen } from './screen.ts';

/** How an answer ended; undefined while keys still change it. */
export interface Answer {
  readonly end?: 'accepted' | 'cancelled' | undefined;
}

/** A question that is answered key by key. */
export interface Question<State extends Answer> {
  readonly opened: State;
  press(state: State, key: Key, screen: ScreenSize): State;
  draw(state: State, screen: ScreenSize): Frame;
  /** The rows that stay; it has no end where it was interrupted. */
  drawClosed(state: State, screen: ScreenSize): readonly string[];
  /** The screen is its own while it is open. */
  readonly isFullScreen?: boolean;
}

/**
 * Asks, and answers how the question stood when it was accepted or cancelled; the end of the input cancels. The terminal
 * shows nothing of what is typed by itself, from before the question is shown. Keys that came in one go are drawn at
 * once, and those behind the end change nothing.
 *
 * @param signal ends the question with its reason
 * @throws Failure TTY_REQUIRED where nobody can be asked; Interrupted on Ctrl-C
 */
export async function answerTo<State extends Answer>(
  question: Question<State>,
  io: Io,
  signal: AbortSignal,
): Promise<State> {
  const keyboard = keyboardOf(io);
  signal.throwIfAborted();
  const { stream } = io.stderr;
  const surface = question.isFullScreen ? wholeScreen(stream) : rowsBelow(stream);
  let state = question.opened;
  const frame = (): Frame => question.draw(state, sizeOf(stream));
  const open = (): void => {
    keyboard.take(true);
    surface.open(frame());
  };
  const redraw = (): void => surface.draw(frame());
  open();
  const release = [
    onSuspension({
      resume: open,
      suspend: () => {
        surface.suspend(frame());
        keyboard.take(false);
      },
    }),
  ];
  try {
    await new Promise<void>((resolve, reject) => {
      const onKeys = (keys: readonly Key[]): void => {
        for (const key of keys) if (!state.end) state = question.press(state, key, sizeOf(stream));
        if (state.end) resolve();
        else redraw();
      };
      const onEnd = (reason: unknown): void => {
        if (reason !== undefined) reject(reason);
        else state = { ...state, end: state.end ?? 'cancelled' };
        resolve();
      };
      const onAbort = (): void => reject(signal.reason);
      stream.on('resize', redraw);
      signal.addEventListener('abort', onAbort);
      release.push(
        keyboard.listen(onKeys, onEnd),
        () => void stream.off('resize', redraw),
        () => signal.removeEventListener('abort', onAbort),
      );
    });
    return state;
  } finally {
    for (const letGo of release) letGo();
    surface.close(question.drawClosed(state, sizeOf(stream)));
    keyboard.take(false);
  }
}

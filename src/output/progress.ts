import type { Writable } from 'node:stream';
import type { Spinner, default as yoctoSpinner } from 'yocto-spinner';
import type { Text } from '../text/text.ts';
import { onSuspension } from '../values/suspension.ts';
import { type Style, styled } from './styled.ts';

/** Shows that a command is at work: a spinner on stderr, on a terminal only. */
export interface Progress {
  start(message: Text): void;
  /** Puts other words to what was started, as often as there is news: `12 of 80`. */
  update(message: Text): void;
  /** Takes it off the screen again; whatever is printed next starts on a clean line. */
  stop(): void;
}

export const silentProgress: Progress = { start: () => {}, update: () => {}, stop: () => {} };

/** Characters of a whole bar. */
const BAR_WIDTH = 20;

/** How much of something is done: `[#####...............] 12 of 48`. */
export function bar(done: number, total: number): string {
  const filled = total === 0 ? BAR_WIDTH : Math.floor((done / total) * BAR_WIDTH);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${done} of ${total}`;
}

/**
 * A spinner where there is colour, in one row: longer messages are cut. Without colour one plain line
 * stands in for it, and its updates are left out: the library's own frames are coloured by what it finds
 * in the environment, which a `--no-color` does not reach.
 */
export function terminalProgress(stream: Writable, style: Style): Progress {
  let shown: { text: Text; drawn?: Drawn } | undefined;
  return {
    start(message) {
      if (!style.isColoured) {
        stream.write(`${styled(message, style)}\n`);
        return;
      }
      shown?.drawn?.erase();
      const started: { text: Text; drawn?: Drawn } = { text: message };
      shown = started;
      void Promise.all([import('yocto-spinner'), import('./fit.ts')])
        .then(([spinner, fit]) => {
          // The command may have been done before the spinner was loaded.
          if (shown !== started) return;
          const words = (): string => fit.styledInOneRow(started.text, style, columnsOf(stream) - FRAME - 1);
          started.drawn = draw(stream, spinner.default, words);
        })
        // The work goes on without it.
        .catch(() => {});
    },
    update(message) {
      if (!shown) return;
      shown.text = message;
      shown.drawn?.refresh();
    },
    stop() {
      shown?.drawn?.erase();
      shown = undefined;
    },
  };
}

/** A spinner on the screen. */
interface Drawn {
  /** Draws over its row in one go, so that nothing flickers. */
  refresh(): void;
  erase(): void;
}

/** Columns in front of the words: the frame and a blank. */
const FRAME = 2;

/** @param words what to show, for the width that the terminal has now */
function draw(stream: Writable, open: typeof yoctoSpinner, words: () => string): Drawn {
  const opened = (): Spinner => open({ text: words(), stream, handleSignals: false }).start();
  let spinner = opened();
  // Erased in its own row only: terminals differ in whether they break the row of the cursor, and above it
  // may stand what nobody can print again.
  const onResize = (): void => {
    spinner.stop();
    spinner = opened();
  };
  stream.on('resize', onResize);
  const letGo = onSuspension({
    suspend: () => void spinner.stop(),
    resume: () => {
      spinner = opened();
    },
  });
  return {
    refresh: () => {
      spinner.text = words();
    },
    erase: () => {
      letGo();
      stream.off('resize', onResize);
      spinner.stop();
    },
  };
}

function columnsOf(stream: Writable): number {
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 0;
  return columns || 80;
}

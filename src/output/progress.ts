import type { Writable } from 'node:stream';
import type { Spinner } from 'yocto-spinner';
import type { Text } from '../text.ts';
import { type Style, styled } from './style.ts';

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
 * A spinner where there is colour. Without colour one plain line stands in for it, and its updates are
 * left out: the library's own frames are coloured by what it finds in the environment, which a
 * `--no-color` does not reach.
 */
export function terminalProgress(stream: Writable, style: Style): Progress {
  let shown: { text: Text; spinner?: Spinner } | undefined;
  return {
    start(message) {
      if (!style.isColoured) {
        stream.write(`${styled(message, style)}\n`);
        return;
      }
      shown?.spinner?.stop();
      const started: { text: Text; spinner?: Spinner } = { text: message };
      shown = started;
      void import('yocto-spinner').then(({ default: yoctoSpinner }) => {
        // The command may have been done before the spinner was loaded.
        if (shown !== started) return;
        const options = { text: styled(started.text, style), stream: stream, handleSignals: false };
        started.spinner = yoctoSpinner(options).start();
      });
    },
    update(message) {
      if (!shown) return;
      shown.text = message;
      // The library draws over its line in one go, so that nothing flickers.
      if (shown.spinner) shown.spinner.text = styled(message, style);
    },
    stop() {
      shown?.spinner?.stop();
      shown = undefined;
    },
  };
}

import type { Writable } from 'node:stream';
import type { Text } from '../text.ts';
import { type Style, styled } from './style.ts';

/** Shows that a command is at work: a spinner on stderr, on a terminal only. */
export interface Progress {
  start(message: Text): void;
  /** Takes it off the screen again; whatever is printed next starts on a clean line. */
  stop(): void;
}

export const silentProgress: Progress = { start: () => {}, stop: () => {} };

/**
 * A spinner where there is colour. Without colour one plain line stands in for it: the library's own
 * frames are coloured by what it finds in the environment, which a `--no-color` does not reach.
 */
export function terminalProgress(stream: Writable, style: Style): Progress {
  let wanted: Text | undefined;
  let stopSpinner: (() => void) | undefined;
  return {
    start(message) {
      if (!style.isColoured) {
        stream.write(`${styled(message, style)}\n`);
        return;
      }
      stopSpinner?.();
      stopSpinner = undefined;
      wanted = message;
      void import('yocto-spinner').then(({ default: yoctoSpinner }) => {
        // The command may have been done before the spinner was loaded.
        if (wanted !== message) return;
        const options = { text: styled(message, style), stream: stream, handleSignals: false };
        const spinner = yoctoSpinner(options).start();
        stopSpinner = () => spinner.stop();
      });
    },
    stop() {
      wanted = undefined;
      stopSpinner?.();
      stopSpinner = undefined;
    },
  };
}

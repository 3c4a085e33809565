import type { Io } from '../output/io.ts';
import { Failure, Interrupted, type InterruptSignal } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { type Key, keysIn, keysInRest } from './keys.ts';

/** The keys of a terminal that shows nothing of them by itself. */
export interface Keyboard {
  /** Whether the terminal leaves all keys to this program. */
  take(isTaken: boolean): void;
  /**
   * Calls back with the keys that came in one go; answers how to stop that. What stops the command is none of them.
   *
   * @param onEnd called with why there will be no more: undefined where the input is at its end
   */
  listen(
    onKeys: (keys: readonly Key[]) => void,
    onEnd: (reason: Interrupted | undefined) => void,
  ): () => void;
}

/** Milliseconds that the rest of a sequence may take: terminals send it in one go, networks part it. */
const SEQUENCE_TIME = 50;

/** Keys that a terminal makes signals of, wherever it does not leave them to a program. */
const SIGNALS: Readonly<Record<string, InterruptSignal | 'SIGTSTP'>> = {
  '\u0003': 'SIGINT',
  '\u001a': 'SIGTSTP',
  '\u001c': 'SIGQUIT',
};

/** @throws Failure TTY_REQUIRED where nobody can be asked */
export function keyboardOf({ stdin, interactive, suspend }: Io): Keyboard {
  if (!interactive || !canHide(stdin)) {
    throw new Failure('TTY_REQUIRED', text`this command requires an interactive terminal`);
  }
  return {
    take: (isTaken) => void stdin.setRawMode(isTaken),
    listen: (onKeys, onEnd) => {
      let rest = '';
      let timer: NodeJS.Timeout | undefined;
      const hear = (keys: readonly Key[]): void => {
        const index = keys.findIndex(({ sequence = '' }) => sequence in SIGNALS);
        const signal = SIGNALS[keys[index]?.sequence ?? ''];
        onKeys(signal ? keys.slice(0, index) : keys);
        // As a terminal does, keys behind one of these are dropped.
        if (signal === 'SIGTSTP') suspend?.();
        else if (signal) onEnd(new Interrupted(signal));
      };
      const onData = (sent: string): void => {
        clearTimeout(timer);
        const { keys, rest: begun } = keysIn(rest + sent);
        rest = begun;
        if (rest !== '') timer = setTimeout(onSequenceTime, SEQUENCE_TIME);
        if (keys.length > 0) hear(keys);
      };
      const onSequenceTime = (): void => {
        const keys = keysInRest(rest);
        rest = '';
        hear(keys);
      };
      const onInputEnd = (): void => onEnd(undefined);
      stdin.setEncoding('utf8');
      stdin.on('data', onData).on('end', onInputEnd).on('error', onInputEnd);
      // A question before this one has paused it.
      stdin.resume();
      return () => {
        clearTimeout(timer);
        stdin.off('data', onData).off('end', onInputEnd).off('error', onInputEnd);
        stdin.pause();
      };
    },
  };
}

/** A terminal, which can be told to show nothing of what is typed. */
function canHide(stdin: Io['stdin']): stdin is Io['stdin'] & { setRawMode(isRaw: boolean): unknown } {
  return 'setRawMode' in stdin && typeof stdin.setRawMode === 'function';
}

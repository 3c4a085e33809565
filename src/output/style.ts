import { styleText } from 'node:util';
import type { Text } from '../text.ts';
import { terminalSafe } from './terminal-safe.ts';

type Effect = 'bold' | 'dim' | 'red' | 'yellow';

/** How one stream is written to: with or without colour, chosen once. */
export type Style = Readonly<Record<Effect, (words: string) => string>> & {
  readonly isColoured: boolean;
};

export function createStyle(isColoured: boolean): Style {
  const effect = (name: Effect) => (words: string) =>
    // Whether there is colour has been decided: the runtime is not to look at its own stdout again.
    isColoured ? styleText(name, words, { validateStream: false }) : words;
  return {
    isColoured,
    bold: effect('bold'),
    dim: effect('dim'),
    red: effect('red'),
    yellow: effect('yellow'),
  };
}

/** A message for a terminal: our words as they are, values highlighted and made safe. */
export function styled(message: Text, style: Style): string {
  return message
    .map((segment) =>
      typeof segment === 'string' ? segment : segment.value && style.bold(terminalSafe(segment.value)),
    )
    .join('');
}

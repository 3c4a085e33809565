import { styleText } from 'node:util';
import { segmentsOf, type Text } from '../text.ts';
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

/** A message for a terminal: our words as they are, values made safe, and highlighted where they are meant to be. */
export function styled(message: Text, style: Style): string {
  return segmentsOf(message)
    .map((segment) => {
      if (typeof segment === 'string') return segment;
      const safe = terminalSafe(segment.value);
      return segment.highlighted && safe !== '' ? style.bold(safe) : safe;
    })
    .join('');
}

import { Chalk, type ChalkInstance } from 'chalk';
import type { Text } from '../text.ts';
import { terminalSafe } from './terminal-safe.ts';

/** How one stream is written to: with or without colour, chosen once. */
export type Style = ChalkInstance;

export function createStyle(colour: boolean): Style {
  return new Chalk({ level: colour ? 1 : 0 });
}

/** A message for a terminal: our words as they are, values highlighted and made safe. */
export function styled(message: Text, style: Style): string {
  return message
    .map((segment) =>
      typeof segment === 'string' ? segment : segment.value && style.bold(terminalSafe(segment.value)),
    )
    .join('');
}

import { terminalSafe } from '../text/terminal-safe.ts';
import { type Segment, segmentsOf, type Text, type Tone } from '../text/text.ts';

export type Effect = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** How one stream is written to: with or without colour, chosen once. */
export type Style = Readonly<Record<Effect, (words: string) => string>> & {
  readonly isColoured: boolean;
};

const asItIs = (words: string): string => words;

/** Without colour. It needs no library, so whatever no terminal reads is done without one. */
export const PLAIN_STYLE: Style = {
  isColoured: false,
  bold: asItIs,
  dim: asItIs,
  red: asItIs,
  green: asItIs,
  yellow: asItIs,
};

/** The one look of each tone. */
const LOOKS: Readonly<Record<Tone, Effect>> = {
  name: 'bold',
  done: 'green',
  granted: 'green',
  failed: 'red',
  removed: 'red',
  warning: 'yellow',
  absent: 'dim',
};

/** Safe words as what they are. */
export function inTone(words: string, tone: Tone | undefined, style: Style): string {
  return tone === undefined || words === '' ? words : style[LOOKS[tone]](words);
}

/** The tone of a part of a message: a value that is highlighted names something, unless more is known of it. */
export function toneOf(segment: Segment): Tone | undefined {
  if (typeof segment === 'string') return undefined;
  return segment.tone ?? (segment.highlighted ? 'name' : undefined);
}

/** A message for a terminal: our words as they are, values made safe, and highlighted where they are meant to be. */
export function styled(message: Text, style: Style): string {
  return segmentsOf(message)
    .map((segment) =>
      typeof segment === 'string' ? segment : inTone(terminalSafe(segment.value), toneOf(segment), style),
    )
    .join('');
}

/** Names the parts of a message. It never leaves this file, so that nothing else can make one. */
const SEGMENTS: unique symbol = Symbol('segments');

/**
 * A message in which our own words and the values put into them stay apart, so that whoever writes it to
 * a terminal can highlight a value and show its control characters instead of obeying them. Only the
 * literal parts of a {@link text} template count as our own words; there is no way to make a message of a
 * string but as a value. Imports nothing.
 */
export interface Text {
  readonly [SEGMENTS]: readonly Segment[];
}

/** What something is to whoever reads it; each has one look, wherever it stands. */
export type Tone = 'name' | 'done' | 'failed' | 'granted' | 'removed' | 'warning' | 'absent';

/** A value is never trusted. One that is not highlighted reads like a part of the sentence. */
export type Segment =
  | string
  | { readonly value: string; readonly highlighted: boolean; readonly tone?: Tone };

/** Tagged template: `` text`token ${id} does not exist` ``. A {@link Text} put in keeps its own segments. */
export function text(words: TemplateStringsArray, ...values: readonly (string | number | Text)[]): Text {
  return made(
    words.flatMap((word, index): Segment[] => {
      const value = values[index];
      const own = word === '' ? [] : [word];
      if (value === undefined) return own;
      if (typeof value === 'object') return [...own, ...value[SEGMENTS]];
      return [...own, { value: String(value), highlighted: true }];
    }),
  );
}

/** A value that reads like a part of the sentence: made safe as any other, but not highlighted. */
export function unstyled(value: string | number): Text {
  return made([{ value: String(value), highlighted: false }]);
}

/** A value of which more is known than that it is one: it is highlighted as what it is. */
export function toned(tone: Tone, value: string | number): Text {
  return made([{ value: String(value), highlighted: true, tone }]);
}

/** Messages with `separator` between them; a string is a highlighted value. */
export function listed(values: readonly (string | Text)[], separator: Text = COMMA): Text {
  return made(
    values.flatMap((value, index): Segment[] => [
      ...(index === 0 ? [] : separator[SEGMENTS]),
      ...text`${value}`[SEGMENTS],
    ]),
  );
}

const COMMA = text`, `;
const LINE_BREAK = text`\n`;

/** Messages one under the other. */
export function lines(...parts: readonly Text[]): Text {
  return listed(parts, LINE_BREAK);
}

/** The message as it is, for JSON: nothing highlighted, nothing escaped. */
export function plain(message: Text): string {
  return message[SEGMENTS].map((segment) => (typeof segment === 'string' ? segment : segment.value)).join('');
}

/** The parts of a message, for whoever shows it: a string is our own, anything else comes from outside. */
export function segmentsOf(message: Text): readonly Segment[] {
  return message[SEGMENTS];
}

function made(segments: readonly Segment[]): Text {
  return { [SEGMENTS]: segments };
}

/**
 * A message in which our own words and the values put into them stay apart, so that the printer can
 * highlight a value and show its control characters instead of obeying them. Imports nothing.
 */
export type Text = readonly Segment[];

type Segment = string | { readonly value: string };

/** Tagged template: `` text`token ${id} does not exist` ``. A {@link Text} put in keeps its own segments. */
export function text(words: TemplateStringsArray, ...values: readonly (string | number | Text)[]): Text {
  return words.flatMap((word, index): Segment[] => {
    const value = values[index];
    if (value === undefined) return [word];
    if (typeof value === 'object') return [word, ...value];
    return [word, { value: String(value) }];
  });
}

/** The values of a list, each highlighted on its own, with `separator` between them. */
export function listed(values: readonly string[], separator = ', '): Text {
  return values.flatMap((value, index): Segment[] => (index === 0 ? [{ value }] : [separator, { value }]));
}

/** Messages one under the other. */
export function lines(...parts: readonly Text[]): Text {
  return parts.flatMap((part, index): Segment[] => (index === 0 ? [...part] : ['\n', ...part]));
}

/** The message as it is, for JSON: nothing highlighted, nothing escaped. */
export function plain(message: Text): string {
  return message.map((segment) => (typeof segment === 'string' ? segment : segment.value)).join('');
}

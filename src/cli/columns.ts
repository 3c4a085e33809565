/** Columns that a meaning needs beside its term; with less it stands below. */
export const LEAST_MEANING = 30;
/** Blanks before a meaning that stands below its term. */
const BELOW = 6;

/**
 * Terms and what they mean, in two columns that fit: a long meaning goes on below itself, and on a narrow page
 * begins below its term.
 *
 * @param width columns of the page
 */
export function wrap(rows: readonly (readonly [term: string, meaning: string])[], width: number): string {
  const left = Math.max(...rows.map(([term]) => term.length)) + 4;
  const isNarrow = width - left < LEAST_MEANING;
  const indent = ' '.repeat(isNarrow ? BELOW : left);
  return rows
    .map(([term, meaning]) => {
      const lines = paragraph(meaning, Math.max(LEAST_MEANING, width - indent.length));
      const head = isNarrow ? `  ${term}\n${indent}` : `  ${term.padEnd(left - 2)}`;
      return `${head}${lines.join(`\n${indent}`)}\n`;
    })
    .join('');
}

/** Lines of at most that many columns, broken between words: our own words, of ASCII only, so that nothing is loaded. */
export function paragraph(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/**
 * Terms and what they mean, in two columns that fit: a long meaning goes on below itself.
 *
 * @param width columns of the page
 */
export function wrap(rows: readonly (readonly [term: string, meaning: string])[], width: number): string {
  const left = Math.max(...rows.map(([term]) => term.length)) + 4;
  return rows
    .map(([term, meaning]) => {
      const lines = wrapped(meaning, Math.max(20, width - left));
      return `  ${term.padEnd(left - 2)}${lines.join(`\n${' '.repeat(left)}`)}\n`;
    })
    .join('');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** The name users type; hints and next steps are built with it. */
export const PROGRAM = 'pscale-service-token';

/**
 * A command line that can be pasted into a POSIX shell: every word that holds anything but plain
 * characters is quoted, so that a hostile name inside it stays one word. Placeholders stay bare.
 */
export function commandLine(...words: readonly string[]): string {
  return [PROGRAM, ...words].map(shellWord).join(' ');
}

/** What a reader of a hint has to fill in. */
const PLACEHOLDERS = ['<token-id>', '<name>', '<access>', '<database>', '<organization>'];

/** One word, quoted for a POSIX shell where needed. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word) || PLACEHOLDERS.includes(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

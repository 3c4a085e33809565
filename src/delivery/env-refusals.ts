import type { Rewritten } from '../files/text-file.ts';
import { shellWord } from '../text/command-line.ts';
import { text, unstyled } from '../text/text.ts';
import { hasControlCharacters } from '../values/token-variables.ts';
import { type Assignment, BLANK, LINE_BEGINNING, QUOTES } from './env-assignments.ts';

/** Some characters fit into no env file, whichever that is. */
export function unwritable(name: string, value: string): Rewritten {
  const other = hasControlCharacters(value)
    ? '--format json prints it'
    : '--pipe json -- <command> hands it over';
  return {
    problem: text`the value of ${name} cannot be written to an env file`,
    hint: text`No env file can hold it; ${unstyled(other)}.`,
  };
}

/** Comments and blank lines may become an env file; so may what a shell exports without a value. */
export function otherThanEnv(content: string, present: readonly Assignment[]): Rewritten | undefined {
  const bare = content.trim();
  const isJson = bare.startsWith('{') && bare.endsWith('}');
  const isKey = bare.startsWith('-----BEGIN ');
  if (!isJson && !isKey && (present.length > 0 || !OTHER_LINE.test(content))) return undefined;
  const kind = isJson ? 'JSON' : isKey ? 'a key or a certificate' : 'text without one NAME=value';
  return {
    problem: text`it is no env file: it contains ${kind}`,
    hint: text`Name an env file. For another format, --pipe <form> -- <command> hands the pair to a command.`,
  };
}

/** A line that is neither blank nor a comment, nor `export NAME` or `set -a`. */
const OTHER_LINE = new RegExp(`^(?!${BLANK}*(?:#|$|export${BLANK}+[\\w.-]+|set${BLANK}+[-+]))`, 'm');

/** A plain secret does not take the place of an encrypted one. With sops one plain line spoils the whole file. */
export function encrypted(
  present: readonly Assignment[],
  words: ReadonlyMap<string, string>,
  file: string,
): Rewritten | undefined {
  for (const { name, value } of present) {
    const isSops = /^\s*['"`]?ENC\[/.test(value);
    if (!isSops && !(words.has(name) && /^\s*['"`]?encrypted:/.test(value))) continue;
    const [tool, decrypt, encrypt] = isSops
      ? ['sops', 'sops decrypt -i', 'sops encrypt -i']
      : ['dotenvx', 'dotenvx decrypt -f', 'dotenvx encrypt -f'];
    return {
      problem: text`the value of ${name} is encrypted with ${tool}, and the new pair would be plain text`,
      hint: text`Run "${decrypt} ${shellWord(file)}", then this command, then "${encrypt} ${shellWord(file)}". Or let a command of yours store the pair: --pipe json -- <command>.`,
    };
  }
  return undefined;
}

/** To a shell the line after a backslash belongs to the value; to dotenv it is a variable of its own, if it looks like one. */
export function disputed(
  present: readonly Assignment[],
  words: ReadonlyMap<string, string>,
): Rewritten | undefined {
  for (const { name, value } of present) {
    if (!value.includes('\\\n') || QUOTES.includes(value.trim().charAt(0))) continue;
    const inside = [...value.matchAll(LINE_BEGINNING)].map(({ groups }) => groups?.name ?? '');
    if (inside.length === 0 || ![name, ...inside].some((one) => words.has(one))) continue;
    return {
      problem: text`a backslash at the end of a line makes ${inside[0] ?? ''} a part of ${name} to a shell only`,
      hint: text`Delete that backslash, or put the value of ${name} in quotes.`,
    };
  }
  return undefined;
}

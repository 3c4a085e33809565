import { type Text, text } from '../text.ts';

export type Rewritten = { readonly content: string } | { readonly problem: Text };

/** `NAME=value`, as it stands in a file. */
interface Assignment {
  /** What stands before the name: indentation and `export `. */
  readonly head: string;
  readonly name: string;
  /** With its quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const BLANK = String.raw`[^\S\r\n]`;
const LINE_START = String.raw`(?<![^\r\n])`;
const LINE_END = String.raw`(?![^\r\n])`;
/** May go over several lines. A backslash keeps a quote from closing, if another one closes after all. */
const QUOTED = ["'", '"', '`']
  .map((quote) => String.raw`${quote}(?:\\${quote}|[^${quote}])*${quote}`)
  .join('|');
/** Ends with the line, or before a comment. */
const BARE = String.raw`[^\r\n]*?(?=${BLANK}+#|${LINE_END})`;

/**
 * An assignment as dotenv finds it: also `NAME = value` and `NAME: value`, which a shell does not know. A
 * quote that does not close right before the end of a line, or a comment, is a character like any other.
 */
const ASSIGNMENT = new RegExp(
  `${LINE_START}(?<head>${BLANK}*(?:export${BLANK}+)?)(?<name>[\\w.-]+)(?:${BLANK}*=|:(?=${BLANK}))` +
    `(?<value>${BLANK}*(?:${QUOTED})(?:${BLANK}*${LINE_END}|(?=${BLANK}*#))|${BARE})`,
  'g',
);

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The content of an env file with these variables set, or what stands in the way; all else in it stays as
 * it is. Of a name that is assigned several times every assignment gets the new value, since some readers
 * take the first one and some the last. Variables that are not there yet are added at the end.
 */
export function withVariables(content: string, variables: ReadonlyMap<string, string>): Rewritten {
  const words = new Map<string, string>();
  for (const [name, value] of variables) {
    const word = envWord(value);
    if (word === undefined) return { problem: text`the value of ${name} cannot be written to an env file` };
    words.set(name, word);
  }
  const before = assignments(content);
  const added = [...words].filter(([name]) => !before.some((assignment) => assignment.name === name));
  const result = replaced(content, before, words) + addition(content, before, added);
  const expected = [...before.map(({ name, value }) => [name, words.get(name) ?? value]), ...added];
  const actual = assignments(result).map(({ name, value }) => [name, value]);
  // One quote that never closes can make a reader take everything up to a new quote for one value.
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    return { problem: text`it holds a quote that is never closed` };
  }
  return { content: result };
}

function replaced(
  content: string,
  present: readonly Assignment[],
  words: ReadonlyMap<string, string>,
): string {
  let result = '';
  let done = 0;
  for (const { head, name, value, start, end } of present) {
    const word = words.get(name);
    if (word === undefined) continue;
    const prefix = head.trim() === '' && isExportedBehind(name, value) ? `${head}export ` : head;
    // A comment right behind a quoted value would be part of a bare one.
    const gap = content[end] === '#' ? ' ' : '';
    result += `${content.slice(done, start)}${prefix}${name}=${word}${gap}`;
    done = end;
  }
  return result + content.slice(done);
}

/** `NAME=value; export NAME` works in a shell only; `export NAME=value` takes its place. */
function isExportedBehind(name: string, value: string): boolean {
  return /;\s*export\s+([\w.-]+)\s*$/.exec(value)?.[1] === name;
}

/** The new lines, in the manner of the ones that are there. */
function addition(
  content: string,
  present: readonly Assignment[],
  added: readonly (readonly [name: string, word: string])[],
): string {
  if (added.length === 0) return '';
  const lineBreak = /\r\n[^\r\n]*$/.test(content) ? '\r\n' : '\n';
  const isAtLineStart = content === '' || content === BYTE_ORDER_MARK || /[\r\n]$/.test(content);
  const isForShell = present.length > 0 && present.every(({ head }) => head.trim() === 'export');
  const lines = added.map(([name, word]) => `${isForShell ? 'export ' : ''}${name}=${word}${lineBreak}`);
  return `${isAtLineStart ? '' : lineBreak}${lines.join('')}`;
}

function assignments(content: string): Assignment[] {
  return [...content.matchAll(ASSIGNMENT)].map((match) => {
    const { head = '', name = '', value = '' } = match.groups ?? {};
    return { head, name, value, start: match.index, end: match.index + match[0].length };
  });
}

/**
 * A value as both a shell and dotenv read it, which leaves little: within double quotes they agree on no
 * escape, and a backslash before the closing quote may keep it from closing.
 */
function envWord(value: string): string | undefined {
  if (/[\p{Cc}\u2028\u2029]/u.test(value) || !value.isWellFormed()) return undefined;
  if (/^[\w.:/@%+=,-]+$/.test(value)) return value;
  if (!/'|\\$/.test(value)) return `'${value}'`;
  return /["\\$`]/.test(value) ? undefined : `"${value}"`;
}

import type { Rewritten } from '../files/text-file.ts';
import { text } from '../text/text.ts';
import { hasControlCharacters } from '../values/token-variables.ts';
import { type Assignment, assignments, BLANK, isContinued, lineBreakFrom } from './env-assignments.ts';
import { disputed, encrypted, otherThanEnv, unwritable } from './env-refusals.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The content of an env file with these variables set, or what stands in the way; all else in it stays as
 * it is. Of a name that is assigned several times every assignment gets the new value, since some readers
 * take the first one and some the last. A variable that is not there yet gets a line behind one of the
 * others, written as that one is, so that what exports the one (`export`, `set -a`) exports both; where none
 * is there they are added at the end. Takes time in proportion to the content's length.
 *
 * @param file as the user named it: its last part tells a file of direnv
 */
export function withVariables(
  content: string,
  variables: ReadonlyMap<string, string>,
  file = '.env',
): Rewritten {
  const isScript = /(?:^|[\\/])\.envrc(?:\.[^\\/]*)?$/.test(file);
  const words = new Map<string, string>();
  for (const [name, value] of variables) {
    const word = envWord(value);
    if (word === undefined) return unwritable(name, value);
    words.set(name, word);
  }
  const before = assignments(content);
  const refusal =
    (isScript ? undefined : otherThanEnv(content, before)) ??
    encrypted(before, words, file) ??
    disputed(before, words);
  if (refusal) return refusal;
  const added = [...words].filter(([name]) => !before.some((assignment) => assignment.name === name));
  const neighbour = before.findLast(({ name }) => words.has(name));
  const result = neighbour
    ? replaced(content, before, words, { neighbour, added, isScript })
    : content + addition(content, before, added, isScript);
  const expected = before.flatMap((assignment) => [
    [assignment.name, words.get(assignment.name) ?? assignment.value],
    ...(assignment === neighbour ? added : []),
  ]);
  if (!neighbour) expected.push(...added);
  const actual = assignments(result).map(({ name, value }) => [name, value]);
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    if (isContinued(content)) return { problem: text`it ends with a backslash` };
    // One quote that never closes can make a reader take everything up to a new quote for one value.
    return { problem: text`it contains a quote that is never closed` };
  }
  return { content: result };
}

/** What an env file says of these variables, in its own spelling; equal texts say the same. */
export function assigned(content: string, names: Iterable<string>): string {
  const wanted = new Set(names);
  const found = assignments(content).filter(({ name }) => wanted.has(name));
  return JSON.stringify(found.map(({ name, value }) => [name, value]));
}

/** The values of a variable that an env file assigns, each once, without their quotes. */
export function valuesOf(name: string, content: string): readonly string[] {
  const values = assignments(content).filter((assignment) => assignment.name === name);
  return [...new Set(values.map(({ value }) => bare(value)))];
}

function bare(value: string): string {
  const word = value.trim();
  const [, , inQuotes] = /^(['"`])(.*?)\1/su.exec(word) ?? [];
  // A shell's `NAME=value; export NAME`.
  return inQuotes ?? word.replace(/;.*$/su, '').trim();
}

type Word = readonly [name: string, word: string];

function replaced(
  content: string,
  present: readonly Assignment[],
  words: ReadonlyMap<string, string>,
  { neighbour, added, isScript }: { neighbour: Assignment; added: readonly Word[]; isScript: boolean },
): string {
  let result = '';
  let done = 0;
  for (const assignment of present) {
    const { head, name, value, start, end } = assignment;
    const word = words.get(name);
    if (word === undefined) continue;
    const prefix =
      head.trim() === '' && (isScript || isExportedBehind(name, value)) ? `${head}export ` : head;
    // A comment right behind a quoted value would be part of a bare one.
    const gap = content[end] === '#' ? ' ' : '';
    result += `${content.slice(done, start)}${prefix}${name}=${word}${gap}`;
    done = end;
    if (assignment !== neighbour || added.length === 0) continue;
    const ownBreak = lineBreakFrom(content, end);
    const lineBreak = ownBreak.text || lastLineBreak(content);
    const lines = added.map(
      ([other, its]) => `${prefix.replace(BYTE_ORDER_MARK, '')}${other}=${its}${lineBreak}`,
    );
    result += content.slice(end, ownBreak.at) + lineBreak + lines.join('');
    done = ownBreak.at + ownBreak.text.length;
  }
  return result + content.slice(done);
}

/** `NAME=value; export NAME` works in a shell only; `export NAME=value` takes its place. */
function isExportedBehind(name: string, value: string): boolean {
  return /;\s*export\s+([\w.-]+)\s*$/.exec(value)?.[1] === name;
}

/** The new lines at the end, in the manner of the ones that are there. */
function addition(
  content: string,
  present: readonly Assignment[],
  added: readonly Word[],
  isScript: boolean,
): string {
  const lineBreak = lastLineBreak(content);
  const isAtLineStart =
    content === '' ||
    content === BYTE_ORDER_MARK ||
    (/[\r\n]$/.test(content) && !isContinued(content.slice(0, -1)));
  const head = isScript || isForShell(content, present) ? 'export ' : '';
  const lines = added.map(([name, word]) => `${head}${name}=${word}${lineBreak}`);
  return `${isAtLineStart ? '' : lineBreak}${lines.join('')}`;
}

function lastLineBreak(content: string): string {
  return /\r\n[^\r\n]*$/.test(content) ? '\r\n' : '\n';
}

/** All that is there is exported, and what is added would not be without a word. */
function isForShell(content: string, present: readonly Assignment[]): boolean {
  const switches = exportSwitches(content, present);
  let isAllExported = present.length > 0;
  let isEveryWordThere = true;
  let isOn = false;
  let passed = 0;
  for (const { head, start } of present) {
    for (; (switches[passed]?.at ?? start) < start; passed += 1) isOn = switches[passed]?.isOn ?? isOn;
    const hasWord = head.trim() === 'export';
    isEveryWordThere &&= hasWord;
    isAllExported &&= hasWord || isOn;
  }
  return isAllExported && (isEveryWordThere || switches.at(-1)?.isOn === false);
}

/** Where a shell is told to export all that is assigned (`set -a`), and to stop it (`set +a`). */
function exportSwitches(content: string, present: readonly Assignment[]): { at: number; isOn: boolean }[] {
  const switches: { at: number; isOn: boolean }[] = [];
  let passed = 0;
  for (const { index, 1: sign, 2: flags = '' } of content.matchAll(EXPORT_SWITCH)) {
    while ((present[passed]?.end ?? Number.POSITIVE_INFINITY) <= index) passed += 1;
    const isInValue = (present[passed]?.start ?? Number.POSITIVE_INFINITY) < index;
    if (!isInValue && flags.includes('a')) switches.push({ at: index, isOn: sign === '-' });
  }
  return switches;
}

const EXPORT_SWITCH = new RegExp(
  `(?<![^\\r\\n])${BLANK}*set${BLANK}+([-+])(o${BLANK}+allexport|[a-zA-Z]+)(?![^\\s;#])`,
  'g',
);

/**
 * A value as both a shell and dotenv read it, which leaves little: within double quotes they agree on no
 * escape, and a backslash before the closing quote may keep it from closing.
 */
function envWord(value: string): string | undefined {
  if (hasControlCharacters(value)) return undefined;
  if (/^[\w.:/@%+=,-]+$/.test(value)) return value;
  if (!/'|\\$/.test(value)) return `'${value}'`;
  return /["\\$`]/.test(value) ? undefined : `"${value}"`;
}

import type { Command } from '../cli/command.ts';
import { type Argument, longName, type Spelling, shortName } from '../cli/declaration.ts';
import { GLOBAL_FLAGS } from '../cli/global-flags.ts';
import { type Entry, entryNamed, isGroup, type Tree } from '../cli/tree.ts';

/** What is being completed: a command line up to the cursor, as far as the command tree explains it. */
export interface Question {
  /** The commands whose name may stand at the cursor. */
  readonly entries: readonly Entry[];
  /** The command that is called, once its name has been typed. */
  readonly command: Command | undefined;
  /** What is typed so far of the word under the cursor; of `--flag=value` the value. */
  readonly current: string;
  /** What of the word under the cursor stands before that: `--flag=`, or nothing. */
  readonly lead: string;
  /** The flag whose value is under the cursor. */
  readonly flag: Spelling | undefined;
  /** The argument that the word would be; undefined for a flag, its value, or a word too many. */
  readonly argument: Argument<unknown> | undefined;
  /** Arguments before it. */
  readonly before: readonly string[];
  /** Values of the flags before it, by their long names; a switch is ''. */
  readonly flags: ReadonlyMap<string, string>;
  /** The cursor is behind the `--` of a command, or a flag, that runs another one. */
  readonly isOfOther: boolean;
}

/** Reads the words of a command line, the program's name left out; the last one is under the cursor. */
export async function readQuestion(tree: Tree, words: readonly string[]): Promise<Question> {
  const typed = words.at(-1) ?? '';
  let entries: readonly Entry[] = tree;
  let command: Command | undefined;
  let before: string[] = [];
  const flags = new Map<string, string>();
  let flag: Spelling | undefined;
  let first = true;
  const end = words.slice(0, -1).indexOf('--');
  for (const word of words.slice(0, end === -1 ? -1 : end)) {
    const joined = joinedFlag(word, command);
    const spelling = flagNamed(word, command);
    const entry = command ? undefined : entryNamed(entries, word);
    if (flag) {
      flags.set(longName(flag.flags), word);
      flag = undefined;
    } else if (joined) {
      flags.set(longName(joined.flag.flags), joined.value);
    } else if (spelling) {
      flags.set(longName(spelling.flags), '');
      flag = spelling.takes === 'nothing' ? undefined : spelling;
    } else if (entry) {
      entries = isGroup(entry) ? entry.commands : [];
      command = isGroup(entry) ? undefined : await entry.load(tree);
      before = [];
    } else if (!(first && word === 'service-token') && !word.startsWith('-')) before.push(word);
    if (!word.startsWith('-')) first = false;
  }
  const joined = flag ? undefined : joinedFlag(typed, command);
  const [current, lead] = joined ? [joined.value, joined.lead] : [typed, ''];
  const valued = flag ?? joined?.flag;
  const isWord = !valued && !current.startsWith('-');
  const taken = command?.arguments ?? [];
  const last = taken.at(-1);
  const isList = last?.takes === 'any number' || last?.takes === 'at least one';
  const argument = isWord ? (taken[before.length] ?? (isList ? last : undefined)) : undefined;
  const isAboutCommand = command?.flags.some(
    (spelling) => spelling.isOfCommandBehind && flags.has(longName(spelling.flags)),
  );
  const isOfOther = end !== -1 && (last?.completes === 'command' || isAboutCommand === true);
  return { entries, command, current, lead, flag: valued, argument, before, flags, isOfOther };
}

/**
 * The words of a command line that a shell has broken at `=` and `:`, as bash does by itself, put together again;
 * and how much of the last one the shell takes to be typed already.
 */
export function joinedWords(pieces: readonly string[]): { words: string[]; isTyped: number } {
  const words: string[] = [];
  let isOpen = false;
  for (const piece of pieces) {
    const isBreak = /^[=:]+$/.test(piece);
    if ((isBreak || isOpen) && words.length > 0) words.push(`${words.pop()}${piece}`);
    else words.push(piece);
    isOpen = isBreak;
  }
  const last = pieces.at(-1) ?? '';
  const whole = words.at(-1) ?? '';
  return { words, isTyped: /^[=:]+$/.test(last) ? whole.length : whole.length - last.length };
}

/** `--flag=value` of a flag that takes one. */
function joinedFlag(
  word: string,
  command: Command | undefined,
): { flag: Spelling; value: string; lead: string } | undefined {
  const [, name = '', value = ''] = /^(--?[\w-]+)=(.*)$/s.exec(word) ?? [];
  const flag = name === '' ? undefined : flagNamed(name, command);
  return flag && flag.takes !== 'nothing' ? { flag, value, lead: `${name}=` } : undefined;
}

function flagNamed(word: string, command: Command | undefined): Spelling | undefined {
  return [...(command?.flags ?? []), ...GLOBAL_FLAGS].find(
    ({ flags }) => word === longName(flags) || word === shortName(flags),
  );
}

import type { Command } from '../../cli/command.ts';
import { type Argument, longName, type Spelling, shortName } from '../../cli/declaration.ts';
import { GLOBAL_FLAGS } from '../../cli/global-flags.ts';
import { type Entry, entryNamed, isGroup, type Tree } from '../../cli/tree.ts';

/** What is being completed: a command line up to the cursor, as far as the command tree explains it. */
export interface Question {
  /** The commands whose name may stand at the cursor. */
  readonly entries: readonly Entry[];
  /** The command that is called, once its name has been typed. */
  readonly command: Command | undefined;
  /** The word under the cursor, as typed so far. */
  readonly current: string;
  /** The flag whose value is under the cursor. */
  readonly flag: Spelling | undefined;
  /** The argument that the word would be; undefined for a flag, its value, or a word too many. */
  readonly argument: Argument<unknown> | undefined;
  /** Arguments before it. */
  readonly before: readonly string[];
  /** Values of the flags before it, by their long names; a switch is ''. */
  readonly flags: ReadonlyMap<string, string>;
}

/** Reads the words of a command line, the program's name left out; the last one is under the cursor. */
export async function readQuestion(tree: Tree, words: readonly string[]): Promise<Question> {
  const current = words.at(-1) ?? '';
  let entries: readonly Entry[] = tree;
  let command: Command | undefined;
  let before: string[] = [];
  const flags = new Map<string, string>();
  let flag: Spelling | undefined;
  let first = true;
  for (const word of words.slice(0, -1)) {
    const spelling = flagNamed(word, command);
    const entry = command ? undefined : entryNamed(entries, word);
    if (flag) {
      flags.set(longName(flag.flags), word);
      flag = undefined;
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
  const isWord = !flag && !current.startsWith('-');
  const taken = command?.arguments ?? [];
  const last = taken.at(-1);
  const isList = last?.takes === 'any number' || last?.takes === 'at least one';
  const argument = taken[before.length] ?? (isList ? last : undefined);
  return { entries, command, current, flag, argument: isWord ? argument : undefined, before, flags };
}

function flagNamed(word: string, command: Command | undefined): Spelling | undefined {
  return [...(command?.flags ?? []), ...GLOBAL_FLAGS].find(
    ({ flags }) => word === longName(flags) || word === shortName(flags),
  );
}

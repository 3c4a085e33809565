import type { Argument, Option } from 'commander';
import { CliCommand } from '../command.ts';

/** What is being completed: a command line up to the cursor, as far as the command tree explains it. */
export interface Question {
  readonly command: CliCommand;
  /** The word under the cursor, as typed so far. */
  readonly current: string;
  /** The flag whose value is under the cursor. */
  readonly flag: Option | undefined;
  /** The argument that the word would be; undefined for a flag, its value, or a word too many. */
  readonly argument: Argument | undefined;
  /** Arguments before it. */
  readonly before: readonly string[];
  /** Values of the flags before it, by their long names; a switch is ''. */
  readonly flags: ReadonlyMap<string, string>;
}

/** Reads the words of a command line, the program's name left out; the last one is under the cursor. */
export function readQuestion(program: CliCommand, words: readonly string[]): Question {
  const current = words.at(-1) ?? '';
  let command = program;
  let before: string[] = [];
  const flags = new Map<string, string>();
  let flag: Option | undefined;
  let first = true;
  for (const word of words.slice(0, -1)) {
    const option = [...command.options, ...program.options].find(
      ({ long, short }) => word === long || word === short,
    );
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (flag) {
      flags.set(flag.long ?? '', word);
      flag = undefined;
    } else if (option) {
      flags.set(option.long ?? '', '');
      flag = option.required ? option : undefined;
    } else if (child instanceof CliCommand) {
      command = child;
      before = [];
    } else if (!(first && word === 'service-token') && !word.startsWith('-')) before.push(word);
    if (!word.startsWith('-')) first = false;
  }
  const isWord = !flag && !current.startsWith('-');
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[before.length] ?? (last?.variadic ? last : undefined);
  return { command, current, flag, argument: isWord ? argument : undefined, before, flags };
}

import { SWITCHES, VARIABLES, type Variable, WITHOUT_FLAG } from '../settings/variables.ts';
import { PROGRAM } from '../text/command-line.ts';
import { paragraph, wrap } from './columns.ts';
import { DRY_RUN, QUIET, WEB } from './command.ts';
import { longName, type Spelling } from './declaration.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import type { CommandParser } from './parser.ts';
import { type HelpOutput, type Loaded, programParser } from './program.ts';
import { commandNamed, type Tree } from './tree.ts';

/**
 * The help of what the words name: the program, a group, a command, or a topic.
 *
 * @param width columns
 * @throws Failure UNKNOWN_COMMAND
 */
export async function helpOf(tree: Tree, words: readonly string[], width: number): Promise<string> {
  // The official group's name stands for the program.
  const path = words[0] === 'service-token' ? words.slice(1) : words;
  const [topic] = path;
  if (path.length === 1 && topic === 'flags') return flagsHelp(width);
  if (path.length === 1 && topic === 'environment') return environmentHelp(width);
  let help = '';
  const output: HelpOutput = {
    width,
    write: (part) => {
      help += part;
    },
  };
  const program = programParser(tree, await loaded(tree, path), output, () => {});
  path.reduce((parent: CommandParser, word) => parent.childNamed(word), program).outputHelp();
  return help;
}

async function loaded(tree: Tree, path: readonly string[]): Promise<Loaded> {
  const leaf = commandNamed(tree, path);
  return new Map(leaf && [[leaf, await leaf.load(tree)]]);
}

function flagsHelp(width: number): string {
  const rows = GLOBAL_FLAGS.map(({ flags, description }): [string, string] => [flags, description]);
  const shared = SHARED_FLAGS.map(({ flags, description }): [string, string] => [flags, description]);
  const title = titled('Global flags, for every command, before or after its name:', width);
  return `${title}${wrap(rows, width)}\nFlags of several commands:\n\n${wrap(shared, width)}`;
}

function environmentHelp(width: number): string {
  const rows = [VARIABLES, SWITCHES, WITHOUT_FLAG].flatMap(Object.values).flatMap(environmentRows);
  const title = titled('Environment variables; a flag wins over its variable, a variable over files:', width);
  return `${title}${wrap(rows, width)}\nWhere each setting in force comes from: ${PROGRAM} doctor\n`;
}

function titled(title: string, width: number): string {
  return `${paragraph(title, width).join('\n')}\n\n`;
}

/** What is told here, and not by the help of each command that has it. */
const SHARED_FLAGS: readonly Spelling[] = [DRY_RUN, QUIET, WEB].flatMap(({ spellings }) => spellings);

/** The variables of a setting: the first stands for its flag, later ones are other names of the first. */
function environmentRows(
  setting: Pick<Variable, 'environment' | 'flag' | 'description'>,
): [string, string][] {
  const flag = setting.flag && longName(setting.flag);
  return setting.environment.map((variable, index) => [
    variable,
    index > 0 && variable.startsWith('PLANETSCALE_')
      ? `Deprecated name of ${setting.environment[0]}`
      : variable === 'FORCE_COLOR'
        ? 'Force color even when not writing to a terminal'
        : flag
          ? `Same as ${flag}`
          : setting.description,
  ]);
}

import { CommanderError } from 'commander';
import type { GlobalFlags } from '../settings/variables.ts';
import { Failure } from '../text/errors.ts';
import { text, unstyled } from '../text/text.ts';
import {
  commandWords,
  ownWords,
  refuseDashedValues,
  refuseJsonFields,
  settleSwitches,
  withHelpFlag,
  withLongNames,
  withoutCommandBehind,
  withoutGroupWord,
} from './argv.ts';
import type { Command, CommandLine } from './command.ts';
import { longName, TURNED_OFF } from './declaration.ts';
import { DEPRECATED_ID, GLOBAL_FLAGS, globalFlags, switchFlags, valueFlags } from './global-flags.ts';
import { accessSpelledOtherwise, habitFailure } from './habits.ts';
import type { CommandParser } from './parser.ts';
import { given, type HelpOutput, type Loaded, programParser } from './program.ts';
import { type CommandEntry, commandNamed, entryNamed, isGroup, type Tree } from './tree.ts';

/** What a command line asks for. */
export type Parsed =
  /** Help, or the version. */
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'call';
      readonly command: Command;
      readonly line: CommandLine;
      readonly globals: GlobalFlags;
    };

/** How commander ends parsing where it has shown help or the version. */
const HELP: readonly string[] = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

/**
 * Finds the command that is called, loads it, and reads its words and flags. Nothing is known yet of what
 * they mean.
 *
 * @param width columns of help
 * @param onLoaded told of the command as soon as it is known: parsing the rest may fail
 * @throws Failure UNKNOWN_COMMAND, UNKNOWN_FLAG, INVALID_USAGE
 */
export async function parseCommandLine(
  tree: Tree,
  argv: readonly string[],
  width: number,
  onLoaded: (command: Command) => void,
): Promise<Parsed> {
  let printed = '';
  const output: HelpOutput = {
    width,
    write: (part) => {
      printed += part;
    },
  };
  const globals = valueFlags([...GLOBAL_FLAGS, DEPRECATED_ID]);
  const typed = withoutGroupWord(globals, argv);
  refuseJsonFields(typed);
  const named = commandWords(globals, typed);
  const entry = calledEntry(tree, named);
  const habit = habitFailure(named, entry !== undefined);
  if (habit) throw habit;
  const command = await entry?.load(tree);
  if (command) onLoaded(command);
  let called: CommandParser | undefined;
  const loaded: Loaded = new Map(entry && command ? [[entry, command]] : []);
  const program = programParser(tree, loaded, output, (parser) => {
    called = parser;
  });
  const aboutCommands = command?.flags.filter(({ isOfCommandBehind }) => isOfCommandBehind) ?? [];
  const { words: toParse, behind } = withoutCommandBehind(valueFlags(aboutCommands), typed);
  const valued = [...globals, ...valueFlags(command?.flags ?? [])];
  const spelled = withLongNames(
    valued,
    command ? withHelpFlag(valued, toParse, depthOf(tree, named)) : toParse,
  );
  if (command) refuseMissingSeparator(command, spelled);
  refuseDashedValues(valued, spelled);
  const switches = switchFlags([...GLOBAL_FLAGS, ...(command?.flags ?? [])]);
  const { words, off } = settleSwitches(switches, spelled);
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof Failure && error.code === 'UNKNOWN_FLAG' && command) {
      throw accessSpelledOtherwise(command, ownWords(words)) ?? error;
    }
    // Help and the version end parsing this way; they are an answer, not a failure.
    if (!(error instanceof CommanderError)) throw error;
    if (!HELP.includes(error.code))
      throw new Failure('INVALID_USAGE', text`${unstyled(error.message.replace(/^error: /, ''))}`);
  }
  if (!called || !command) return { kind: 'text', text: printed };
  refuseWordsBeforeSeparator(called, command, words);
  return {
    kind: 'call',
    command,
    line: { ...lineOf(called, command, off), behind },
    globals: globalFlags((long) => (off.has(long) ? TURNED_OFF : given(program, long))),
  };
}

/** The command that the words call, or ask the help of in its group; none for a group, or a mistake. */
function calledEntry(tree: Tree, words: readonly string[]): CommandEntry | undefined {
  return commandNamed(tree, words[1] === 'help' ? words.toSpliced(1, 1) : words);
}

/** How many words name the command that the words call. */
function depthOf(tree: Tree, [first = '']: readonly string[]): number {
  const entry = entryNamed(tree, first);
  return entry && isGroup(entry) ? 2 : 1;
}

function lineOf(parser: CommandParser, command: Command, off: ReadonlySet<string>): CommandLine {
  const flags = new Map<string, readonly string[]>();
  for (const { flags: spelled } of command.flags) {
    const long = longName(spelled);
    const values = off.has(long) ? TURNED_OFF : given(parser, long);
    if (values) flags.set(long, values);
  }
  return { words: parser.args, flags };
}

/**
 * Without `--`, flags of the command to be run would be taken for this program's: `--force`, `--org`. To be
 * asked before parsing, which would answer a `--version` itself.
 *
 * @throws Failure INVALID_USAGE
 */
function refuseMissingSeparator(command: Command, argv: readonly string[]): void {
  const isHelp = argv.includes('--help') || argv.includes('-h');
  if (command.manner === 'wrapper' && !argv.includes('--') && !isHelp) throw separatorFailure(command);
}

/** The same, once it is known which words are flags: all that is to be run has to stand behind the `--`. */
function refuseWordsBeforeSeparator(parser: CommandParser, command: Command, argv: readonly string[]): void {
  const behind = argv.length - ownWords(argv).length - 1;
  if (command.manner === 'wrapper' && parser.args.length !== behind) throw separatorFailure(command);
}

function separatorFailure({ name, examples }: Command): Failure {
  const [[line] = ['']] = examples;
  return new Failure('INVALID_USAGE', text`${name} needs -- before the command to run`, {
    hint: text`Such as: ${unstyled(line)}`,
  });
}

import { Help, Option } from 'commander';
import { version } from '../../package.json';
import { PROGRAM } from '../text/command-line.ts';
import { LEAST_MEANING } from './columns.ts';
import type { Command, Example } from './command.ts';
import type { Argument, Spelling } from './declaration.ts';
import { DEPRECATED_ID, GLOBAL_FLAGS } from './global-flags.ts';
import { CommandParser } from './parser.ts';
import { type CommandEntry, type Entry, isGroup, type Tree } from './tree.ts';

/** What of the tree has been loaded; of the other commands there are names and summaries only. */
export type Loaded = ReadonlyMap<CommandEntry, Command>;

/** Where help and the version are written, and how wide that is. */
export interface HelpOutput {
  write(text: string): void;
  readonly width: number;
}

const EXAMPLES: readonly Example[] = [
  ['create --name ci-deploy --org acme', 'Create a token; its secret is displayed once'],
  ['emulator exec -- pscale-service-token list', 'Try a command without an account'],
];

/** The parser of the whole tree, built afresh for each run: nothing of one run is seen by the next. */
export function programParser(
  tree: Tree,
  loaded: Loaded,
  output: HelpOutput,
  onCall: (called: CommandParser) => void,
): CommandParser {
  const program = new CommandParser(PROGRAM);
  program
    .description('Manage PlanetScale service tokens from a terminal, a CI job or a script.')
    .usage('<command> [options]')
    .version(`${PROGRAM} version ${version}`, '--version', 'Print the version')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand(false)
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      visibleOptions: ownOptions,
      minWidthToWrap: LEAST_MEANING,
      formatHelp: commandsFirst,
      formatItem: itemInWidth,
    })
    .configureOutput({
      writeOut: (help) => output.write(help),
      getOutHelpWidth: () => output.width,
      getOutHasColors: () => false,
    })
    .exitOverride();
  for (const spelling of GLOBAL_FLAGS) program.addOption(optionOf(spelling));
  program.addOption(optionOf(DEPRECATED_ID).hideHelp());
  addHelpEnd(program, EXAMPLES);
  for (const entry of tree) program.addCommand(entryParser(program, entry, loaded, onCall), shown(entry));
  return program;
}

function shown({ hidden = false }: Entry): { hidden: boolean } {
  return { hidden };
}

function entryParser(
  parent: CommandParser,
  entry: Entry,
  loaded: Loaded,
  onCall: (called: CommandParser) => void,
): CommandParser {
  const parser = parent
    .createCommand(entry.name)
    .summary(entry.summary)
    .aliases(entry.aliases ?? []);
  if (isGroup(entry)) {
    parser.description(entry.description).helpCommand('help [command]', 'Print the help of a command');
    addHelpEnd(parser, entry.examples);
    for (const child of entry.commands)
      parser.addCommand(entryParser(parser, child, loaded, onCall), shown(child));
    return parser;
  }
  parser.action(() => onCall(parser));
  const command = loaded.get(entry);
  if (command) describe(parser, command);
  return parser;
}

/** Gives a parser all that a command declares. */
function describe(parser: CommandParser, command: Command): void {
  parser.value = command;
  parser.description(command.description);
  if (command.usage !== undefined) parser.usage(command.usage);
  for (const taken of command.arguments) parser.argument(argumentTerm(taken), taken.description);
  for (const spelling of command.flags) parser.addOption(optionOf(spelling));
  const isAboutCommands = command.flags.some(({ isOfCommandBehind }) => isOfCommandBehind);
  if (isAboutCommands) parser.usage(`${parser.usage()} [-- <command...>]`);
  addHelpEnd(parser, command.examples);
}

function argumentTerm({ word, takes }: Argument<unknown>): string {
  switch (takes) {
    case 'one':
      return `<${word}>`;
    case 'at most one':
      return `[${word}]`;
    case 'any number':
      return `[${word}...]`;
    case 'at least one':
      return `<${word}...>`;
  }
}

/** What is given is kept as it was typed; a command's own declaration says what it means. */
function optionOf({ flags, description, takes, heading, isInHelpFlags = false }: Spelling): Option {
  const option = new Option(flags, description);
  // `--no-color` is a flag like any other here: there or not.
  option.negate = false;
  if (isInHelpFlags) option.hideHelp();
  if (heading !== undefined) option.helpGroup(`${heading}:`);
  if (takes !== 'nothing') {
    option.argParser((value: string, before: unknown) => [...givenWords(before), value]);
  }
  return option;
}

/** The words that a flag was given, by what commander keeps of them; undefined where it was not given. */
export function given(parser: CommandParser, long: string): readonly string[] | undefined {
  const option = parser.options.find((candidate) => candidate.long === long);
  const kept: unknown = option && parser.getOptionValue(option.attributeName());
  return kept === undefined ? undefined : givenWords(kept);
}

function givenWords(kept: unknown): string[] {
  return Array.isArray(kept) ? kept.map(String) : [];
}

/** The options of a command, and of the program only what is not a global flag: `help flags` has those. */
function ownOptions(this: Help, parser: Parameters<Help['visibleOptions']>[0]): Option[] {
  const options = Help.prototype.visibleOptions.call(this, parser);
  return parser.parent ? options : options.filter(({ long }) => long === '--version' || long === '--help');
}

/** commander's item; on a narrow terminal the description stands below what it describes. */
function itemInWidth(this: Help, ...args: Parameters<Help['formatItem']>): string {
  const [term, termWidth, description, helper] = args;
  const width = helper.helpWidth ?? 80;
  if (description === '' || width - termWidth >= LEAST_MEANING + 6) {
    return Help.prototype.formatItem.apply(this, args);
  }
  const below = helper.boxWrap(description, Math.max(LEAST_MEANING, width - 6));
  return `  ${term}\n${below.replace(/^/gm, ' '.repeat(6))}`;
}

/** commander's help with the commands before the options: they are what one looks for. */
function commandsFirst(this: Help, ...args: Parameters<Help['formatHelp']>): string {
  const sections = Help.prototype.formatHelp.apply(this, args).trimEnd().split('\n\n');
  if (!sections.some((section) => section.startsWith('Commands:'))) return `${sections.join('\n\n')}\n`;
  const isOptions = (section: string): boolean => section.startsWith('Options:');
  const options = sections.filter(isOptions);
  return `${[...sections.filter((section) => !isOptions(section)), ...options].join('\n\n')}\n`;
}

/** What commander's help does not have: examples, and where the rest is told. */
function addHelpEnd(parser: CommandParser, examples: readonly Example[]): void {
  parser.addHelpText('after', () => {
    const uses = examples.map(([line, purpose]) => `  # ${purpose}\n  $ ${PROGRAM} ${line}`);
    const rest = `Global flags: ${PROGRAM} help flags\nEnvironment variables: ${PROGRAM} help environment`;
    return `\nExamples:\n${uses.join('\n')}\n\n${rest}`;
  });
}

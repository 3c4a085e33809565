import { Help, Option } from 'commander';
import { version } from '../package.json';
import { PROGRAM } from './command-line.ts';
import { addAddAccessCommand } from './commands/add-access.ts';
import { addBranchCommands } from './commands/branch/branch.ts';
import { CliCommand, type Executor } from './commands/command.ts';
import { addCreateCommand } from './commands/create.ts';
import { addDeleteCommand } from './commands/delete.ts';
import { addDeleteAccessCommand } from './commands/delete-access.ts';
import { addEmulatorCommands } from './commands/emulator/emulator.ts';
import { addListCommand } from './commands/list.ts';
import { addShowCommand } from './commands/show.ts';
import { addShowAccessCommand } from './commands/show-access.ts';
import { Failure } from './errors.ts';
import { SWITCHES, VARIABLES } from './settings/variables.ts';
import { text } from './text.ts';

/** Where help and the version are written, and how wide that is. */
export interface HelpOutput {
  write(text: string): void;
  readonly width: number;
}

/** The official group whose place this program takes; accepted as the first word, and ignored. */
const GROUP_WORD = 'service-token';

/** The command tree, built afresh for each run: nothing of one run is seen by the next. */
export function createProgram(executor: Executor, output: HelpOutput): CliCommand {
  const program = new CliCommand(PROGRAM);
  program
    .description('Manage PlanetScale service tokens from a terminal, a CI job or a script.')
    .usage('<command> [options]')
    .version(`${PROGRAM} version ${version}`, '--version', 'Print the version')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand('help [command]', 'Print the help of a command')
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => command.name(),
      formatHelp: commandsFirst,
    })
    .configureOutput({
      writeOut: (help) => output.write(help),
      getOutHelpWidth: () => output.width,
      getOutHasColors: () => false,
    })
    .exitOverride()
    .executedBy(executor)
    .hook('preAction', (_, command) => refuseSwallowedFlags(program, command));
  addGlobalOptions(program);
  addCreateCommand(program);
  addListCommand(program);
  addShowCommand(program);
  addShowAccessCommand(program);
  addAddAccessCommand(program);
  addDeleteAccessCommand(program);
  addDeleteCommand(program);
  addBranchCommands(program);
  addEmulatorCommands(program);
  return program;
}

/** commander's help with the commands before the options: they are what one looks for. */
function commandsFirst(this: Help, ...args: Parameters<Help['formatHelp']>): string {
  const sections = Help.prototype.formatHelp.apply(this, args).trimEnd().split('\n\n');
  const isOptions = (section: string): boolean => /^(Global )?Options:/.test(section);
  const options = sections.filter(isOptions);
  return `${[...sections.filter((section) => !isOptions(section)), ...options].join('\n\n')}\n`;
}

/**
 * argv without the word `service-token` where it is the first one that is neither a global flag nor the
 * value of one, so that the official command lines run as they are.
 */
export function withoutGroupWord(program: CliCommand, argv: readonly string[]): string[] {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === GROUP_WORD) return argv.toSpliced(index, 1);
    if (!word.startsWith('-') || word === '--') break;
    const option = program.options.find(({ long, short }) => word === long || word === short);
    if (option?.required) index += 1;
  }
  return [...argv];
}

/** The format that argv asks for, read without parsing: failures of parsing need it too. */
export function formatInArgv(argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  let format: string | undefined;
  words.forEach((word, index) => {
    const joined = /^(?:--format=|-f=?)(.+)$/.exec(word);
    if (joined) format = joined[1];
    else if (word === '--format' || word === '-f') format = words[index + 1];
  });
  return format;
}

function addGlobalOptions(program: CliCommand): void {
  for (const setting of Object.values(VARIABLES)) {
    if ('flag' in setting) program.addOption(new Option(setting.flag, setting.description));
  }
  program.addOption(new Option('--service-token-name <id>', 'Deprecated: --service-token-id').hideHelp());
  for (const { flag, description } of Object.values(SWITCHES))
    program.addOption(new Option(flag, description));
}

/**
 * `--database $UNSET --org acme` makes commander take `--org` for the database. A value that is one of
 * the flags is never meant.
 */
function refuseSwallowedFlags(
  program: CliCommand,
  command: { readonly options: readonly Option[] } & object,
): void {
  const options = [...new Set([...program.options, ...command.options])];
  const flags = new Set(options.flatMap(({ long, short }) => [long, short]));
  const owners = [program, command];
  for (const option of options) {
    for (const owner of owners) {
      const value = owner instanceof CliCommand ? owner.getOptionValue(option.attributeName()) : undefined;
      if (typeof value !== 'string' || !flags.has(value)) continue;
      throw new Failure(
        'INVALID_USAGE',
        text`flag ${option.long ?? option.flags} needs a value, and got ${value}`,
        {
          hint: ['Is a variable of your shell not set?'],
        },
      );
    }
  }
}

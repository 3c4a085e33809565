import { Help, Option } from 'commander';
import { version } from '../package.json';
import { PROGRAM } from './command-line.ts';
import { addAddAccessCommand } from './commands/add-access.ts';
import { addBranchCommands } from './commands/branch/branch.ts';
import { API_SETTINGS, CliCommand, type Executor } from './commands/command.ts';
import { addCompletionCommands } from './commands/completion/completion.ts';
import { addCreateCommand } from './commands/create.ts';
import { addDeleteCommand } from './commands/delete.ts';
import { addDeleteAccessCommand } from './commands/delete-access.ts';
import { addDoctorCommand } from './commands/doctor/doctor.ts';
import { addEditCommand } from './commands/edit.ts';
import { addEmulatorCommands } from './commands/emulator/emulator.ts';
import { addHelpCommand } from './commands/help.ts';
import { addListCommand } from './commands/list.ts';
import { addPermissionsCommand } from './commands/permissions.ts';
import { addPruneCommand } from './commands/prune.ts';
import { addShowCommand } from './commands/show.ts';
import { addShowAccessCommand } from './commands/show-access.ts';
import { Failure } from './errors.ts';
import { type GlobalFlags, SWITCHES, VARIABLES } from './settings/variables.ts';
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
    .helpCommand(false)
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
    .executedBy(executor);
  addGlobalOptions(program);
  program.documents({
    reads: API_SETTINGS,
    examples: [
      ['create --name ci-deploy --org acme', 'Make a token; its secret is shown once'],
      ['emulator exec -- pscale-service-token list', 'Try a command without an account'],
    ],
  });
  addCreateCommand(program);
  addListCommand(program);
  addShowCommand(program);
  addShowAccessCommand(program);
  addEditCommand(program);
  addAddAccessCommand(program);
  addDeleteAccessCommand(program);
  addDeleteCommand(program);
  addPruneCommand(program);
  addPermissionsCommand(program);
  addDoctorCommand(program);
  addBranchCommands(program);
  addEmulatorCommands(program);
  addCompletionCommands(program);
  addHelpCommand(program);
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

/** The words that are this program's: what stands behind `--` belongs to another command. */
export function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** The global flags that say where and how failures are printed, read without parsing: parsing may fail. */
export function printingFlags(argv: readonly string[]): GlobalFlags {
  const words = ownWords(argv);
  const flags: { format?: string; config?: string } = {};
  words.forEach((word, index) => {
    const [, name, joined] = /^(--format=|-f=?|--config=)(.+)$/.exec(word) ?? [];
    const next = words[index + 1];
    if (name && joined) flags[name === '--config=' ? 'config' : 'format'] = joined;
    else if ((word === '--format' || word === '-f') && next) flags.format = next;
    else if (word === '--config' && next) flags.config = next;
  });
  return flags;
}

/**
 * `--database $UNSET --org acme` would make commander take `--org` for the database. A flag is never
 * meant as the value of another one.
 *
 * @throws Failure INVALID_USAGE
 */
export function refuseSwallowedFlags(program: CliCommand, argv: readonly string[]): void {
  const options = [program, ...descendants(program)].flatMap((command) => command.options);
  const flags = new Set(['--help', '-h', ...options.flatMap(({ long, short }) => [long, short])]);
  const words = ownWords(argv);
  for (let index = 0; index < words.length - 1; index += 1) {
    const word = words[index];
    const option = options.find(({ long, short, required }) => required && (word === long || word === short));
    if (!option) continue;
    index += 1;
    const value = words[index] ?? '';
    const [name = ''] = value.split('=');
    const isJoined = options.some(({ short, required }) => required && short && value.startsWith(short));
    if (!flags.has(name) && !isJoined) continue;
    throw new Failure(
      'INVALID_USAGE',
      text`flag ${option.long ?? option.flags} needs a value, and got ${isJoined ? value.slice(0, 2) : name}`,
      {
        hint: ['Is a variable of your shell not set?'],
      },
    );
  }
}

/** Every command below one. */
function descendants(command: CliCommand): CliCommand[] {
  return command.commands
    .filter((child) => child instanceof CliCommand)
    .flatMap((child) => [child, ...descendants(child)]);
}

function addGlobalOptions(program: CliCommand): void {
  for (const setting of Object.values(VARIABLES)) {
    if (!('flag' in setting)) continue;
    const option = new Option(setting.flag, setting.description);
    // `-f=json` means json to the official CLI; commander would take the `=` for a part of the value.
    if (option.short) option.argParser((value) => value.replace(/^=/, ''));
    program.addOption(option);
  }
  program.addOption(new Option('--service-token-name <id>', 'Deprecated: --service-token-id').hideHelp());
  for (const { flag, description } of Object.values(SWITCHES))
    program.addOption(new Option(flag, description));
}

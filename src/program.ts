import { Help, Option } from 'commander';
import { version } from '../package.json';
import { commandWord } from './argv.ts';
import { PROGRAM } from './command-line.ts';
import { API_SETTINGS, CliCommand, type Executor, withoutEquals } from './commands/command.ts';
import { ASK } from './commands/completion/scripts.ts';
import { SWITCHES, VARIABLES } from './settings/variables.ts';

/** Where help and the version are written, and how wide that is. */
export interface HelpOutput {
  write(text: string): void;
  readonly width: number;
}

/** A command of the root: what its line of help says, and the function that adds it to the tree. */
interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly add: keyof typeof import('./commands/all.ts');
  /** Not for people; help does not show it. */
  readonly hidden?: boolean;
  /** It looks at the whole tree. */
  readonly needsAll?: boolean;
}

/** Every command, in the order of help. Their files are loaded when one is called, not for help or a mistake. */
const COMMANDS: readonly Entry[] = [
  {
    name: 'create',
    summary: 'Create a service token for the organization',
    add: 'addCreateCommand',
  },
  {
    name: 'list',
    summary: 'List the service tokens of the organization',
    add: 'addListCommand',
  },
  {
    name: 'show',
    summary: 'Show one service token and what it holds',
    add: 'addShowCommand',
  },
  {
    name: 'show-access',
    summary: 'Show what a service token holds',
    add: 'addShowAccessCommand',
  },
  {
    name: 'edit',
    summary: 'Change what a service token may do, in a list',
    add: 'addEditCommand',
  },
  {
    name: 'add-access',
    summary: 'Grant a service token accesses on a database or the organization',
    add: 'addAddAccessCommand',
  },
  {
    name: 'delete-access',
    summary: 'Remove accesses from a service token',
    add: 'addDeleteAccessCommand',
  },
  {
    name: 'delete',
    summary: 'Delete a service token',
    add: 'addDeleteCommand',
  },
  {
    name: 'rotate',
    summary: 'Put a new service token in the place of another one',
    add: 'addRotateCommand',
  },
  {
    name: 'clone',
    summary: 'Create a service token that holds what another one holds',
    add: 'addCloneCommand',
  },
  {
    name: 'exec',
    summary: 'Run one command with a service token of its own',
    add: 'addExecCommand',
  },
  {
    name: 'prune',
    summary: 'Delete the service tokens that pass filters',
    add: 'addPruneCommand',
  },
  {
    name: 'permissions',
    summary: 'Look up permissions and what they open',
    add: 'addPermissionsCommand',
  },
  {
    name: 'doctor',
    summary: 'Check settings, credentials and the way to the API',
    add: 'addDoctorCommand',
  },
  {
    name: 'branch',
    summary: 'Create, list, show and delete branches',
    add: 'addBranchCommands',
  },
  {
    name: 'emulator',
    summary: 'Run a local stand-in of the PlanetScale API',
    add: 'addEmulatorCommands',
  },
  {
    name: 'completion',
    summary: 'Print a completion script for your shell',
    add: 'addCompletionCommand',
  },
  {
    name: ASK,
    summary: 'What fits at the end of a command line',
    add: 'addAskCommand',
    hidden: true,
    needsAll: true,
  },
  {
    name: 'help',
    summary: 'Print the help of a command',
    add: 'addHelpCommand',
    needsAll: true,
  },
];

/**
 * The command tree, built afresh for each run: nothing of one run is seen by the next.
 *
 * @param argv the command line that it is built for: only the command that is called is whole, of the
 *   others there are the names. Without it the tree is complete.
 */
export async function createProgram(
  executor: Executor,
  output: HelpOutput,
  argv?: readonly string[],
): Promise<CliCommand> {
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
  const called = argv && calledCommand(program, argv);
  const isWhole = argv === undefined || called?.needsAll;
  for (const entry of COMMANDS) {
    if (isWhole || entry === called) (await import('./commands/all.ts'))[entry.add](program);
    else addNameOnly(program, entry);
    const command = program.childNamed(entry.name).summary(entry.summary);
    if (entry === called) program.called = command;
  }
  return program;
}

function calledCommand(program: CliCommand, argv: readonly string[]): Entry | undefined {
  const word = commandWord(program, argv);
  return COMMANDS.find(({ name }) => name === word);
}

/** Stands for a command that is not called. */
function addNameOnly(program: CliCommand, { name, hidden = false }: Entry): void {
  const command = program.createCommand(name).action(() => {
    throw new Error(`${name} was called, and has not been loaded`);
  });
  program.addCommand(command, { hidden });
}

/** commander's help with the commands before the options: they are what one looks for. */
function commandsFirst(this: Help, ...args: Parameters<Help['formatHelp']>): string {
  const sections = Help.prototype.formatHelp.apply(this, args).trimEnd().split('\n\n');
  const isOptions = (section: string): boolean => /^(Global )?Options:/.test(section);
  const options = sections.filter(isOptions);
  return `${[...sections.filter((section) => !isOptions(section)), ...options].join('\n\n')}\n`;
}

function addGlobalOptions(program: CliCommand): void {
  for (const setting of Object.values(VARIABLES)) {
    if (!('flag' in setting)) continue;
    const option = new Option(setting.flag, setting.description);
    if (option.short) option.argParser(withoutEquals);
    program.addOption(option);
  }
  program.addOption(new Option('--service-token-name <id>', 'Deprecated: --service-token-id').hideHelp());
  for (const { flag, description } of Object.values(SWITCHES))
    program.addOption(new Option(flag, description));
}

import { Help, Option } from 'commander';
import { version } from '../package.json';
import { PROGRAM } from './command-line.ts';
import { API_SETTINGS, CliCommand, type Executor, withoutEquals } from './commands/command.ts';
import { ASK } from './commands/completion/scripts.ts';
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
  const words = withoutGroupWord(program, argv);
  const word = words[firstWord(program, words)];
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

/**
 * argv without the word `service-token` where it is the first one that is neither a global flag nor the
 * value of one, so that the official command lines run as they are.
 */
export function withoutGroupWord(program: CliCommand, argv: readonly string[]): string[] {
  const index = firstWord(program, argv);
  return argv[index] === GROUP_WORD && argv[index - 1] !== '--' ? argv.toSpliced(index, 1) : [...argv];
}

/** The index of the first word that is neither a global flag nor the value of one: a command's name. */
function firstWord(program: CliCommand, argv: readonly string[]): number {
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') return index + 1;
    if (!word.startsWith('-')) return index;
    const option = program.options.find(({ long, short }) => word === long || word === short);
    if (option?.required) index += 1;
  }
  return argv.length;
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
  const flags = new Set(['--', '--help', '-h', ...options.flatMap(({ long, short }) => [long, short])]);
  const words = argv.slice(0, ownWords(argv).length + 1);
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

/**
 * Without `--`, flags of the command to be run would be taken for this program's: `--force`, `--org`. To be
 * asked before parsing, which would answer a `--version` itself.
 *
 * @throws Failure INVALID_USAGE
 */
export function refuseMissingSeparator({ called }: CliCommand, argv: readonly string[]): void {
  const isHelp = argv.includes('--help') || argv.includes('-h');
  if (called?.manner === 'wrapper' && !argv.includes('--') && !isHelp) throw separatorFailure(called);
}

/**
 * The same, once it is known which words are flags: all that is to be run has to stand behind the `--`.
 *
 * @throws Failure INVALID_USAGE
 */
export function refuseWordsBeforeSeparator(command: CliCommand, argv: readonly string[]): void {
  const behind = argv.length - ownWords(argv).length - 1;
  if (command.manner === 'wrapper' && command.args.length !== behind) throw separatorFailure(command);
}

function separatorFailure(command: CliCommand): Failure {
  return command.usageFailure(text`${command.name()} needs -- in front of the command that it is to run`);
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
    if (option.short) option.argParser(withoutEquals);
    program.addOption(option);
  }
  program.addOption(new Option('--service-token-name <id>', 'Deprecated: --service-token-id').hideHelp());
  for (const { flag, description } of Object.values(SWITCHES))
    program.addOption(new Option(flag, description));
}

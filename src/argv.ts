import { CliCommand } from './commands/command.ts';
import { Failure } from './errors.ts';
import type { GlobalFlags } from './settings/variables.ts';
import { text } from './text.ts';

/** The official group whose place this program takes; accepted as the first word, and ignored. */
const GROUP_WORD = 'service-token';

/**
 * argv without the word `service-token` where it is the first one that is neither a global flag nor the
 * value of one, so that the official command lines run as they are.
 */
export function withoutGroupWord(program: CliCommand, argv: readonly string[]): string[] {
  const index = firstWord(program, argv);
  return argv[index] === GROUP_WORD && argv[index - 1] !== '--' ? argv.toSpliced(index, 1) : [...argv];
}

/** The name of the command that is called, or what stands in its place; undefined for none. */
export function commandWord(program: CliCommand, argv: readonly string[]): string | undefined {
  const words = withoutGroupWord(program, argv);
  return words[firstWord(program, words)];
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
        hint: text`Is a variable of your shell not set?`,
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

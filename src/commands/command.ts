import { Command, type Option } from 'commander';
import { PROGRAM } from '../command-line.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import type { Result } from '../output/result.ts';
import { nearest } from '../permissions/nearest.ts';
import { SWITCHES, VARIABLES, type Variable, type VariableName } from '../settings/variables.ts';
import { type Text, text, unstyled } from '../text.ts';
import { OFFICIAL_GROUPS } from './official-groups.ts';

/** What an invocation leaves behind: a result to print, or the status of a command it ran. */
export type Outcome =
  | Result
  /** The status of another command that was run, and what went wrong around it. */
  | { readonly relayedStatus: number; readonly failure?: Failure }
  /** What there was to print has been printed; what went wrong since. */
  | { readonly printed: true; readonly notes?: readonly Text[]; readonly failure?: Failure | undefined }
  /** Text for a machine, the same in every format. */
  | { readonly plainText: string };

/** A command's work: arguments in, outcome out. It neither prints nor decides the exit status. */
export type Handler = (context: Context) => Promise<Outcome>;

/** Runs a handler in the context of the command's flags; given by the composition root. */
export type Executor = (command: CliCommand, handler: Handler) => Promise<void>;

export interface CommandHelp {
  /** The settings whose environment variables the command reads. */
  readonly reads: readonly VariableName[];
  /** Command lines without the program's name, and what each is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
}

/** The settings of every command that talks to the API. */
export const API_SETTINGS: readonly VariableName[] = [
  'org',
  'serviceTokenId',
  'serviceToken',
  'apiToken',
  'apiUrl',
  'timeout',
  'format',
  'config',
];

/** Never a flag of ours again: Node looks for it behind the name of a script too (nodejs/node#54232). */
const NODES_ENV_FILE = '--env-file';

/**
 * A commander command whose usage errors are typed failures, so that they reach the JSON envelope with a
 * code and a suggestion instead of a text. commander calls the methods that override nothing in its
 * typings; their names are its own.
 */
export class CliCommand extends Command {
  /** How failures are taken; set by {@link diagnoses}, {@link silently} and {@link wraps}. */
  manner: 'usual' | 'diagnosis' | 'silent' | 'wrapper' = 'usual';
  /** On the root: the command that the command line calls, where it is known. */
  called: CliCommand | undefined;
  private executor: Executor | undefined;

  override createCommand(name?: string): CliCommand {
    // Unlike `command()`, `addCommand()` does not hand these down.
    return new CliCommand(name).copyInheritedSettings(this);
  }

  /** Sets, on the root, how handlers are run. */
  executedBy(executor: Executor): this {
    this.executor = executor;
    return this;
  }

  /** Broken settings are what this command reports, and no reason not to run it. */
  diagnoses(): this {
    this.manner = 'diagnosis';
    return this;
  }

  /** Whatever goes wrong, nothing is printed but the command's own output, and the status is 0. */
  silently(): this {
    this.manner = 'silent';
    return this;
  }

  /**
   * The command runs another one, whose output and status are what the caller is after: its own failures
   * go to stderr in every format, with a status that no usual command ends with.
   */
  wraps(): this {
    this.manner = 'wrapper';
    return this;
  }

  /** What the command does; it gets the context its flags make. */
  handles(makeHandler: (...args: string[]) => Handler): this {
    return this.action((...args: unknown[]) => {
      const words = args.flatMap((arg): string[] => {
        if (typeof arg === 'string') return [arg];
        return Array.isArray(arg) ? arg.map(String) : [];
      });
      return this.root().execute(this, makeHandler(...words));
    });
  }

  /** The sections of help that commander does not have. */
  documents({ reads, examples }: CommandHelp): this {
    return this.addHelpText('after', () => {
      const variables = [...reads.map((name) => VARIABLES[name]), ...Object.values(SWITCHES)].flatMap(
        environmentRows,
      );
      const width = Math.max(...variables.map(([variable]) => variable.length));
      const rows = variables.map(([variable, meaning]) => `  ${variable.padEnd(width)}  ${meaning}`);
      const uses = examples.map(([line, purpose]) => `  # ${purpose}\n  $ ${PROGRAM} ${line}`);
      return `\nEnvironment:\n${rows.join('\n')}\n\nExamples:\n${uses.join('\n')}`;
    });
  }

  /** Help that stands in for a command left out is no error; `branch help <no such command>` is one. */
  override help(): never {
    const [first, word] = this.args;
    if (first === 'help' && word !== undefined) throw unknownCommand(this, word);
    return super.help({ error: false });
  }

  /** @throws Failure UNKNOWN_COMMAND */
  childNamed(word: string): CliCommand {
    const child = this.commands.find(
      (command) => command.name() === word || command.aliases().includes(word),
    );
    if (child instanceof CliCommand) return child;
    throw unknownCommand(this, word);
  }

  unknownOption(word: string): never {
    // Without its value, which may be a secret that belongs to the flag meant.
    const [flag = word] = word.split('=');
    const options = [...this.options, ...this.root().options];
    const isKnown = options.some(({ long }) => long === flag);
    if (flag !== word && (isKnown || flag === '--help')) {
      throw new Failure('INVALID_USAGE', text`flag ${flag} takes no value`, { hint: this.seeHelp() });
    }
    const known = options.filter((option) => !option.hidden);
    if (flag === NODES_ENV_FILE && options.some(({ long }) => long === '--dotenv')) {
      throw new Failure('UNKNOWN_FLAG', text`unknown flag: ${flag}`, {
        hint: text`Use -e, --dotenv <path>. Node.js reads --env-file itself, wherever it stands, and loads that file.`,
      });
    }
    const suggestion = nearest(
      flag,
      known.map((option) => option.long ?? ''),
    );
    throw new Failure('UNKNOWN_FLAG', text`unknown flag: ${flag}`, {
      hint: suggestion ? text`Did you mean ${suggestion}?` : this.seeHelp(),
    });
  }

  unknownCommand(): never {
    throw unknownCommand(this, this.args[0] ?? '');
  }

  missingArgument(name: string): never {
    throw this.usageFailure(text`missing argument: <${unstyled(name)}>`);
  }

  optionMissingArgument(option: Option): never {
    throw new Failure('INVALID_USAGE', text`flag ${option.long ?? option.flags} needs a value`, {
      hint: text`Is a variable of your shell not set?`,
    });
  }

  conflictingOption(option: Option, conflicting: Option): never {
    throw this.usageFailure(
      text`${option.long ?? option.flags} and ${conflicting.long ?? conflicting.flags} cannot be used together`,
    );
  }

  _excessArguments(received: readonly string[]): void {
    const expected = this.registeredArguments.length;
    const extra = received.slice(expected);
    throw this.usageFailure(
      text`${this.fullName()} takes ${expected === 0 ? 'no arguments' : `${expected} argument${expected === 1 ? '' : 's'}`}; left over: ${extra.join(' ')}`,
    );
  }

  /** A failure INVALID_USAGE that shows how the command is used. */
  usageFailure(message: Text): Failure {
    return new Failure('INVALID_USAGE', message, {
      hint: text`Usage: ${unstyled(this.fullName())} ${unstyled(this.usage())}`,
    });
  }

  /** The program's name and those of the commands that lead here. */
  fullName(): string {
    return this.parent instanceof CliCommand ? `${this.parent.fullName()} ${this.name()}` : this.name();
  }

  private root(): CliCommand {
    return this.parent instanceof CliCommand ? this.parent.root() : this;
  }

  private execute(command: CliCommand, handler: Handler): Promise<void> {
    if (!this.executor) throw new Error('the program has no executor');
    return this.executor(command, handler);
  }

  private seeHelp(): Text {
    return text`See ${unstyled(this.fullName())} --help`;
  }
}

/** The value of a flag with a short form: `-f=json` means json to the official CLI, and commander keeps the `=`. */
export function withoutEquals(value: string): string {
  return value.replace(/^=/, '');
}

/** The variables of a setting: the first stands for its flag, later ones are other names of the first. */
function environmentRows(
  setting: Pick<Variable, 'environment' | 'flag' | 'description'>,
): [string, string][] {
  const flag = setting.flag?.match(/--[\w-]+/)?.[0];
  return setting.environment.map((variable, index) => [
    variable,
    index > 0 && variable.startsWith('PLANETSCALE_')
      ? `Deprecated name of ${setting.environment[0]}`
      : flag
        ? `Same as ${flag}${OPPOSITES.includes(variable) ? ', the other way round' : ''}`
        : setting.description,
  ]);
}

const OPPOSITES = ['FORCE_COLOR'];

function unknownCommand(parent: CliCommand, word: string): Failure {
  const path = [...parent.fullName().split(' ').slice(1), word].join(' ');
  if (OFFICIAL_GROUPS.includes(path)) {
    return new Failure(
      'UNKNOWN_COMMAND',
      text`${path} belongs to PlanetScale's own CLI: run 'pscale ${unstyled(path)} …'`,
      {
        hint: text`${unstyled(PROGRAM)} manages service tokens, and the branches they are tried out on.`,
        nextSteps: [`pscale ${path} --help`],
      },
    );
  }
  const commands = parent.commands.map((command) => command.name()).filter((name) => !name.startsWith('__'));
  const suggestion = nearest(word, commands);
  return new Failure('UNKNOWN_COMMAND', text`unknown command: ${path}`, {
    hint: suggestion
      ? text`Did you mean '${unstyled(parent.fullName())} ${unstyled(suggestion)}'?`
      : text`The commands are: ${unstyled(commands.join(', '))}`,
  });
}

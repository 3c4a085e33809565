import { type Option, Command as Parser } from 'commander';
import { PROGRAM } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { listed, type Text, text, unstyled } from '../text/text.ts';
import type { Command } from './command.ts';
import { foreignFlagHint } from './habits.ts';
import { OFFICIAL_GROUPS } from './official-groups.ts';

/** Never a flag of ours again: Node looks for it behind the name of a script too (nodejs/node#54232). */
const NODES_ENV_FILE = '--env-file';

/**
 * A commander command whose usage errors are typed failures, so that they reach the JSON envelope with a
 * code and a suggestion instead of a text. commander calls the methods that override nothing in its
 * typings; their names are its own.
 */
export class CommandParser extends Parser {
  /** The command that it parses for; undefined for the program, a group, and what has not been loaded. */
  value: Command | undefined;

  override createCommand(name?: string): CommandParser {
    // Unlike `command()`, `addCommand()` does not hand these down.
    return new CommandParser(name).copyInheritedSettings(this);
  }

  /** Help that stands in for a command left out is no error; `branch help <no such command>` is one. */
  override help(): never {
    const [first, word] = this.args;
    if (first === 'help' && word !== undefined) throw unknownCommand(this, word);
    return super.help({ error: false });
  }

  /** @throws Failure UNKNOWN_COMMAND */
  childNamed(word: string): CommandParser {
    const child = this.commands.find(
      (command) => command.name() === word || command.aliases().includes(word),
    );
    if (child instanceof CommandParser) return child;
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
    const foreign = foreignFlagHint(flag);
    if (foreign) throw new Failure('UNKNOWN_FLAG', text`unknown flag: ${flag}`, { hint: foreign });
    const suggestion = nearest(
      flag,
      known.map((option) => option.long ?? ''),
    );
    throw new Failure('UNKNOWN_FLAG', text`unknown flag: ${flag}`, {
      hint: suggestion === undefined ? this.seeHelp() : text`Did you mean ${suggestion}?`,
    });
  }

  unknownCommand(): never {
    throw unknownCommand(this, this.args[0] ?? '');
  }

  missingArgument(name: string): never {
    throw this.usageFailure(text`missing argument: ${unstyled(`<${name}>`)}`);
  }

  optionMissingArgument(option: Option): never {
    throw new Failure('INVALID_USAGE', text`flag ${option.long ?? option.flags} needs a value`, {
      hint: text`Perhaps a shell variable is empty.`,
    });
  }

  _excessArguments(received: readonly string[]): void {
    const extra = received.slice(this.registeredArguments.length);
    const words = extra.length === 1 ? text`unexpected argument` : text`unexpected arguments`;
    throw this.usageFailure(text`${words}: ${listed(extra, text` `)}`);
  }

  /** A failure INVALID_USAGE that shows how the command is used. */
  usageFailure(message: Text): Failure {
    return new Failure('INVALID_USAGE', message, {
      hint: text`Usage: ${unstyled(`${this.fullName()} ${this.usage()}`)}`,
    });
  }

  /** The program's name and those of the commands that lead here. */
  fullName(): string {
    return this.parent instanceof CommandParser ? `${this.parent.fullName()} ${this.name()}` : this.name();
  }

  private root(): CommandParser {
    return this.parent instanceof CommandParser ? this.parent.root() : this;
  }

  private seeHelp(): Text {
    return text`See '${unstyled(`${this.fullName()} --help`)}'.`;
  }
}

function unknownCommand(parent: CommandParser, word: string): Failure {
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
  const shown = parent.createHelp().visibleCommands(parent);
  const names = shown.map((command) => command.name());
  const suggestion = nearest(word, names);
  return new Failure('UNKNOWN_COMMAND', text`unknown command: ${path}`, {
    hint:
      suggestion === undefined
        ? text`The commands are: ${unstyled(names.join(', '))}`
        : text`Did you mean '${unstyled(`${parent.fullName()} ${suggestion}`)}'?`,
  });
}

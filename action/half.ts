import { type Command, command } from '../src/cli/command.ts';
import type { Ending } from '../src/exit.ts';
import { main } from '../src/main.ts';
import { Failure } from '../src/text/errors.ts';
import { logOf } from './runner.ts';

export interface Half {
  readonly command: Command;
  /** What stands behind the command's name. */
  readonly words?: readonly string[];
  /** All of the environment that it runs in. */
  readonly variables: Readonly<Record<string, string>>;
  /** How what it says is written; as it is without this. */
  readonly phrase?: (message: string) => string;
  /** Told how it ended, and what it has written; answers how the process ends. */
  readonly ended: (ending: Ending, heard: readonly string[]) => Ending;
}

/** What is read before a command can run: it, or the failure that the command is to end with. */
export function attempt<T>(read: () => T): T | Failure {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** A command that ends with a failure. */
export function failing(name: string, failure: Failure): Command {
  return command({ name, description: '', examples: [], run: () => Promise.reject(failure) });
}

/** Runs one half of the action, which is one command of a tree of its own, and ends the process. */
export function runHalf({
  command: half,
  words = [],
  variables,
  phrase = (message) => message,
  ended,
}: Half): Promise<never> {
  const heard: string[] = [];
  const tree = [{ name: half.name, summary: '', load: () => Promise.resolve(half) }];
  return main([half.name, ...words], tree, {
    environment: { variables },
    output: (stream) =>
      logOf(stream, (written) => {
        const phrased = phrase(written);
        heard.push(phrased);
        return phrased;
      }),
    ended: (ending) => ended(ending, heard),
  });
}

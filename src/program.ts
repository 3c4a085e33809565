import { COMMANDS } from './commands/all.ts';
import { main } from './main.ts';

/** Runs a command line of the program, with all commands, and ends the process. */
export function start(argv: readonly string[]): Promise<never> {
  return main(argv, COMMANDS);
}

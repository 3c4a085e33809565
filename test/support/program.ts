import type { Tree } from '../../src/cli/tree.ts';
import { COMMANDS } from '../../src/commands/all.ts';
import type { Host } from '../../src/context.ts';
import type { Ending } from '../../src/exit.ts';
import { run as runIn, runToEnd as runToEndIn } from '../../src/run.ts';

/** Runs a command line in memory, with all commands unless a test has its own. */
export function run(argv: readonly string[], host: Host, tree: Tree = COMMANDS): Promise<number> {
  return runIn(argv, host, tree);
}

export function runToEnd(argv: readonly string[], host: Host, tree: Tree = COMMANDS): Promise<Ending> {
  return runToEndIn(argv, host, tree);
}

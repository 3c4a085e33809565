import type { Command } from '../../src/cli/command.ts';
import { leavesOf as leaves, type Tree } from '../../src/cli/tree.ts';

/** A command of a tree, loaded. */
export interface Leaf {
  /** The words that lead to it, such as `branch create`. */
  readonly path: string;
  readonly summary: string;
  /** What completion scripts ask is no command for people. */
  readonly isHidden: boolean;
  readonly command: Command;
}

/** Every command of a tree, those of its groups included. */
export function leavesOf(tree: Tree): Promise<Leaf[]> {
  return Promise.all(
    leaves(tree).map(async ({ path, entry }) => ({
      path: path.join(' '),
      summary: entry.summary,
      isHidden: entry.hidden ?? false,
      command: await entry.load(tree),
    })),
  );
}

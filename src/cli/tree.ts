import type { Command } from './command.ts';

/** A command, or a group of commands, by its name; loaded when it is called, so that help and mistakes load none. */
export type Entry = CommandEntry | GroupEntry;

interface Named {
  readonly name: string;
  /** Its line in the help of what it belongs to. */
  readonly summary: string;
  readonly aliases?: readonly string[];
  /** Not for people: help does not show it. */
  readonly hidden?: boolean;
}

export interface CommandEntry extends Named {
  readonly load: (tree: Tree) => Promise<Command>;
}

export interface GroupEntry extends Named {
  readonly description: string;
  readonly examples: Command['examples'];
  readonly commands: readonly CommandEntry[];
}

/** All commands; what tells of them (help, completion, the reference) is given the tree. */
export type Tree = readonly Entry[];

export function isGroup(entry: Entry): entry is GroupEntry {
  return 'commands' in entry;
}

/** The command that the first words name, in a group or not; none for a group by itself, or a mistake. */
export function commandNamed(
  tree: Tree,
  [first = '', second = '']: readonly string[],
): CommandEntry | undefined {
  const entry = entryNamed(tree, first);
  return entry && isGroup(entry) ? entryNamed(entry.commands, second) : entry;
}

/** The entry of that name or alias. */
export function entryNamed<Kind extends Entry>(entries: readonly Kind[], word: string): Kind | undefined {
  return entries.find(({ name, aliases = [] }) => name === word || aliases.includes(word));
}

/** A command, and the words that lead to it. */
export interface Leaf {
  readonly path: readonly string[];
  readonly entry: CommandEntry;
}

/** Every command of a tree, those of its groups included; what is hidden as well. */
export function leavesOf(tree: Tree): Leaf[] {
  return tree.flatMap((entry) =>
    isGroup(entry)
      ? entry.commands.map((child) => ({ path: [entry.name, child.name], entry: child }))
      : [{ path: [entry.name], entry }],
  );
}

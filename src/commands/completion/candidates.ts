import { type Completion, longName } from '../../cli/declaration.ts';
import { GLOBAL_FLAGS } from '../../cli/global-flags.ts';
import type { Entry } from '../../cli/tree.ts';
import { terminalSafe } from '../../output/terminal-safe.ts';
import { CATALOGUE } from '../../permissions/catalogue.ts';
import type { Question } from './question.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What only the API can tell. Each may fail; then nothing is completed. */
export interface Names {
  tokens(): Promise<Candidate[]>;
  databases(): Promise<Candidate[]>;
  branches(database: string): Promise<Candidate[]>;
}

/** What fits at the cursor, filtered by what is typed already. */
export async function candidatesFor(question: Question, names: Names): Promise<Candidate[]> {
  const all = await everyCandidate(question, onlyPlain(names));
  return all.filter(({ value }) => value.startsWith(question.current));
}

/** One line each, the description behind a tab. */
export function candidateLines(candidates: readonly Candidate[]): string {
  return candidates.map(({ value, description }) => `${value}\t${terminalSafe(description)}\n`).join('');
}

/**
 * Names that stand for themselves in every shell and in every command. One with any other character would
 * need quoting, each shell its own, and one that starts with a dash would be taken for a flag: both are
 * left out.
 */
function onlyPlain(names: Names): Names {
  const plain = (candidates: readonly Candidate[]): Candidate[] =>
    candidates.filter(({ value }) => /^[\w.@+][\w.@+-]*$/.test(value));
  return {
    tokens: async () => plain(await names.tokens()),
    databases: async () => plain(await names.databases()),
    branches: async (database) => plain(await names.branches(database)),
  };
}

async function everyCandidate(question: Question, names: Names): Promise<Candidate[]> {
  const { command, current, flag, argument, entries } = question;
  if (flag) return completed(flag.completes, question, names);
  if (current.startsWith('-')) return flagsOf(question);
  if (!command) return commandsOf(entries);
  return completed(argument?.completes, question, names);
}

function completed(
  completion: Completion | undefined,
  { flag, before, flags }: Question,
  names: Names,
): Candidate[] | Promise<Candidate[]> {
  switch (completion) {
    case undefined:
    case 'command':
      return [];
    case 'token':
      return names.tokens();
    case 'database':
      return names.databases();
    case 'branch':
      return names.branches(before[0] ?? '');
    case 'permission':
      // Behind a flag without a database: one and its `=` would be several words to most shells.
      return flag ? accesses(new Map([['--organization-level', '']]), []) : accesses(flags, before);
    default:
      return completion.words.map((value) => ({ value, description: completion.description }));
  }
}

function flagsOf({ command, flags }: Question): Candidate[] {
  return [...(command?.flags ?? []), ...GLOBAL_FLAGS]
    .map(({ flags: spelled, description }) => ({ value: longName(spelled), description }))
    .filter(({ value }) => !flags.has(value));
}

function commandsOf(entries: readonly Entry[]): Candidate[] {
  return entries
    .filter(({ hidden = false }) => !hidden)
    .map(({ name, summary }) => ({ value: name, description: summary }));
}

/** Names of accesses: of the scope that the line names, or of both; each once. */
function accesses(flags: ReadonlyMap<string, string>, given: readonly string[]): Candidate[] {
  const scope = flags.has('--database')
    ? 'database'
    : flags.has('--organization-level')
      ? 'organization'
      : undefined;
  return CATALOGUE.filter((permission) => scope === undefined || permission.scope === scope)
    .filter(({ name }) => !given.includes(name))
    .map(({ name, description }) => ({ value: name, description }));
}

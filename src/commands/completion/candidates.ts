import { terminalSafe } from '../../output/terminal-safe.ts';
import { TOKEN_COLUMNS } from '../../output/views/tokens.ts';
import { CATALOGUE } from '../../permissions/catalogue.ts';
import { FORMATS } from '../../settings/variables.ts';
import type { Question } from './question.ts';
import { SHELLS } from './scripts.ts';

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
  const { command, current, flag, argument, before, flags } = question;
  if (flag) return valuesOf(flag.long ?? '', names);
  if (current.startsWith('-')) return flagsOf(question);
  if (command.commands.length > 0) return commandsOf(question);
  switch (argument?.name()) {
    case 'token-id':
      return names.tokens();
    case 'access':
      return accesses(flags, before);
    case 'database':
    case 'source-database':
      return names.databases();
    case 'branch':
      return command.name() === 'create' ? [] : names.branches(before[0] ?? '');
    case 'shell':
      return SHELLS.map((value) => ({ value, description: `the ${value} shell` }));
    default:
      return [];
  }
}

function valuesOf(flag: string, names: Names): Candidate[] | Promise<Candidate[]> {
  switch (flag) {
    case '--format':
      return FORMATS.map((value) => ({ value, description: `print ${value}` }));
    case '--database':
      return names.databases();
    case '--access':
      // Without a database: one and its `=` would be several words to most shells.
      return accesses(new Map([['--organization-level', '']]), []);
    case '--of':
      return names.tokens();
    case '--sort':
    case '--columns':
      return TOKEN_COLUMNS.map((value) => ({ value, description: 'a column of list' }));
    case '--as':
      return ['service-token', 'user'].map((value) => ({ value, description: `authenticate as ${value}` }));
    default:
      return [];
  }
}

function flagsOf({ command, flags }: Question): Candidate[] {
  const globals = command.parent ? rootOptions(command) : [];
  return [...command.options, ...globals]
    .filter(({ hidden, long }) => !hidden && long && !flags.has(long))
    .map(({ long, description }) => ({ value: long ?? '', description }));
}

function rootOptions(command: Question['command']): Question['command']['options'] {
  let root: Question['command']['parent'] = command;
  while (root?.parent) root = root.parent;
  return root?.options ?? [];
}

function commandsOf({ command }: Question): Candidate[] {
  return command.commands
    .filter((child) => !child.name().startsWith('__'))
    .map((child) => ({ value: child.name(), description: child.summary() }));
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

import { type Completion, longName } from '../cli/declaration.ts';
import { GLOBAL_FLAGS } from '../cli/global-flags.ts';
import type { Entry } from '../cli/tree.ts';
import { CATALOGUE } from '../permissions/catalogue.ts';
import { isTokenId } from '../settings/credentials.ts';
import { terminalSafe } from '../text/terminal-safe.ts';
import type { Question } from './question.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What completes a word. */
export type Completed =
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  /** The shell knows better: paths, or the words of another command. */
  | { readonly kind: 'files' }
  | { readonly kind: 'command' };

/** What only the API can tell. Each may fail; then nothing is completed. */
export interface Names {
  /** Ids, described by their names. */
  tokens(): Promise<readonly Candidate[]>;
  databases(): Promise<readonly Candidate[]>;
  branches(database: string): Promise<readonly Candidate[]>;
}

/** What fits at the cursor, filtered by what is typed already. */
export async function completedBy(question: Question, names: Names): Promise<Completed> {
  const { current, lead, flag, argument, isOfOther } = question;
  if (isOfOther) return { kind: 'command' };
  const completion = flag ? flag.completes : argument?.completes;
  if (completion === 'file') return { kind: 'files' };
  const all = await everyCandidate(question, completion, names);
  const candidates = all
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => ({ value: `${lead}${value}`, description }));
  return { kind: 'candidates', candidates };
}

/**
 * One line each, the description behind a tab; a directive, which no candidate can be, where the shell is to look
 * itself.
 *
 * @param isTyped characters of each that the shell takes to be there already
 */
export function completionLines(completed: Completed, isTyped: number): string {
  if (completed.kind !== 'candidates') return `:${completed.kind}\n`;
  return completed.candidates
    .map(({ value, description }) => `${value.slice(isTyped)}\t${terminalSafe(description)}\n`)
    .join('');
}

/**
 * A name that stands for itself in every shell and in every command. One with any other character would need
 * quoting, each shell its own, and one that starts with a dash would be taken for a flag: both are left out.
 */
function isPlain(name: string): boolean {
  return /^[\w.@+][\w.@+-]*$/.test(name);
}

const plain = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.filter(({ value }) => isPlain(value));

async function everyCandidate(
  question: Question,
  completion: Completion | undefined,
  names: Names,
): Promise<readonly Candidate[]> {
  const { command, current, flag, entries, before } = question;
  if (!flag && current.startsWith('-')) return flagsOf(question);
  if (!flag && !command) return commandsOf(entries);
  switch (completion) {
    case undefined:
    case 'command':
    case 'file':
      return [];
    case 'token':
      return tokens(current, await names.tokens());
    case 'database':
      return plain(await names.databases());
    case 'branch':
      return plain(await names.branches(before[0] ?? ''));
    case 'permission':
      return accesses(question, names);
    default:
      return completion.words.map((value) => ({ value, description: completion.description }));
  }
}

/** Ids; names as well once something is typed, which they would otherwise only double. */
function tokens(current: string, ids: readonly Candidate[]): Candidate[] {
  if (current === '') return plain(ids);
  const named = ids.flatMap(({ value: id, description: name }): Candidate[] => {
    if (!isPlain(name)) return [];
    // A word of the form of an id is one to what changes something.
    const word = isTokenId(name) ? [] : [{ value: name, description: id }];
    return [...word, { value: `name:${name}`, description: id }];
  });
  return [...plain(ids), ...named];
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

/** Names of permissions, behind `<database>=` and commas too; each once. */
async function accesses(question: Question, names: Names): Promise<readonly Candidate[]> {
  const { current, flag, flags, before } = question;
  const [, scope, list = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(current) ?? [];
  const start = current.slice(0, current.length - list.length) + list.slice(0, list.lastIndexOf(',') + 1);
  const given = [current.slice(0, start.length), ...before].flatMap((word) =>
    word.slice(word.indexOf('=') + 1).split(','),
  );
  const level = scope !== undefined || flags.has('--database') ? 'database' : otherLevel(question);
  const permissions = CATALOGUE.filter((permission) => level === undefined || permission.scope === level)
    .filter(({ name }) => !given.includes(name))
    .map(({ name, description }) => ({ value: `${start}${name}`, description }));
  const mayNameDatabase = start === '' && !flags.has('--database') && !flags.has('--organization-level');
  if (!mayNameDatabase || (flag === undefined && current === '')) return permissions;
  return [...permissions, ...(await databasesAsScopes(names))];
}

/** Where permissions without a database are meant. */
function otherLevel({ flag, flags }: Question): 'organization' | undefined {
  return flag || flags.has('--organization-level') ? 'organization' : undefined;
}

/** `shop=`, for what is held there to follow. Permissions are offered also where the API does not answer. */
async function databasesAsScopes(names: Names): Promise<Candidate[]> {
  const databases = await names.databases().catch(() => []);
  return plain(databases).map(({ value, description }) => ({ value: `${value}=`, description }));
}

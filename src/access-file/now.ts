import type { AccessChange } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { Failure } from '../errors.ts';
import { type GrantsRead, grantedAccesses } from '../operations/read-grants.ts';
import { markOf, type RotationMark } from '../rotation-mark.ts';
import { lines } from '../text.ts';
import { canonicalName } from '../token-name.ts';
import { type AccessFile, byText, nameOfUnfinished } from './access-file.ts';
import { type Assignment, assign } from './assign.ts';

/** Tokens, and who is who among them. */
export interface TokensNow {
  readonly tokens: readonly ServiceToken[];
  readonly assignment: Assignment;
  /** Those that a rotation lets expire, as far as the tokens prove it. */
  readonly marked: readonly MarkedToken[];
  /** Left behind by an apply that was cut, by the name in the file that they were to get. */
  readonly unfinished: ReadonlyMap<string, readonly ServiceToken[]>;
}

/** A token that a rotation lets expire. */
export interface MarkedToken {
  readonly token: ServiceToken;
  readonly mark: RotationMark;
}

/**
 * Who is who among the tokens that there are.
 *
 * @throws Failure INVALID_CONFIG where that is not certain
 */
export function identify(file: AccessFile, tokens: readonly ServiceToken[]): TokensNow {
  const marked = tokens.flatMap((token) => {
    const mark = markOf(token, tokens);
    return mark ? [{ token, mark }] : [];
  });
  const names = new Map(file.tokens.map(({ name }) => [canonicalName(name), name]));
  const unfinished = new Map<string, ServiceToken[]>();
  for (const token of tokens.toSorted(byAge)) {
    const name = names.get(canonicalName(nameOfUnfinished(token.name ?? '') ?? ''));
    if (name !== undefined) unfinished.set(name, [...(unfinished.get(name) ?? []), token]);
  }
  const replaced = new Map(marked.map(({ token, mark }) => [token.id, mark.replacedBy]));
  const assignment = assign(file, tokens, replaced);
  if (assignment.problems.length > 0) {
    throw new Failure('INVALID_CONFIG', lines(...assignment.problems), { issues: assignment.problems });
  }
  return { tokens, assignment, marked, unfinished };
}

function byAge(one: ServiceToken, other: ServiceToken): number {
  return byText(one.created_at, other.created_at) || byText(one.id, other.id);
}

/** The tokens whose grants have to be read. */
export function toBeRead({ assignment }: TokensNow): string[] {
  return assignment.listed.flatMap(({ wanted, token }) => (token && wanted.access ? [token.id] : []));
}

/** What it holds, scope by scope; undefined where that was not read, or holds what nobody understands. */
export function understood(read: GrantsRead | undefined): AccessChange[] | undefined {
  return read?.kind === 'read' ? grantedAccesses(read.grants) : undefined;
}

import type { AccessChange } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { type GrantsRead, grantedAccesses } from '../tokens/read-grants.ts';
import { markOf, type RotationMark } from '../tokens/rotation-mark.ts';
import { UNFINISHED_FOR } from '../tokens/yield-to-first.ts';
import { describeDuration } from '../values/duration.ts';
import { canonicalName } from '../values/token-name.ts';
import type { Decision, ScopedAccess } from './access-changes.ts';
import { type AccessFile, byText, nameOfUnfinished } from './access-file.ts';
import { type Assignment, assign } from './assign.ts';

/** Tokens, and who is who among them. */
export interface TokensNow {
  readonly tokens: readonly ServiceToken[];
  readonly assignment: Assignment;
  /** Names of the file that only people can decide on, by what the list of tokens shows. */
  readonly decisions: readonly Decision[];
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
 * @param time milliseconds since the epoch, by the API's clock
 */
export function identify(file: AccessFile, tokens: readonly ServiceToken[], time: number): TokensNow {
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
  const running = file.tokens.flatMap(({ name, at }): Decision[] => {
    const young = (unfinished.get(name) ?? []).filter(
      ({ created_at }) => !(time - Date.parse(created_at) >= UNFINISHED_FOR),
    );
    const ids = young.map(({ id }) => id);
    const last = young.at(-1);
    return last ? [{ kind: 'apply_running', name, at, ids, reason: whyRunning(last, time) }] : [];
  });
  return { tokens, assignment, decisions: [...assignment.decisions, ...running], marked, unfinished };
}

function whyRunning({ id, name, created_at }: ServiceToken, time: number): Text {
  const left = Date.parse(created_at) + UNFINISHED_FOR - time;
  return text`another apply may be running: token ${id}, ${name ?? ''}, was created less than 10 minutes ago. If none is running, delete that token, or apply again in ${unstyled(describeDuration(left))}; it is deleted then.`;
}

function byAge(one: ServiceToken, other: ServiceToken): number {
  return byText(one.created_at, other.created_at) || byText(one.id, other.id);
}

/** The tokens whose grants have to be read. */
export function toBeRead({ assignment, unfinished }: TokensNow): string[] {
  const listed = assignment.listed.flatMap(({ wanted, token }) => (token && wanted.access ? [token.id] : []));
  const doomed = [...assignment.absent.map(({ token }) => token), ...[...unfinished.values()].flat()];
  return [...new Set([...listed, ...doomed.map(({ id }) => id)])];
}

/** What it holds, scope by scope; undefined where that was not read, or holds what nobody understands. */
export function understood(read: GrantsRead | undefined): AccessChange[] | undefined {
  return read?.kind === 'read' ? grantedAccesses(read.grants) : undefined;
}

/** The same in one order, whatever it holds, for a comparison. */
export function heldBy(read: GrantsRead | undefined): ScopedAccess[] {
  if (read?.kind !== 'read') return [];
  const scopes =
    understood(read) ??
    read.grants.map(({ resource_type: type, resource_name: name, accesses }) => ({
      database: `${type ?? ''} ${name ?? ''}`,
      access: accesses.map(({ access }) => access),
    }));
  return scopes
    .map(({ database, access }) => ({ database, access: access.toSorted(byText) }))
    .sort((one, other) => byText(one.database, other.database));
}

import type { Change } from '../access-changes.ts';
import type { AccessChange } from '../api/client.ts';
import type { Grant, ServiceToken } from '../api/schemas.ts';
import { Failure } from '../errors.ts';
import { fitsQuotedPattern } from '../name-pattern.ts';
import { canonicalNetwork, isWithin, sameNetworks } from '../networks.ts';
import { type GrantsRead, grantedAccess } from '../operations/read-grants.ts';
import { markOf, type RotationMark } from '../rotation-mark.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../scope.ts';
import { lines } from '../text.ts';
import { type AccessFile, byText, nameOfUnfinished } from './access-file.ts';
import { type Assigned, type Assignment, assign } from './assign.ts';

/** What apply would do, and what there is to say beside it. */
export interface AccessPlan {
  /** In the order in which they are made. */
  readonly changes: readonly Change[];
  /** Tokens that an apply left which did not end, or is under way. */
  readonly unfinished: readonly ServiceToken[];
  readonly reports: PlanReports;
}

/** What is said of tokens, and decides nothing. */
export interface PlanReports {
  /** The file decides on their names, and does not list them. */
  readonly unlisted: readonly ServiceToken[];
  readonly expired: readonly ListedNow[];
  /** In less than a tenth of their life. */
  readonly expiring: readonly ListedNow[];
  /** They hold grants of a kind that nobody has published: what they hold is left alone. */
  readonly undecidable: readonly ListedNow[];
  /** What they hold, or their restrictions, could not be read: what would be changed is not known. */
  readonly unread: readonly ListedNow[];
  /** Those that a rotation lets expire. */
  readonly marked: readonly { readonly token: ServiceToken; readonly mark: RotationMark }[];
  /** Names of several tokens, none of them in the file. */
  readonly doubled: readonly { readonly name: string; readonly ids: readonly string[] }[];
  /** Granted to without an id in the file: whoever can create tokens could have made one of that name before. */
  readonly unidentified: readonly ListedNow[];
}

/** A token by what the file calls it. */
export interface ListedNow {
  readonly name: string;
  readonly token: ServiceToken;
}

/** Tokens, and who is who among them. */
export interface TokensNow {
  readonly tokens: readonly ServiceToken[];
  readonly assignment: Assignment;
  readonly marked: PlanReports['marked'];
  /** Left behind by an apply that was cut, by the name that they were to get. */
  readonly unfinished: ReadonlyMap<string, readonly ServiceToken[]>;
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
  const markedIds = new Set(marked.map(({ token }) => token.id));
  const ordinary = tokens.filter(({ id }) => !markedIds.has(id));
  const names = new Set(file.tokens.map(({ name }) => name));
  const unfinished = new Map<string, ServiceToken[]>();
  for (const token of ordinary.toSorted(byAge)) {
    const name = nameOfUnfinished(token.name ?? '');
    if (name !== undefined && names.has(name)) unfinished.set(name, [...(unfinished.get(name) ?? []), token]);
  }
  const assignment = assign(file, ordinary);
  if (assignment.problems.length > 0) {
    throw new Failure('INVALID_CONFIG', lines(...assignment.problems), { issues: assignment.problems });
  }
  return { tokens: ordinary, assignment, marked, unfinished };
}

function byAge(one: ServiceToken, other: ServiceToken): number {
  return byText(one.created_at, other.created_at) || byText(one.id, other.id);
}

/** The tokens whose grants have to be read. */
export function toBeRead({ assignment }: TokensNow): string[] {
  return assignment.listed.flatMap(({ wanted, token }) => (token && wanted.access ? [token.id] : []));
}

/**
 * The changes that make the tokens what the file says.
 *
 * @param grants what the tokens of {@link toBeRead} hold
 * @param now milliseconds since the epoch, by the API's clock where that is known
 * @throws Failure COMMAND_FAILED where a token has been deleted since it was listed
 */
export function planOf(
  file: AccessFile,
  now: TokensNow,
  grants: ReadonlyMap<string, GrantsRead>,
  time: number,
): AccessPlan {
  const { listed, absent } = now.assignment;
  const held = new Map(listed.map(({ wanted, token }) => [wanted.name, token && grants.get(token.id)]));
  const heldBy = (name: string): AccessChange[] | undefined => understood(held.get(name));
  const existing = listed.flatMap(({ wanted, token }) =>
    token ? [{ wanted, token, name: wanted.name }] : [],
  );
  const changes: Change[] = [
    ...renames(listed),
    ...existing.flatMap(({ wanted, token }): Change[] => {
      const about = { id: token.id, name: wanted.name };
      const holds = heldBy(wanted.name);
      const difference = wanted.access && holds ? grantChanges(about, holds, wanted.access) : [];
      const restriction = restrictionChange(about, token, wanted.cidrs);
      const widens = restriction !== undefined && onlyAdds(restriction.before, restriction.after);
      return [
        ...(restriction && !widens ? [restriction] : []),
        ...difference,
        ...(restriction && widens ? [restriction] : []),
      ];
    }),
    ...listed.flatMap(({ wanted, token }): Change[] => {
      if (token) return [];
      const { name, access = [], cidrs = [], ttl = null } = wanted;
      return [{ action: 'create', id: null, name, before: null, after: { access, cidrs, ttl } }];
    }),
    ...listed.flatMap(({ wanted: { name } }) =>
      (now.unfinished.get(name) ?? []).map((token): Change => deletion(token, name, 'unfinished')),
    ),
    ...absent.map((token): Change => deletion(token, token.name ?? '', 'absent')),
  ];
  const unfinished = [...now.unfinished.values()].flat();
  return { changes, unfinished, reports: reportsOf(file, now, held, existing, changes, time) };
}

function deletion(token: ServiceToken, name: string, reason: 'absent' | 'unfinished'): Change {
  return { action: 'delete', id: token.id, name, before: token.name ?? '', after: null, reason };
}

/** Renames in an order in which each name is free by the time that it is taken. */
function renames(listed: readonly Assigned[]): Change[] {
  const waiting = new Map(
    listed.flatMap(({ wanted: { name }, token }) =>
      token && token.name !== name ? [[token.name ?? '', { token, name }] as const] : [],
    ),
  );
  const ordered: Change[] = [];
  const take = (former: string): void => {
    const rename = waiting.get(former);
    if (!rename) return;
    waiting.delete(former);
    // Whoever has the name now gives it up first.
    take(rename.name);
    ordered.push({
      action: 'rename',
      id: rename.token.id,
      name: rename.name,
      before: former,
      after: rename.name,
    });
  };
  for (const former of [...waiting.keys()].sort(byText)) take(former);
  return ordered;
}

/** What it holds, scope by scope; undefined where that was not read, or holds what nobody understands. */
function understood(read: GrantsRead | undefined): AccessChange[] | undefined {
  if (read?.kind !== 'read') return undefined;
  const scopes = withAccess(read.grants).map(grantedAccess);
  return scopes.every((scope) => scope !== undefined) ? scopes : undefined;
}

/** Nothing on a resource is nothing held. */
function withAccess(grants: readonly Grant[]): readonly Grant[] {
  return grants.filter(({ accesses }) => accesses.length > 0);
}

function grantChanges(
  about: { readonly id: string; readonly name: string },
  holds: readonly AccessChange[],
  wanted: readonly AccessChange[],
): Change[] {
  const [held, goal] = [byScope(holds), byScope(wanted)];
  const scopes = [...new Set([...held.keys(), ...goal.keys()])].sort(byText);
  const all = scopes.map((database) => {
    const before = held.get(database) ?? new Set<string>();
    const after = goal.get(database) ?? new Set<string>();
    return {
      database,
      before: sorted(before),
      between: sorted(new Set([...before, ...after])),
      after: sorted(after),
    };
  });
  return [
    ...all.flatMap(({ database, before, between }): Change[] =>
      between.length === before.length
        ? []
        : [{ ...about, action: 'grant', database, before, after: between }],
    ),
    ...all.flatMap(({ database, between, after }): Change[] =>
      between.length === after.length
        ? []
        : [{ ...about, action: 'remove', database, before: between, after }],
    ),
  ];
}

function byScope(changes: readonly AccessChange[]): Map<AccessScope, Set<string>> {
  const scopes = new Map<AccessScope, Set<string>>();
  for (const { database, access } of changes) {
    scopes.set(database, new Set([...(scopes.get(database) ?? []), ...access]));
  }
  return scopes;
}

function sorted(names: ReadonlySet<string>): string[] {
  return [...names].sort(byText);
}

function restrictionChange(
  about: { readonly id: string; readonly name: string },
  token: ServiceToken,
  wanted: readonly string[] | undefined,
): Extract<Change, { action: 'restrict' }> | undefined {
  const present = restrictionsOf(token);
  if (wanted === undefined || present === undefined || sameNetworks(present, wanted)) return undefined;
  return {
    ...about,
    action: 'restrict',
    before: [...present].map(canonicalNetwork).sort(byText),
    after: wanted,
  };
}

/** Undefined where an API that knows of restrictions does not say them. */
export function restrictionsOf({ cidrs, last_used_ip }: ServiceToken): readonly string[] | undefined {
  if (cidrs !== undefined) return cidrs ?? [];
  // With neither field it is the API of before there were restrictions.
  return last_used_ip === undefined ? [] : undefined;
}

/** Whether every address that was allowed still is. Both canonical; none allows any address. */
export function onlyAdds(before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return true;
  return before.length > 0 && before.every((network) => isWithin(network, after));
}

function reportsOf(
  { owns, tokens, absent }: AccessFile,
  now: TokensNow,
  held: ReadonlyMap<string, GrantsRead | undefined>,
  existing: readonly (ListedNow & { readonly wanted: Assigned['wanted'] })[],
  changes: readonly Change[],
  time: number,
): PlanReports {
  const decided = new Set([
    ...existing.map(({ token }) => token.id),
    ...now.assignment.absent.map(({ id }) => id),
    ...[...now.unfinished.values()].flat().map(({ id }) => id),
  ]);
  const names = new Set([...tokens.flatMap(({ name, previously }) => [name, ...previously]), ...absent]);
  const granted = new Set(changes.flatMap(({ action, id }) => (action === 'grant' ? [id] : [])));
  const isOwned = ({ name }: ServiceToken): boolean =>
    name !== null && name !== '' && owns.some((pattern) => fitsQuotedPattern(name, pattern));
  return {
    unlisted: now.tokens.filter((token) => isOwned(token) && !decided.has(token.id)).toSorted(byNameAndId),
    expired: existing.filter(
      ({ token }) => token.expires_at !== null && Date.parse(token.expires_at) <= time,
    ),
    expiring: existing.filter(({ token }) => endsSoon(token, time)),
    undecidable: existing.filter(({ name }) => {
      const read = held.get(name);
      return read?.kind === 'read' && understood(read) === undefined;
    }),
    unread: existing.filter(({ name, token, wanted }) => {
      const isHidden = wanted.cidrs !== undefined && restrictionsOf(token) === undefined;
      return isHidden || (wanted.access !== undefined && held.get(name)?.kind !== 'read');
    }),
    marked: now.marked,
    doubled: doubledNames(now.tokens).filter(({ name }) => !names.has(name)),
    unidentified: existing.filter(({ wanted, token }) => wanted.id === undefined && granted.has(token.id)),
  };
}

function endsSoon({ created_at, expires_at }: ServiceToken, time: number): boolean {
  if (expires_at === null) return false;
  const [start, end] = [Date.parse(created_at), Date.parse(expires_at)];
  return end > time && end - time <= (end - start) / 10;
}

function byNameAndId(one: ServiceToken, other: ServiceToken): number {
  return byText(one.name ?? '', other.name ?? '') || byText(one.id, other.id);
}

/** Names that several tokens have. */
export function doubledNames(tokens: readonly ServiceToken[]): { name: string; ids: string[] }[] {
  const ids = new Map<string, string[]>();
  for (const { name, id } of tokens) if (name) ids.set(name, [...(ids.get(name) ?? []), id]);
  return [...ids]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => ({ name, ids: all.sort(byText) }))
    .sort((one, other) => byText(one.name, other.name));
}

/** Whether a change takes something from the token that makes it, after which it may not be able to go on. */
export function reduces(change: Change): boolean {
  switch (change.action) {
    case 'remove':
    case 'delete':
      return true;
    case 'restrict':
      return !onlyAdds(change.before, change.after);
    default:
      return false;
  }
}

/** What a token needs to go on managing tokens. */
const MANAGING = ['read_service_tokens', 'write_service_tokens', 'delete_service_tokens'];

/** Whether a change to the token that makes it may lock out whatever uses it next. */
export function locksOut(change: Change): boolean {
  if (change.action !== 'remove') return reduces(change);
  const gone = change.before.filter((name) => !change.after.includes(name));
  return change.database === ORGANIZATION_LEVEL && gone.some((name) => MANAGING.includes(name));
}

import { type Change, namesOf } from '../access-changes.ts';
import type { AccessChange } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { canonicalNetwork, isWithin, sameNetworks } from '../networks.ts';
import { shownRestrictions } from '../operations/copy-token.ts';
import type { GrantsRead } from '../operations/read-grants.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../scope.ts';
import { type AccessFile, byText } from './access-file.ts';
import type { Assigned } from './assign.ts';
import { type TokensNow, understood } from './now.ts';
import { type PlanReports, reportsOf } from './reports.ts';

/** What apply would do, and what there is to say beside it. */
export interface AccessPlan {
  /** In the order in which they are made. */
  readonly changes: readonly Change[];
  /** Tokens that an apply left which did not end, or is under way. */
  readonly unfinished: readonly ServiceToken[];
  readonly reports: PlanReports;
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
  const present = shownRestrictions(token);
  if (wanted === undefined || present === undefined || sameNetworks(present, wanted)) return undefined;
  return {
    ...about,
    action: 'restrict',
    before: [...present].map(canonicalNetwork).sort(byText),
    after: wanted,
  };
}

/** Whether every address that was allowed still is. Both canonical; none allows any address. */
export function onlyAdds(before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return true;
  return before.length > 0 && before.every((network) => isWithin(network, after));
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
  return change.database === ORGANIZATION_LEVEL && namesOf(change).some((name) => MANAGING.includes(name));
}

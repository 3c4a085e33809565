import { type Change, type Decision, namesOf } from '../access-changes.ts';
import type { AccessChange } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { describeDuration } from '../duration.ts';
import { canonicalNetwork, isWithin, sameNetworks } from '../networks.ts';
import { shownRestrictions } from '../operations/copy-token.ts';
import type { GrantsRead } from '../operations/read-grants.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../scope.ts';
import { text, unstyled } from '../text.ts';
import { canonicalName, isSameName } from '../token-name.ts';
import { type AccessFile, byText } from './access-file.ts';
import type { Assigned } from './assign.ts';
import { type TokensNow, understood } from './now.ts';
import { type PlanReports, reportsOf } from './reports.ts';

/** What apply would do, and what there is to say beside it. */
export interface AccessPlan {
  /** In the order in which they are made. */
  readonly changes: readonly Change[];
  /** Listed tokens that apply leaves out, each once and sorted by name. */
  readonly decisions: readonly Decision[];
  readonly reports: PlanReports;
}

/** Milliseconds for which an unfinished token may be one that another apply is still making. */
const UNFINISHED_FOR = 10 * 60_000;

/**
 * The changes that make the tokens what the file says.
 *
 * @param grants what the tokens of {@link toBeRead} hold
 * @param time milliseconds since the epoch, by the API's clock where that is known
 * @throws Failure COMMAND_FAILED where a token has been deleted since it was listed
 */
export function planOf(
  file: AccessFile,
  now: TokensNow,
  grants: ReadonlyMap<string, GrantsRead>,
  time: number,
): AccessPlan {
  const decisions = withFollowers(decisionsOn(now, time), now.assignment.listed);
  const open = new Set(decisions.map(({ name }) => name));
  const { absent } = now.assignment;
  const listed = now.assignment.listed.filter(({ wanted }) => !open.has(wanted.name));
  const kept = new Set(now.marked.flatMap(({ token, mark }) => (mark.until > time ? [token.id] : [])));
  const unfinished = new Set([...now.unfinished.values()].flat().map(({ id }) => id));
  const held = new Map(
    now.assignment.listed.map(({ wanted, token }) => [wanted.name, token && grants.get(token.id)]),
  );
  const heldBy = (name: string): AccessChange[] | undefined => understood(held.get(name));
  const existing = now.assignment.listed.flatMap(({ wanted, token }) =>
    token ? [{ wanted, token, name: wanted.name }] : [],
  );
  const changes: Change[] = [
    ...renames(listed),
    ...listed.flatMap(({ wanted, token }): Change[] => {
      if (!token) return [];
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
    ...absent.flatMap((token): Change[] =>
      kept.has(token.id) || unfinished.has(token.id) ? [] : [deletion(token, token.name ?? '', 'absent')],
    ),
  ];
  return { changes, decisions, reports: reportsOf(file, now, held, existing, changes, time) };
}

/** Names of which another apply may be making a token at this moment. */
function decisionsOn({ unfinished }: TokensNow, time: number): Decision[] {
  return [...unfinished].flatMap(([name, tokens]): Decision[] => {
    const young = tokens.findLast(({ created_at }) => !(time - Date.parse(created_at) >= UNFINISHED_FOR));
    if (!young) return [];
    const left = Date.parse(young.created_at) + UNFINISHED_FOR - time;
    const reason = text`another apply may be running: token ${young.id}, ${young.name ?? ''}, was created less than 10 minutes ago. If none is running, apply again in ${unstyled(describeDuration(left))}; the token is deleted then.`;
    return [{ name, id: young.id, reason }];
  });
}

/** Those as well whose name a token still has that is left out. */
function withFollowers(decisions: readonly Decision[], listed: readonly Assigned[]): Decision[] {
  const all = new Map(decisions.map((decision) => [decision.name, decision]));
  const holders = new Map(
    listed.flatMap(({ wanted, token }) =>
      token ? [[canonicalName(token.name ?? ''), wanted.name] as const] : [],
    ),
  );
  for (let known = -1; known < all.size; ) {
    known = all.size;
    for (const { wanted, token } of listed) {
      const holder = holders.get(canonicalName(wanted.name));
      if (holder === undefined || holder === wanted.name || all.has(wanted.name) || !all.has(holder))
        continue;
      const reason = text`its name is still that of the token which is to become ${holder}`;
      all.set(wanted.name, { name: wanted.name, id: token?.id ?? null, reason });
    }
  }
  return [...all.values()].sort((one, other) => byText(one.name, other.name));
}

function deletion(token: ServiceToken, name: string, reason: 'absent' | 'unfinished'): Change {
  return { action: 'delete', id: token.id, name, before: token.name ?? '', after: null, reason };
}

/** Renames in an order in which each name is free by the time that it is taken. */
function renames(listed: readonly Assigned[]): Change[] {
  const waiting = new Map(
    listed.flatMap(({ wanted: { name }, token }) =>
      token && !isSameName(token.name ?? '', name)
        ? [[canonicalName(token.name ?? ''), { token, name }] as const]
        : [],
    ),
  );
  const ordered: Change[] = [];
  const take = (former: string): void => {
    const rename = waiting.get(former);
    if (!rename) return;
    waiting.delete(former);
    // Whoever has the name now gives it up first.
    take(canonicalName(rename.name));
    ordered.push({
      action: 'rename',
      id: rename.token.id,
      name: rename.name,
      before: rename.token.name ?? '',
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

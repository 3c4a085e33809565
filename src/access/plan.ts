import type { AccessChange } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { shownRestrictions } from '../tokens/copy-token.ts';
import type { GrantsRead } from '../tokens/read-grants.ts';
import { canonicalNetwork, sameNetworks } from '../values/networks.ts';
import { canonicalName, isSameName } from '../values/token-name.ts';
import type { Change, Decision } from './access-changes.ts';
import { type AccessFile, byText } from './access-file.ts';
import type { Assigned } from './assign.ts';
import { missingDatabases, settle, unknownOf, unreadOf } from './decisions.ts';
import { heldBy, type TokensNow, understood } from './now.ts';
import { MANAGING, onlyAdds } from './order.ts';
import { type PlanReports, reportsOf } from './reports.ts';

/** What apply would do, and what there is to say beside it. */
export interface AccessPlan {
  /** In the order in which they are made. */
  readonly changes: readonly Change[];
  /** Listed tokens that apply leaves out, each once and sorted by name. */
  readonly decisions: readonly Decision[];
  readonly reports: PlanReports;
}

/**
 * The changes that make the tokens what the file says.
 *
 * @param grants what the tokens of {@link toBeRead} hold
 * @param databases the names of all of them; undefined where not all can be known
 * @param time milliseconds since the epoch, by the API's clock where that is known
 */
export function planOf(
  file: AccessFile,
  now: TokensNow,
  grants: ReadonlyMap<string, GrantsRead>,
  databases: readonly string[] | undefined,
  time: number,
): AccessPlan {
  const { assignment } = now;
  const kept = new Set(now.marked.flatMap(({ token, mark }) => (mark.until > time ? [token.id] : [])));
  const unfinished = new Set([...now.unfinished.values()].flat().map(({ id }) => id));
  const absent = assignment.absent.filter(({ token }) => !kept.has(token.id) && !unfinished.has(token.id));
  const unread = [
    ...assignment.listed.flatMap(({ wanted, token }) => [
      ...(databases ? missingDatabases(wanted, databases) : []),
      ...(token ? unknownOf(wanted, token, grants) : []),
      ...(now.unfinished.get(wanted.name) ?? []).flatMap((left) =>
        unreadOf(wanted, left, grants.get(left.id)),
      ),
    ]),
    ...absent.flatMap(({ wanted, token }) => unreadOf(wanted, token, grants.get(token.id))),
  ];
  const decided = [...now.decisions, ...unread];
  const leftOut = new Set(decided.map(({ name }) => name));
  const { listed, waiting } = settle(assignment.listed, now.tokens, leftOut);
  const decisions = [...decided, ...waiting].sort((one, other) => byText(one.name, other.name));
  const changes: Change[] = [
    ...renames(listed),
    ...listed.flatMap(({ wanted, token }): Change[] => {
      if (!token) return [];
      const about = { id: token.id, name: wanted.name };
      const holds = understood(grants.get(token.id));
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
      (now.unfinished.get(name) ?? []).map((token) => deletion(token, name, 'unfinished', grants)),
    ),
    ...absent.flatMap(({ wanted, token }) =>
      leftOut.has(wanted.name) ? [] : [deletion(token, token.name ?? '', 'absent', grants)],
    ),
  ];
  return { changes, decisions, reports: reportsOf(file, now, changes, decisions, databases, time) };
}

function deletion(
  token: ServiceToken,
  name: string,
  reason: 'absent' | 'unfinished',
  grants: ReadonlyMap<string, GrantsRead>,
): Change {
  const held = heldBy(grants.get(token.id));
  return { action: 'delete', id: token.id, name, before: token.name ?? '', after: null, held, reason };
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
    ...all.flatMap(({ database, between, after }) => removals({ ...about, database }, between, after)),
  ];
}

/** In steps: a token that takes its own away needs these three up to the end, the last one longest. */
function removals(
  about: { readonly id: string; readonly name: string; readonly database: AccessScope },
  before: readonly string[],
  after: readonly string[],
): Change[] {
  const needed = about.database === ORGANIZATION_LEVEL ? MANAGING : [];
  const gone = before.filter((name) => !after.includes(name));
  const steps = [
    gone.filter((name) => !needed.includes(name)),
    ...needed.map((name) => gone.filter((one) => one === name)),
  ];
  let held = before;
  return steps.flatMap((step): Change[] => {
    if (step.length === 0) return [];
    const [had, has] = [held, held.filter((name) => !step.includes(name))];
    held = has;
    return [{ ...about, action: 'remove', before: had, after: has }];
  });
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

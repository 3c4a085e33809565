import type { ServiceToken } from '../api/schemas.ts';
import { readMark } from '../tokens/rotation-mark.ts';
import { appearance } from '../values/lookalike.ts';
import { fittingQuoted } from '../values/name-pattern.ts';
import { canonicalName } from '../values/token-name.ts';
import type { Change, Decision } from './access-changes.ts';
import { type AccessFile, byText } from './access-file.ts';
import type { MarkedToken, TokensNow } from './now.ts';

/** What is said of tokens, and decides nothing. */
export interface PlanReports {
  /** The file decides on their names, and does not list them. */
  readonly unlisted: readonly ServiceToken[];
  readonly expired: readonly ListedNow[];
  /** In less than a tenth of their life. */
  readonly expiring: readonly ListedNow[];
  /** A rotation has put them in the place of the token that the file pins. */
  readonly replaced: readonly (ListedNow & { readonly at: string; readonly id: string })[];
  /** Those that a rotation lets expire, where their name, or the one before, is owned. */
  readonly marked: readonly MarkedToken[];
  /** Databases of the file of which these credentials cannot tell whether they exist. */
  readonly unchecked: readonly string[];
  /** Those that only look so: ordinary tokens. */
  readonly unproven: readonly ServiceToken[];
  /** Of names that people would take for one of the file, which is `name`. */
  readonly lookalikes: readonly ListedNow[];
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

/**
 * What there is to say of tokens beside the changes and the decisions.
 *
 * @param time milliseconds since the epoch
 */
export function reportsOf(
  { owns, tokens, absent }: AccessFile,
  now: TokensNow,
  changes: readonly Change[],
  decisions: readonly Decision[],
  databases: readonly string[] | undefined,
  time: number,
): PlanReports {
  const { listed, absent: doomed, replacements } = now.assignment;
  const existing = listed.flatMap(({ wanted, token }) =>
    token ? [{ name: wanted.name, token, wanted }] : [],
  );
  const decided = new Set([
    ...existing.map(({ token }) => token.id),
    ...doomed.map(({ token }) => token.id),
    ...[...now.unfinished.values()].flat().map(({ id }) => id),
    ...decisions.flatMap(({ ids }) => ids),
  ]);
  const names = new Set([
    ...tokens.flatMap(({ name, previously }) => [name, ...previously].map(canonicalName)),
    ...absent.map(({ name }) => canonicalName(name)),
  ]);
  const appearances = new Map([...names].map((name) => [appearance(name), name]));
  const granted = new Set(changes.flatMap(({ action, id }) => (action === 'grant' ? [id] : [])));
  const fits = fittingQuoted(owns.map(({ pattern }) => pattern));
  const isOwned = ({ name }: { readonly name: string | null }): boolean =>
    name !== null && name !== '' && fits(name);
  const marks = new Set(now.marked.map(({ token }) => token.id));
  return {
    unlisted: now.tokens.filter((token) => isOwned(token) && !decided.has(token.id)).toSorted(byNameAndId),
    expired: existing.filter(
      ({ token }) => token.expires_at !== null && Date.parse(token.expires_at) <= time,
    ),
    expiring: existing.filter(({ token }) => endsSoon(token, time)),
    replaced: replacements.map(({ wanted: { name, at, id = '' }, token }) => ({ name, at, id, token })),
    marked: now.marked.filter(({ token, mark }) => isOwned(token) || isOwned(mark)),
    unproven: now.tokens.filter((token) => {
      const mark = marks.has(token.id) ? undefined : readMark(token.name);
      return mark && (isOwned(token) || isOwned(mark));
    }),
    unchecked: databases ? [] : databasesOf(tokens),
    lookalikes: now.tokens.flatMap((token) => {
      const name = token.name ? appearances.get(appearance(token.name)) : undefined;
      return name === undefined || names.has(canonicalName(token.name ?? '')) ? [] : [{ name, token }];
    }),
    doubled: doubledNames(now.tokens).filter(({ name }) => !names.has(canonicalName(name))),
    unidentified: existing.filter(({ wanted, token }) => wanted.id === undefined && granted.has(token.id)),
  };
}

/** All databases that a file names. */
export function databasesOf(tokens: AccessFile['tokens']): string[] {
  return [...new Set(tokens.flatMap((token) => [...token.databases.keys()]))].sort(byText);
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
  const same = new Map<string, { name: string; ids: string[] }>();
  for (const { name, id } of tokens) {
    if (!name) continue;
    const { ids } = same.get(canonicalName(name)) ?? { ids: [] };
    same.set(canonicalName(name), { name, ids: [...ids, id] });
  }
  return [...same.values()]
    .filter(({ ids }) => ids.length > 1)
    .map(({ name, ids }) => ({ name, ids: ids.sort(byText) }))
    .sort((one, other) => byText(one.name, other.name));
}

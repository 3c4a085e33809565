import type { Change } from '../access-changes.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { fittingQuoted } from '../name-pattern.ts';
import { shownRestrictions } from '../operations/copy-token.ts';
import type { GrantsRead } from '../operations/read-grants.ts';
import type { RotationMark } from '../rotation-mark.ts';
import { type AccessFile, byText } from './access-file.ts';
import type { Assigned } from './assign.ts';
import { type TokensNow, understood } from './now.ts';

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

/**
 * What there is to say of tokens beside the changes.
 *
 * @param held what listed tokens hold, by the name that the file has for them
 * @param time milliseconds since the epoch
 */
export function reportsOf(
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
  const names = new Set([
    ...tokens.flatMap(({ name, previously }) => [name, ...previously]),
    ...absent.map(({ name }) => name),
  ]);
  const granted = new Set(changes.flatMap(({ action, id }) => (action === 'grant' ? [id] : [])));
  const fits = fittingQuoted(owns);
  const isOwned = ({ name }: ServiceToken): boolean => name !== null && name !== '' && fits(name);
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
      const isHidden = wanted.cidrs !== undefined && shownRestrictions(token) === undefined;
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

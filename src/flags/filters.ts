import type { Organization } from '../api/organization.ts';
import { DURATIONS, type Flag, flagsTogether, longName, switchFlag, valueFlag } from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { listed, type Text, text, unstyled } from '../text/text.ts';
import { parseDuration } from '../values/duration.ts';
import { fitsPattern } from '../values/name-pattern.ts';
import { canonicalNetwork, isWithin, parseNetwork } from '../values/networks.ts';

/** Which tokens are meant; a token matches if it matches all filters given. */
export interface TokenFilters {
  readonly expired: boolean;
  /** Milliseconds. */
  readonly unusedFor: number | undefined;
  readonly neverUsed: boolean;
  /** Milliseconds. */
  readonly expiresWithin: number | undefined;
  /** A pattern with `*` and `?`. */
  readonly name: string | undefined;
  /** Whether it is restricted to networks. */
  readonly isRestricted: boolean | undefined;
  /** A canonical network, which it was last used from. */
  readonly lastUsedFrom: string | undefined;
}

/** What of a token filters look at. */
export interface FilteredToken {
  readonly name: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
  readonly cidrs?: readonly string[] | null | undefined;
  readonly last_used_ip?: string | null | undefined;
}

const FILTER = { heading: 'Filters' };

/** The filters of list and prune; undefined where none is given. */
export const FILTERS: Flag<TokenFilters | undefined> = flagsTogether(
  {
    expired: switchFlag('--expired', 'Only expired tokens', FILTER),
    unusedFor: valueFlag(
      '--unused-for <duration>',
      'Only tokens unused for this long (never-used tokens count from creation)',
      (value) => parseSpan('--unused-for', value),
      { ...FILTER, completes: DURATIONS },
    ),
    neverUsed: switchFlag('--never-used', 'Only tokens that were never used', FILTER),
    expiresWithin: valueFlag(
      '--expires-within <duration>',
      'Only tokens that will expire within this time, such as 7d',
      (value) => parseSpan('--expires-within', value),
      { ...FILTER, completes: DURATIONS },
    ),
    name: valueFlag(
      '-n, --name <pattern>',
      "Only tokens whose name matches 'ci-*': * is any text, ? one character",
      (value) => parsePattern(value, '--name'),
      FILTER,
    ),
    restricted: switchFlag('--restricted', 'Only tokens with IP restrictions', FILTER),
    unrestricted: switchFlag('--unrestricted', 'Only tokens without IP restrictions', FILTER),
    lastUsedFrom: valueFlag(
      '--last-used-from <cidr>',
      'Only tokens last used from this address or range, such as 203.0.113.0/24',
      parseSource,
      FILTER,
    ),
  },
  ({ restricted, unrestricted, ...others }) => {
    if (restricted && unrestricted) {
      throw new Failure('INVALID_USAGE', text`Use only one of: --restricted, --unrestricted.`);
    }
    const isRestricted = restricted || unrestricted ? restricted : undefined;
    const filters = { ...others, isRestricted };
    const isGiven =
      isRestricted !== undefined ||
      Object.values(others).some((value) => value !== undefined && value !== false);
    return isGiven ? filters : undefined;
  },
);

/** How they are spelled, for messages. */
export const FILTER_FLAGS: readonly string[] = FILTERS.spellings.map(({ flags }) => longName(flags));

/**
 * The time that tokens are held against, in milliseconds since the epoch; filters that look at no time need none.
 *
 * @param whenUnknown thrown where the API does not tell the time
 */
export async function timeFor(
  { expired, unusedFor, expiresWithin }: TokenFilters,
  organization: Organization,
  whenUnknown?: Failure,
): Promise<number> {
  const isTimed = expired || unusedFor !== undefined || expiresWithin !== undefined;
  return isTimed ? organization.now(whenUnknown) : 0;
}

/**
 * Whether a token matches all filters. A token without a name is like one whose name is
 * empty, so only a pattern of nothing but `*` fits it.
 *
 * @param now milliseconds since the epoch
 */
export function matches(token: FilteredToken, filters: TokenFilters, now: number): boolean {
  const { expired, unusedFor, neverUsed, expiresWithin, name, isRestricted, lastUsedFrom } = filters;
  const expiry = token.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(token.expires_at);
  const lastSeen = Date.parse(token.last_used_at ?? token.created_at);
  return (
    (!expired || expiry <= now) &&
    (unusedFor === undefined || lastSeen <= now - unusedFor) &&
    (!neverUsed || token.last_used_at === null) &&
    (expiresWithin === undefined || (expiry > now && expiry <= now + expiresWithin)) &&
    (name === undefined || fitsPattern(token.name ?? '', name)) &&
    (isRestricted === undefined || isRestricted === restrictionOf(token)) &&
    (lastUsedFrom === undefined || wasUsedFrom(token, lastUsedFrom))
  );
}

/** Undefined where the API does not say: such a token matches neither way. */
function restrictionOf({ cidrs }: FilteredToken): boolean | undefined {
  return cidrs === undefined ? undefined : cidrs !== null && cidrs.length > 0;
}

function wasUsedFrom({ last_used_ip }: FilteredToken, network: string): boolean {
  return typeof last_used_ip === 'string' && isWithin(canonicalNetwork(last_used_ip), [network]);
}

/**
 * What is to be said of tokens for which the API does not tell what a filter asks for: they are left out, which
 * is no answer. Undefined where there are none.
 *
 * @param now milliseconds since the epoch
 */
export function unknownTo(
  filters: TokenFilters | undefined,
  tokens: readonly FilteredToken[],
  now: number,
): Text | undefined {
  if (!filters) return undefined;
  const { isRestricted, lastUsedFrom } = filters;
  const isUnknown = (token: FilteredToken): boolean =>
    (isRestricted !== undefined && token.cidrs === undefined) ||
    (lastUsedFrom !== undefined && token.last_used_at !== null && typeof token.last_used_ip !== 'string');
  const others = { ...filters, isRestricted: undefined, lastUsedFrom: undefined };
  const count = tokens.filter((token) => isUnknown(token) && matches(token, others, now)).length;
  if (count === 0) return undefined;
  const what = listed(
    [
      ...(isRestricted === undefined ? [] : ['the IP restrictions']),
      ...(lastUsedFrom === undefined ? [] : ['the last-used address']),
    ],
    text` or `,
  );
  return text`the API does not show ${what} of ${unstyled(count)} service ${count === 1 ? text`token` : text`tokens`}, which may also match`;
}

/** A length of time that says something: none at all would let every token through, or not a single one. */
function parseSpan(flag: string, value: string): number {
  const span = parseDuration(value);
  if (span !== undefined && span > 0) return span;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid ${unstyled(flag)} ${JSON.stringify(value)}: use a duration such as 90d, 2w or 12h`,
  );
}

/** @throws Failure INVALID_USAGE */
function parseSource(value: string): string {
  const parsed = parseNetwork(value);
  if ('network' in parsed) return parsed.network;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --last-used-from ${JSON.stringify(value)}: ${unstyled(parsed.problem)}`,
    { hint: text`Use an IPv4 address such as 203.0.113.7 or a range such as 203.0.113.0/24.` },
  );
}

/** Refuses an empty one, which would mean every token without a name. */
export function parsePattern(value: string, flag: '--name' | '--owns'): string {
  if (value !== '') return value;
  throw new Failure('INVALID_USAGE', text`${unstyled(flag)} is empty`, {
    hint: text`Use a pattern such as ci-*, or leave it out. Perhaps a shell variable is empty.`,
  });
}

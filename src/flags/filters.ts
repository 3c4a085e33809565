import { type Flag, flagsTogether, longName, switchFlag, valueFlag } from '../cli/declaration.ts';
import { parseDuration } from '../duration.ts';
import { Failure } from '../errors.ts';
import { text, unstyled } from '../text.ts';
import { fitsPattern } from './name-pattern.ts';

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
}

/** What of a token filters look at. */
export interface FilteredToken {
  readonly name: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
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
      FILTER,
    ),
    neverUsed: switchFlag('--never-used', 'Only tokens that were never used', FILTER),
    expiresWithin: valueFlag(
      '--expires-within <duration>',
      'Only tokens that will expire within this time, such as 7d',
      (value) => parseSpan('--expires-within', value),
      FILTER,
    ),
    name: valueFlag(
      '--name <pattern>',
      "Only tokens whose name matches 'ci-*': * is any text, ? one character",
      parsePattern,
      FILTER,
    ),
  },
  (filters) => {
    const isGiven = Object.values(filters).some((value) => value !== undefined && value !== false);
    return isGiven ? filters : undefined;
  },
);

/** How they are spelled, for messages. */
export const FILTER_FLAGS: readonly string[] = FILTERS.spellings.map(({ flags }) => longName(flags));

/**
 * Whether a token matches all filters. A token without a name is like one whose name is
 * empty, so only a pattern of nothing but `*` fits it.
 *
 * @param now milliseconds since the epoch
 */
export function matches(token: FilteredToken, filters: TokenFilters, now: number): boolean {
  const { expired, unusedFor, neverUsed, expiresWithin, name } = filters;
  const expiry = token.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(token.expires_at);
  const lastSeen = Date.parse(token.last_used_at ?? token.created_at);
  return (
    (!expired || expiry <= now) &&
    (unusedFor === undefined || lastSeen <= now - unusedFor) &&
    (!neverUsed || token.last_used_at === null) &&
    (expiresWithin === undefined || (expiry > now && expiry <= now + expiresWithin)) &&
    (name === undefined || fitsPattern(token.name ?? '', name))
  );
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

/** Refuses an empty one, which would mean every token without a name. */
function parsePattern(value: string): string {
  if (value !== '') return value;
  throw new Failure('INVALID_USAGE', text`--name is empty`, {
    hint: text`Use a pattern such as ci-*, or leave it out. Perhaps a shell variable is empty.`,
  });
}

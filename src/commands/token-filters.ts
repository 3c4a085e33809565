import { parseDuration } from '../duration.ts';
import { Failure } from '../errors.ts';
import { text, unstyled } from '../text.ts';
import type { CliCommand } from './command.ts';
import { fitsPattern } from './name-pattern.ts';

/** Which tokens are meant; what is given has to hold all together. */
export interface TokenFilters {
  readonly expired?: boolean;
  /** Milliseconds. */
  readonly unusedFor?: number;
  readonly neverUsed?: boolean;
  /** Milliseconds. */
  readonly expiresWithin?: number;
  /** A pattern with `*` and `?`. */
  readonly name?: string;
}

/** What of a token filters look at. */
export interface FilteredToken {
  readonly name: string | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
}

export function addFilterOptions(command: CliCommand): void {
  command
    .option('--expired', 'Those that have expired')
    .option(
      '--unused-for <duration>',
      'Those not used for that long, such as 90d; one never used counts from its creation',
      (value) => parseSpan('--unused-for', value),
    )
    .option('--never-used', 'Those that were never used')
    .option('--expires-within <duration>', 'Those that will expire within that time, such as 7d', (value) =>
      parseSpan('--expires-within', value),
    )
    .option(
      '--name <pattern>',
      "Those whose name is like 'ci-*': * is any text, ? one character",
      parsePattern,
    );
}

export const FILTER_FLAGS = [
  '--expired',
  '--unused-for',
  '--never-used',
  '--expires-within',
  '--name',
] as const;

/** Whether anything is filtered at all. */
export function isFiltering({ expired, unusedFor, neverUsed, expiresWithin, name }: TokenFilters): boolean {
  return [expired, unusedFor, neverUsed, expiresWithin, name].some((filter) => filter !== undefined);
}

/**
 * Whether all filters given let a token through. A token without a name is like one whose name is
 * empty, so only a pattern of nothing but `*` fits it.
 *
 * @param now milliseconds since the epoch
 */
export function passes(token: FilteredToken, filters: TokenFilters, now: number): boolean {
  const { expired = false, unusedFor, neverUsed = false, expiresWithin, name } = filters;
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
    text`${unstyled(flag)} ${value} is not a length of time such as 90d, 2w or 12h`,
  );
}

/** Refuses an empty one, which would mean every token without a name. */
function parsePattern(value: string): string {
  if (value !== '') return value;
  throw new Failure('INVALID_USAGE', text`--name is empty`, {
    hint: text`Give a pattern such as ci-*, or leave it out. Is a variable of your shell not set?`,
  });
}

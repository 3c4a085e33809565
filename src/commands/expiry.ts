import { parseDuration } from '../duration.ts';
import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import type { CliCommand } from './command.ts';

/** When a new token is to stop working; at most one of the two is given. */
export interface ExpiryOptions {
  /** Seconds; 0 for a token that does not expire. */
  readonly ttl?: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** @param otherwise what 0 means, and what becomes of a token for which nothing is said */
export function addExpiryOptions(command: CliCommand, otherwise: string): void {
  command
    .option('--ttl <duration>', `How long it works: 3600 (seconds), 12h or 30d; ${otherwise}`, parseTtl)
    .option('--expires-at <time>', 'When it stops working: 2027-01-31 (UTC) or RFC 3339', parseExpiresAt);
}

/** Seconds of `--ttl`; 0 means no expiry, as in the official CLI. @throws Failure INVALID_USAGE */
export function parseTtl(value: string): number {
  const seconds = /^\d+$/.test(value) ? Number(value) : (parseDuration(value) ?? Number.NaN) / 1_000;
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new Failure('INVALID_USAGE', text`--ttl ${value} is not a number of whole seconds, 0 or more`, {
    hint: text`Write 3600, 12h or 30d; 0 means that the token does not expire.`,
  });
}

const DATE = /^\d{4}-\d\d-\d\d$/;
/** RFC 3339, section 5.6: the zone may not be left out. */
const MOMENT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since the epoch of `--expires-at`; a date is its first moment in UTC. @throws Failure INVALID_USAGE */
export function parseExpiresAt(value: string): number {
  const moment = DATE.test(value) ? `${value}T00:00:00Z` : value;
  const time = DATE.test(value) || MOMENT.test(value) ? Date.parse(moment) : Number.NaN;
  // The date of 31 February would be one in March.
  const isReal = !Number.isNaN(time) && isCalendarDay(value.slice(0, 10));
  if (isReal) return time;
  throw new Failure('INVALID_USAGE', text`--expires-at ${value} is not a moment`, {
    hint: text`Write 2027-01-31, which is the start of that day in UTC, or 2027-01-31T18:00:00+01:00.`,
  });
}

function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

/**
 * Seconds that a token made at `now` is to work; undefined for one that does not expire.
 *
 * @param otherwise the same, for when neither flag is given
 * @throws Failure INVALID_USAGE for two answers, or a moment that has passed
 */
export function ttlOf(
  { ttl, expiresAt }: ExpiryOptions,
  now: number,
  otherwise: number | undefined = undefined,
): number | undefined {
  if (ttl !== undefined && expiresAt !== undefined) {
    throw new Failure('INVALID_USAGE', text`--ttl and --expires-at cannot be used together`, {
      hint: text`Give the one that is meant.`,
    });
  }
  if (ttl !== undefined) return ttl || undefined;
  if (expiresAt === undefined) return otherwise;
  const seconds = Math.floor((expiresAt - now) / 1_000);
  if (seconds >= 1) return seconds;
  throw new Failure('INVALID_USAGE', text`--expires-at ${new Date(expiresAt).toISOString()} has passed`, {
    hint: text`Name a moment that is still to come.`,
  });
}

import { DURATIONS, type Flag, flagsTogether, type Surroundings, valueFlag } from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { parseDuration } from '../values/duration.ts';
import { parseInteger } from '../values/integer.ts';

/** When a new token is to stop working; neither for one that does not expire. */
export interface Expiry {
  /** Seconds that it is to work. */
  readonly ttl?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

/** When a token is to stop working. */
export type NewEnd =
  /** Seconds from when the API takes it. `unlike` is the end that it had: one that still shows that is no new one. */
  | { readonly kind: 'in'; readonly seconds: number; readonly unlike?: string | null }
  /** Milliseconds since the epoch. */
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'never' };

/**
 * `--ttl` and `--expires-at`: when a new token is to stop working; undefined where neither is given.
 *
 * @param otherwise what 0 means, and what becomes of a token for which nothing is said
 * @throws Failure INVALID_USAGE for two answers
 */
export function expiryFlags(otherwise: string): Flag<Expiry | undefined> {
  return flagsTogether(
    {
      ttl: valueFlag(
        '--ttl <duration>',
        `How long it works: 3600 (seconds), 12h or 30d; ${otherwise}`,
        parseTtl,
        { ...EXPIRY_HEADING, completes: DURATIONS },
      ),
      expiresAt: valueFlag(
        '--expires-at <time>',
        'When it ends: 2027-01-31 (UTC) or RFC 3339',
        parseExpiresAt,
        EXPIRY_HEADING,
      ),
    },
    ({ ttl, expiresAt }) => expiryOf(ttl, expiresAt),
  );
}

/** What is asked for beside its permissions. */
export const EXPIRY_HEADING = { heading: 'Expiry and IP restrictions' };

/** Seconds. A bare number below may well have been meant in another unit. */
const SHORT = 300;

/**
 * Seconds of `--ttl`; 0 means no expiry, as in the official CLI. A bare number that is short is warned of.
 *
 * @throws Failure INVALID_USAGE
 */
export function parseTtl(value: string, { warn }: Pick<Surroundings, 'warn'>): number {
  const integer = parseInteger(value);
  if (integer.kind === 'integer') {
    const seconds = integer.value;
    if (seconds > 0 && seconds < SHORT) {
      const unit = seconds === 1 ? text`second` : text`seconds`;
      warn(text`--ttl ${value}: expires in ${unstyled(seconds)} ${unit}; for days write ${`${seconds}d`}`);
    }
    return seconds;
  }
  if (integer.kind === 'ambiguous') throw ambiguous('--ttl', value);
  const seconds = (parseDuration(value) ?? Number.NaN) / 1_000;
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --ttl ${JSON.stringify(value)}: use seconds or a duration such as 12h or 30d`,
    { hint: meantTtl(value) },
  );
}

/** What other tools' words for a length of time are here. */
function meantTtl(value: string): Text {
  const [, count = '', unit = ''] = /^(\d+) *([a-z]+)$/i.exec(value) ?? [];
  const days = DAYS.find(([words]) => words.includes(unit.toLowerCase()))?.[1];
  if (days !== undefined) return text`Use --ttl ${`${Number(count) * days}d`}.`;
  if (/^hours?$/i.test(unit)) return text`Use --ttl ${`${count}h`}.`;
  if (/^min(ute)?s?$/i.test(unit)) return text`Use --ttl ${`${count}m`}.`;
  return text`0 means that the token does not expire.`;
}

const DAYS: readonly (readonly [words: readonly string[], days: number])[] = [
  [['day', 'days'], 1],
  [['week', 'weeks'], 7],
  [['mo', 'month', 'months'], 30],
  [['y', 'yr', 'year', 'years'], 365],
];

/** A number with a zero before it, which is another one to the official CLI than to most people. */
export function ambiguous(flag: string, value: string): Failure {
  return new Failure(
    'INVALID_USAGE',
    text`${unstyled(flag)} ${value} is ambiguous: a leading zero may mean octal`,
    {
      hint: text`Remove the leading zero.`,
    },
  );
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
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --expires-at ${JSON.stringify(value)}: use a date or time such as 2027-01-31`,
    {
      hint: text`A date is the start of that day in UTC; a time has a zone, such as 2027-01-31T18:00:00+01:00.`,
    },
  );
}

function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}

function expiryOf(ttl: number | undefined, expiresAt: number | undefined): Expiry | undefined {
  if (ttl !== undefined && expiresAt !== undefined) {
    throw new Failure('INVALID_USAGE', text`Use only one of: --ttl, --expires-at.`);
  }
  if (ttl !== undefined) return { ttl: ttl || undefined };
  return expiresAt === undefined ? undefined : { at: expiresAt };
}

/**
 * Seconds from `now` to a moment, both in milliseconds since the epoch.
 *
 * @throws Failure INVALID_USAGE for a moment that has passed, or is about to
 */
export function secondsUntil(moment: number, now: number): number {
  const seconds = Math.floor((moment - now) / 1_000);
  if (seconds >= 1) return seconds;
  throw new Failure('INVALID_USAGE', text`--expires-at ${new Date(moment).toISOString()} has passed`, {
    hint: text`Use a time in the future.`,
  });
}

import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { describeDuration } from '../values/duration.ts';
import { ApiFailure, LostAnswer } from './failures.ts';

/** A request is sent at most this often. */
export const MAX_TRIES = 4;
/** Milliseconds that one request may spend waiting between its tries, all in all. */
export const MAX_WAITING = 10_000;

const FIRST_BACKOFF = 250;
/** A rate limit takes longer to clear than a broken connection. */
const FIRST_BACKOFF_WHEN_LIMITED = 500;

/** Counts the tries of one request and decides whether, and after how long, there is another. */
export class RetryBudget {
  tries = 1;
  private waited = 0;
  private readonly random: () => number;

  /** @param random uniform in [0, 1): the jitter, so that many clients do not come back as one */
  constructor(random: () => number) {
    this.random = random;
  }

  /**
   * Milliseconds to wait before the next try.
   *
   * @throws the failure itself where another try is not called for or not left, and one that names the
   *   requested waiting time where the API asks for more than this request may still wait
   */
  next(failure: unknown): number {
    if (!(failure instanceof Failure) || !isTransient(failure) || this.tries >= MAX_TRIES) throw failure;
    const left = MAX_WAITING - this.waited;
    const asked = failure instanceof ApiFailure ? failure.answer.retryAfter : undefined;
    if (asked !== undefined && asked > left) throw tooLong(failure, asked);
    const wait = asked ?? Math.min(this.backoff(failure), left);
    this.waited += wait;
    this.tries += 1;
    return wait;
  }

  private backoff(failure: Failure): number {
    const first = failure.code === 'RATE_LIMITED' ? FIRST_BACKOFF_WHEN_LIMITED : FIRST_BACKOFF;
    const full = first * 2 ** (this.tries - 1);
    return Math.round(full / 2 + (full / 2) * this.random());
  }
}

/** Whether the same request may well succeed a moment later. */
export function isTransient(failure: unknown): boolean {
  if (failure instanceof LostAnswer) return !failure.isLasting;
  return failure instanceof ApiFailure && [429, 502, 503, 504].includes(failure.answer.status);
}

/**
 * Milliseconds that Retry-After asks to wait (RFC 9110, 10.2.3). Seconds, a fraction of one too, and HTTP
 * dates count; `0` and a date in the past ask for the next try at once. Of several headers the longest wait
 * counts. Anything else, negative numbers among it, asks for nothing: undefined, as without the header.
 *
 * @param values of each header by that name
 * @param now milliseconds since the epoch
 */
export function parseRetryAfter(values: readonly string[], now: number): number | undefined {
  const waits = values.map((value) => askedWait(value.trim(), now)).filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function askedWait(value: string, now: number): number | undefined {
  // Ten digits are three hundred years; more of them are nonsense.
  if (/^\d{1,10}(\.\d{1,10})?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  const date = parseDate(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Milliseconds since the epoch of a Date header; undefined without one, with several, or where it is none.
 *
 * @param values of each header by that name
 */
export function parseHttpDate([value = '', ...others]: readonly string[]): number | undefined {
  const date = parseDate(value.trim());
  return others.length > 0 || Number.isNaN(date) ? undefined : date;
}

/** The three forms of a date in RFC 9110, 5.6.7; Date.parse by itself takes nearly anything. */
function parseDate(value: string): number {
  const time = /\d\d:\d\d:\d\d/.source;
  if (new RegExp(`^\\w{3}, \\d\\d \\w{3} \\d{4} ${time} GMT$`).test(value)) return Date.parse(value);
  if (new RegExp(`^\\w{6,9}, \\d\\d-\\w{3}-\\d\\d ${time} GMT$`).test(value)) return Date.parse(value);
  // The third form names no zone and means GMT.
  if (new RegExp(`^\\w{3} \\w{3} [ \\d]\\d ${time} \\d{4}$`).test(value)) return Date.parse(`${value} GMT`);
  return Number.NaN;
}

function tooLong(failure: Failure, asked: number): Failure {
  if (!(failure instanceof ApiFailure)) return failure;
  return failure.with({
    hint: text`The API asks to wait ${describeDuration(asked)}, which is longer than this command waits: try again then.`,
  });
}

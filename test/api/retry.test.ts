import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiFailure, LostAnswer } from '../../src/api/failures.ts';
import { isTransient, MAX_TRIES, MAX_WAITING, parseRetryAfter, RetryBudget } from '../../src/api/retry.ts';
import { Failure } from '../../src/text/errors.ts';
import { text } from '../../src/text/text.ts';
import { hintOf } from '../support/api.ts';

const OPERATION = 'GET /organizations/{organization}/service-tokens';

const answered = (status: number, retryAfter?: number): ApiFailure =>
  new ApiFailure({ status, operation: OPERATION, retryAfter, tries: 1 }, text`no`);
const lost = new LostAnswer('NETWORK_ERROR', text`no answer`, { mayHaveArrived: true });
const late = new LostAnswer('TIMEOUT', text`no answer`, { mayHaveArrived: true });

/** All waits until the budget is used up. */
function waits(failure: Failure, random: () => number): number[] {
  const budget = new RetryBudget(random);
  const result: number[] = [];
  for (;;) {
    try {
      result.push(budget.next(failure));
    } catch (error) {
      expect(error).toBe(failure);
      return result;
    }
  }
}

describe('what is tried again', () => {
  test.each([429, 502, 503, 504])('status %i may well succeed a moment later', (status) => {
    expect(isTransient(answered(status))).toBe(true);
  });

  test.each([400, 401, 403, 404, 408, 409, 418, 422, 500, 501, 505])('status %i will not', (status) => {
    expect(isTransient(answered(status))).toBe(false);
  });

  test('a lost connection and a late answer may, anything else will not', () => {
    expect([lost, late].map(isTransient)).toEqual([true, true]);
    const others = [new Failure('INVALID_RESPONSE', text`odd`), new Error('NETWORK_ERROR'), undefined];
    expect(others.map(isTransient)).toEqual([false, false, false]);
  });

  test('what is no failure of the API is thrown on as it is', () => {
    const reason = new Error('interrupted');
    expect(() => new RetryBudget(() => 0).next(reason)).toThrow(reason);
  });

  test('what another try would not change is thrown on as it is', () => {
    const refused = answered(404);
    const untrusted = new LostAnswer('NETWORK_ERROR', text`no`, { mayHaveArrived: false, isLasting: true });
    for (const failure of [refused, untrusted]) expect(waits(failure, () => 0)).toEqual([]);
  });
});

describe('the wait between tries', () => {
  test.each([
    ['a lost connection', lost, [125, 250, 500], [250, 500, 1_000]],
    ['a rate limit', answered(429), [250, 500, 1_000], [500, 1_000, 2_000]],
    ['an overload', answered(503), [125, 250, 500], [250, 500, 1_000]],
  ])('after %s doubles, and is jittered down to a half of it', (_, failure, shortest, longest) => {
    expect(waits(failure, () => 0)).toEqual(shortest);
    expect(waits(failure, () => 1 - Number.EPSILON)).toEqual(longest);
  });

  const randomness = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  });

  test('stays within its bounds whatever the jitter', () => {
    fc.assert(
      fc.property(randomness, fc.constantFrom(250, 500), ([one = 0, two = 0, three = 0], first) => {
        const rolls = [one, two, three];
        const result = waits(first === 500 ? answered(429) : lost, () => rolls.shift() ?? 0);
        expect(result).toHaveLength(MAX_TRIES - 1);
        result.forEach((wait, index) => {
          expect(wait).toBeGreaterThanOrEqual((first * 2 ** index) / 2);
          expect(wait).toBeLessThanOrEqual(first * 2 ** index);
          expect(Number.isInteger(wait)).toBe(true);
        });
      }),
    );
  });

  test('is spread by the jitter, so that clients do not come back together', () => {
    const first = [0, 0.25, 0.5, 0.75].map((roll) => waits(lost, () => roll)[0]);
    expect(new Set(first).size).toBe(4);
  });

  test('never adds up to more than ten seconds, nor to more than four tries, whatever the API asks for', () => {
    const anyFailure = fc.oneof(
      fc.constantFrom(lost, late, answered(502)),
      fc.nat(6_000).map((retryAfter) => answered(429, retryAfter)),
    );
    fc.assert(
      fc.property(fc.array(anyFailure, { minLength: 4, maxLength: 6 }), randomness, (failures, rolls) => {
        const budget = new RetryBudget(() => rolls.pop() ?? 0.5);
        let waited = 0;
        let tries = 1;
        for (const failure of failures) {
          try {
            const wait = budget.next(failure);
            expect(wait).toBeGreaterThanOrEqual(0);
            waited += wait;
            tries += 1;
          } catch {
            break;
          }
        }
        expect(waited).toBeLessThanOrEqual(MAX_WAITING);
        expect(tries).toBeLessThanOrEqual(MAX_TRIES);
        expect([MAX_WAITING, MAX_TRIES]).toEqual([10_000, 4]);
      }),
    );
  });

  test('is the one that the API asks for', () => {
    expect(waits(answered(429, 2_000), () => 0.5)).toEqual([2_000, 2_000, 2_000]);
    expect(waits(answered(503, 0), () => 0.5)).toEqual([0, 0, 0]);
  });

  test('that is longer than what is left is refused at once and named', () => {
    const budget = new RetryBudget(() => 0.5);
    expect(budget.next(answered(429, 6_000))).toBe(6_000);
    const asked = answered(429, 4_001);
    const refusal = ((): Failure => {
      try {
        budget.next(asked);
      } catch (error) {
        if (error instanceof Failure) return error;
      }
      throw new Error('it was not refused');
    })();
    expect(refusal.code).toBe('RATE_LIMITED');
    expect(refusal.message).toBe('no');
    expect(hintOf(refusal)).toContain('4 s');
    expect(new RetryBudget(() => 0.5).next(answered(429, 10_000))).toBe(10_000);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-05-01T10:00:00Z');

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each([
    ['0', 0],
    ['3', 3_000],
    [' 3 ', 3_000],
    ['1.5', 1_500],
    ['86400', 86_400_000],
    ['Fri, 01 May 2026 10:00:07 GMT', 7_000],
    ['Fri, 01 May 2026 10:00:00 GMT', 0],
    ['Fri, 01 May 2026 09:59:00 GMT', 0],
    // The two obsolete forms that a recipient still has to read.
    ['Friday, 01-May-26 10:00:07 GMT', 7_000],
    ['Fri May  1 10:00:07 2026', 7_000],
  ])('%j asks for %i ms', (header, wait) => {
    // A form without a zone is in GMT wherever this runs.
    vi.stubEnv('TZ', 'America/New_York');
    expect(parseRetryAfter([header], now)).toBe(wait);
  });

  test.each([
    '',
    '-5',
    '-0',
    'soon',
    'Soon 5',
    'NaN',
    'Infinity',
    '0x10',
    '1e3',
    '5, 6',
    '1.',
    '.5',
    '+5',
    '9'.repeat(400),
  ])('%j asks for nothing', (header) => {
    expect(parseRetryAfter([header], now)).toBeUndefined();
  });

  test('that is not there asks for nothing', () => {
    expect(parseRetryAfter([], now)).toBeUndefined();
  });

  test.each([
    [['1', '3', '2'], 3_000],
    [['soon', '2'], 2_000],
    [['1', 'Fri, 01 May 2026 10:00:07 GMT'], 7_000],
    [['0', '-9'], 0],
  ])('of several the longest that can be read counts: %j', (values, wait) => {
    expect(parseRetryAfter(values, now)).toBe(wait);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeDuration, parseDuration } from '../../src/values/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1m30s', 90_000],
    ['1h2m3s4ms', 3_723_004],
    ['1.5s', 1_500],
    ['0.25m', 15_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
    ['1w2d12h', 820_800_000],
    ['90d', 7_776_000_000],
    ['0s', 0],
    ['007s', 7_000],
  ])('reads %s as %i milliseconds', (duration, milliseconds) => {
    expect(parseDuration(duration)).toBe(milliseconds);
  });

  test.each([
    '',
    '30',
    's',
    '-5s',
    '+5s',
    '5 s',
    ' 5s',
    '5s ',
    '5s\n',
    '5S',
    '5sec',
    '1.s',
    '1..5s',
    '1y',
    '1D',
    '1mo',
    '9999999999999999d',
    '1e3s',
    '1,5s',
    'NaNs',
    '٣s',
    '5s3',
  ])('does not take %j for a duration', (word) => {
    expect(parseDuration(word)).toBeUndefined();
  });

  test('adds up whatever units follow one another', () => {
    const day = 86_400_000;
    const lengths: Readonly<Record<string, number>> = {
      ms: 1,
      s: 1_000,
      m: 60_000,
      h: 3_600_000,
      d: day,
      w: 7 * day,
    };
    const part = fc.record({ amount: fc.nat(5_000), unit: fc.constantFrom(...Object.keys(lengths)) });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const total = parts.reduce(
          (sum, { amount, unit }) => sum + amount * (lengths[unit] ?? Number.NaN),
          0,
        );
        expect(parseDuration(parts.map(({ amount, unit }) => `${amount}${unit}`).join(''))).toBe(total);
      }),
    );
  });
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [1_500, '1.5 s'],
  [30_000, '30 s'],
  [90_000, '90 s'],
  [120_000, '2 min'],
  [150_000, '2.5 min'],
  [300_000, '5 min'],
  [5_400_000, '90 min'],
  [7_200_000, '2 h'],
  [129_600_000, '36 h'],
  [345_599_000, '96 h'],
  [34_560_000_000, '400 days'],
])('describeDuration says %i ms as %s', (milliseconds, words) => {
  expect(describeDuration(milliseconds)).toBe(words);
});

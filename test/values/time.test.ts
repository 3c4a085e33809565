import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { goTime, goTimeOrNull, localTime, relativeTime, shortRelativeTime } from '../../src/values/time.ts';

const NOW = Date.parse('2026-05-01T10:00:00Z');

describe('goTime', () => {
  test.each([
    ['2026-05-01T10:00:00Z', '2026-05-01T10:00:00Z'],
    ['2026-05-01T10:00:00.000Z', '2026-05-01T10:00:00Z'],
    ['2026-05-01T10:00:00.0Z', '2026-05-01T10:00:00Z'],
    ['2026-05-01T10:00:00.500Z', '2026-05-01T10:00:00.5Z'],
    ['2026-05-01T10:00:00.120Z', '2026-05-01T10:00:00.12Z'],
    ['2026-05-01T10:00:00.123Z', '2026-05-01T10:00:00.123Z'],
    ['2026-05-01T10:00:00.001Z', '2026-05-01T10:00:00.001Z'],
    ['2026-05-01T10:00:00.123456789Z', '2026-05-01T10:00:00.123456789Z'],
    ['2026-05-01T10:00:00+00:00', '2026-05-01T10:00:00Z'],
    ['2026-05-01T10:00:00.250+00:00', '2026-05-01T10:00:00.25Z'],
    ['2026-05-01T12:00:00+02:00', '2026-05-01T12:00:00+02:00'],
    ['2026-05-01T04:30:00.100-05:30', '2026-05-01T04:30:00.1-05:30'],
  ])('writes %s as %s', (time, written) => {
    expect(goTime(time)).toBe(written);
  });

  test.each([
    '',
    'yesterday',
    '2026-05-01',
    '2026-05-01T10:00Z',
    '2026-05-01T10:00:00',
    '2026-05-01T10:00:00.Z',
    'x2026-05-01T10:00:00Z',
    '2026-05-01T10:00:00Zx',
    '2026-05-01T10:00:00.000Z\n',
  ])('passes %j on as it is', (garbage) => {
    expect(goTime(garbage)).toBe(garbage);
  });

  test('never changes the moment, and writes no trailing zero', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('9999-01-01') }),
        (date) => {
          const written = goTime(date.toISOString());
          expect(Date.parse(written)).toBe(date.getTime());
          expect(written).not.toMatch(/\.\d*0Z$/);
          expect(written).not.toContain('.Z');
        },
      ),
    );
  });

  test('goTimeOrNull keeps null', () => {
    expect(goTimeOrNull(null)).toBeNull();
    expect(goTimeOrNull('2026-05-01T10:00:00.000Z')).toBe('2026-05-01T10:00:00Z');
  });
});

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('relativeTime', () => {
  test.each([
    [0, 'now'],
    [499, 'now'],
    [-500, '1 second ago'],
    [-29 * SECOND, '29 seconds ago'],
    [10 * SECOND, 'in 10 seconds'],
    [45 * SECOND, 'in 45 seconds'],
    [59_499, 'in 59 seconds'],
    [59_500, 'in 1 minute'],
    [-MINUTE, '1 minute ago'],
    [-89 * SECOND, '1 minute ago'],
    [-2 * MINUTE, '2 minutes ago'],
    [HOUR - SECOND, 'in 1 hour'],
    [-(59 * MINUTE + 29 * SECOND), '59 minutes ago'],
    [HOUR, 'in 1 hour'],
    [47 * HOUR, 'in 47 hours'],
    [2 * DAY - SECOND, 'in 2 days'],
    [2 * HOUR, 'in 2 hours'],
    [DAY - SECOND, 'in 24 hours'],
    [-DAY, '24 hours ago'],
    [-6 * DAY, '6 days ago'],
    [-7 * DAY, '7 days ago'],
    [-21 * DAY, '21 days ago'],
    [30 * DAY - SECOND, 'in 30 days'],
    [90 * DAY, 'in 90 days'],
    [120 * DAY, 'in 4 months'],
    [-364 * DAY, '12 months ago'],
    [-800 * DAY, '2 years ago'],
  ])('calls %i ms from now "%s"', (difference, words) => {
    const now = Date.parse('2026-05-01T10:00:00Z');
    expect(relativeTime(now + difference, now)).toBe(words);
  });
});

describe('a time in little room', () => {
  test.each([
    [-400, 'now'],
    [-20_000, '20s ago'],
    [-3 * 60_000, '3m ago'],
    [5 * 3_600_000, 'in 5h'],
    [-19 * 86_400_000, '19d ago'],
    [-21 * 86_400_000, '3w ago'],
    [150 * 86_400_000, 'in 5mo'],
    [-900 * 86_400_000, '2y ago'],
  ])('%d ms from now is %s', (distance, shown) => {
    expect(shortRelativeTime(NOW + distance, NOW)).toBe(shown);
  });
});

describe('a time where this machine is', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test.each([
    ['UTC', '2026-05-01 10:00 UTC'],
    ['Asia/Kolkata', '2026-05-01 15:30 +05:30'],
    ['America/St_Johns', '2026-05-01 07:30 -02:30'],
    ['Pacific/Kiritimati', '2026-05-02 00:00 +14:00'],
  ])('in %s', (where, shown) => {
    process.env.TZ = where;
    expect(localTime(Date.parse('2026-05-01T10:00:00Z'))).toBe(shown);
  });
});

import { describe, expect, test } from 'vitest';
import { type Expiry, expiryFlags, parseExpiresAt, parseTtl } from '../../src/flags/expiry.ts';
import { plain } from '../../src/text/text.ts';
import { failureOf, told } from '../support/host.ts';

const QUIETLY = { warn: () => {} };

describe('parseTtl', () => {
  test.each([
    ['30', ['--ttl 30: expires in 30 seconds; for days write 30d']],
    ['1', ['--ttl 1: expires in 1 second; for days write 1d']],
    ['299', ['--ttl 299: expires in 299 seconds; for days write 299d']],
    ['0', []],
    ['300', []],
    ['30s', []],
    ['2m', []],
  ])('warns of %s: %j', (written, warnings) => {
    const told: string[] = [];
    parseTtl(written, { warn: (warning) => void told.push(plain(warning)) });
    expect(told).toEqual(warnings);
  });

  test.each([
    ['0', 0],
    ['1', 1],
    ['3600', 3_600],
    ['+60', 60],
    ['0x10', 16],
    ['1_000', 1_000],
    ['0b11', 3],
    ['0o17', 15],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['1h30m', 5_400],
    ['0s', 0],
    ['2592000', 2_592_000],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('takes %s as %i seconds', (written, seconds) => {
    expect(parseTtl(written, QUIETLY)).toBe(seconds);
  });

  test.each([
    '-1',
    '-0',
    '60.0',
    '+-5',
    '',
    ' ',
    '5 ',
    '1.5',
    '1e3',
    '0x',
    '1h ',
    '500ms',
    '1.5s',
    '5y',
    'abc',
    '1__000',
    '1_',
    '٣',
    '9007199254740992',
    'NaN',
    'Infinity',
  ])('refuses %j', async (written) => {
    const failure = await failureOf(() => parseTtl(written, QUIETLY));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain('--ttl');
    expect(told(failure)).toMatch(/0 means|Use --ttl/);
  });

  test.each(['08', '010', '0060'])(
    'refuses %j, which is another number to the official CLI',
    async (written) => {
      const failure = await failureOf(async () => parseTtl(written, QUIETLY));
      expect([failure.code, failure.message]).toEqual([
        'INVALID_USAGE',
        expect.stringContaining('ambiguous'),
      ]);
    },
  );
});

describe('parseExpiresAt', () => {
  test.each([
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2027-01-31T18:00:00Z', '2027-01-31T18:00:00.000Z'],
    ['2027-01-31T18:00:00+01:00', '2027-01-31T17:00:00.000Z'],
    ['2027-01-31t18:00:00.250z', '2027-01-31T18:00:00.250Z'],
    ['2027-01-31 18:00:00-05:30', '2027-01-31T23:30:00.000Z'],
  ])('takes %s as %s', (written, moment) => {
    expect(new Date(parseExpiresAt(written)).toISOString()).toBe(moment);
  });

  test.each([
    '',
    'tomorrow',
    '2027',
    '2027-1-31',
    '2027-02-30',
    '2027-02-29',
    '2027-13-01',
    '2027-01-31T18:00:00',
    '2027-01-31T18:00Z',
    '2027-01-31T25:00:00Z',
    '2027-02-30T18:00:00Z',
    '31.01.2027',
    '1800000000',
    ' 2027-01-31',
  ])('refuses %j', async (written) => {
    const failure = await failureOf(() => parseExpiresAt(written));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain('2027-01-31');
  });
});

describe('--ttl and --expires-at', () => {
  const now = Date.parse('2026-05-01T10:00:00Z');
  const at = (time: number): string => new Date(time).toISOString();

  function expiryOf(given: Readonly<Record<string, string>>): Expiry | undefined {
    const words = Object.entries(given).map(([flag, value]) => [flag, [value]] as const);
    return expiryFlags('0: never').read(new Map(words), { warn: () => {} });
  }

  test.each([
    [{ '--ttl': '3600' }, { ttl: 3_600 }],
    // Said to be none, which is not the same as nothing said.
    [{ '--ttl': '0' }, { ttl: undefined }],
    [{ '--expires-at': at(now + 90_500) }, { at: now + 90_500 }],
  ])('of %j is %j', (given, expiry) => {
    expect(expiryOf(given)).toStrictEqual(expiry);
  });

  test('say nothing where neither is given', () => {
    expect(expiryOf({})).toBeUndefined();
  });

  test('refuses two answers', async () => {
    const failure = await failureOf(() => expiryOf({ '--ttl': '0', '--expires-at': at(now + 5_000) }));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe('Use only one of: --ttl, --expires-at.');
  });

  test('say in help what a token gets for which neither is given', () => {
    const [ttl] = expiryFlags('an hour by default').spellings;
    expect(ttl?.description).toContain('an hour by default');
  });
});

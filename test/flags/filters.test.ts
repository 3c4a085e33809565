import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FILTERS, type FilteredToken, matches, type TokenFilters } from '../../src/flags/filters.ts';
import { failureOf } from '../support/host.ts';

const NOW = Date.parse('2026-05-01T10:00:00Z');
const DAY = 86_400_000;

function at(days: number, milliseconds = 0): string {
  return new Date(NOW + days * DAY + milliseconds).toISOString();
}

const TOKEN: FilteredToken = { name: 'ci', created_at: at(-100), last_used_at: null, expires_at: null };

const NO_FILTERS: TokenFilters = {
  expired: false,
  unusedFor: undefined,
  neverUsed: false,
  expiresWithin: undefined,
  name: undefined,
  isRestricted: undefined,
  lastUsedFrom: undefined,
};

function through(filters: Partial<TokenFilters>, token: Partial<FilteredToken> = {}): boolean {
  return matches({ ...TOKEN, ...token }, { ...NO_FILTERS, ...filters }, NOW);
}

/** What the flags of a command line mean. */
function given(flags: Readonly<Record<string, readonly string[]>>): TokenFilters | undefined {
  return FILTERS.read(new Map(Object.entries(flags)), { warn: () => {} });
}

test('no filter lets everything through', () => {
  expect(through({})).toBe(true);
});

describe('the flags', () => {
  test('are no filter where none is given', () => {
    expect(given({})).toBeUndefined();
  });

  test.each<[Record<string, string[]>, Partial<TokenFilters>]>([
    [{ '--expired': [] }, { expired: true }],
    [{ '--never-used': [] }, { neverUsed: true }],
    [{ '--name': ['*'] }, { name: '*' }],
    [{ '--unused-for': ['90d'] }, { unusedFor: 90 * DAY }],
    [
      { '--expires-within': ['7d'], '--name': ['ci-*'] },
      { expiresWithin: 7 * DAY, name: 'ci-*' },
    ],
  ])('%j are a filter', (flags, filters) => {
    expect(given(flags)).toEqual({ ...NO_FILTERS, ...filters });
  });

  test.each([
    ['--unused-for', '0'],
    ['--unused-for', '0d'],
    ['--expires-within', ''],
    ['--expires-within', 'soon'],
    ['--name', ''],
  ])('%s %j is refused: it would be no filter, or one that nothing matches', async (flag, value) => {
    const failure = await failureOf(() => given({ [flag]: [value] }));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain(flag);
  });
});

describe('--expired', () => {
  test.each([
    ['does not expire', null, false],
    ['expired long ago', at(-50), true],
    ['expires at this very moment', at(0), true],
    ['expires in a moment', at(0, 1), false],
  ])('a token that %s', (_, expires_at, expected) => {
    expect(through({ expired: true }, { expires_at })).toBe(expected);
  });
});

describe('--unused-for 90d', () => {
  const unusedFor = 90 * DAY;
  test.each([
    ['was used yesterday', { last_used_at: at(-1) }, false],
    ['was used a moment too late', { last_used_at: at(-90, 1) }, false],
    ['was used just then', { last_used_at: at(-90) }, true],
    ['was never used and is old', {}, true],
    ['was never used and is new', { created_at: at(-2) }, false],
    ['is older than its use', { created_at: at(-300), last_used_at: at(-3) }, false],
  ])('a token that %s', (_, token, expected) => {
    expect(through({ unusedFor }, token)).toBe(expected);
  });
});

test('--never-used', () => {
  expect(through({ neverUsed: true })).toBe(true);
  expect(through({ neverUsed: true }, { last_used_at: at(-99) })).toBe(false);
});

describe('--expires-within 7d', () => {
  const expiresWithin = 7 * DAY;
  test.each([
    ['does not expire', null, false],
    ['has expired', at(-1), false],
    ['expires at this very moment', at(0), false],
    ['expires in a moment', at(0, 1), true],
    ['expires just in time', at(7), true],
    ['expires a moment too late', at(7, 1), false],
  ])('a token that %s', (_, expires_at, expected) => {
    expect(through({ expiresWithin }, { expires_at })).toBe(expected);
  });
});

describe('--name', () => {
  test('is a pattern for the whole name', () => {
    expect(through({ name: 'c*' })).toBe(true);
    expect(through({ name: 'i' })).toBe(false);
  });

  test.each([
    ['*', true],
    ['**', true],
    ['?*', false],
    ['ci*', false],
  ])('%s and a token without a name', (name, expected) => {
    expect(through({ name }, { name: null })).toBe(expected);
  });
});

const time = fc.integer({ min: -200, max: 200 }).map((days) => at(days));
const tokens = fc.record({
  name: fc.option(fc.constantFrom('ci', 'ci-2', 'web')),
  created_at: time,
  last_used_at: fc.option(time),
  expires_at: fc.option(time),
});
const span = fc.integer({ min: 1, max: 200 * DAY });
const filters = fc.record(
  {
    expired: fc.constant(true),
    neverUsed: fc.constant(true),
    unusedFor: span,
    expiresWithin: span,
    name: fc.constantFrom('*', 'ci*', '?*'),
  },
  { requiredKeys: [] },
);

test('filters are and-ed: a token matches several where it matches each by itself', () => {
  fc.assert(
    fc.property(tokens, filters, (token, several) => {
      const each = Object.entries(several).map(([key, value]) => through({ [key]: value }, token));
      expect(through(several, token)).toBe(each.every(Boolean));
    }),
  );
});

test('nothing has both expired and time left', () => {
  fc.assert(
    fc.property(tokens, span, (token, expiresWithin) => {
      expect(through({ expired: true, expiresWithin }, token)).toBe(false);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder, parseColumns, parseOrder } from '../../src/flags/columns.ts';
import { TOKEN_COLUMNS, type TokenRow } from '../../src/views/tokens.ts';
import { failureOf, told } from '../support/host.ts';

describe('columns', () => {
  test.each([
    ['id', ['id']],
    ['created-at,id', ['created-at', 'id']],
    ['name, last-used', ['name', 'last-used-at']],
  ])('%j', (value, columns) => {
    expect(parseColumns(value)).toEqual(columns);
  });

  test.each(['', 'id,', 'ID', 'id;name', 'nam', 'token', 'at'])('%j is refused', async (value) => {
    const failure = await failureOf(() => parseColumns(value));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain('id, name, last-used-at, expires-at, created-at');
  });

  test('a slip is mended', async () => {
    expect(told(await failureOf(() => parseColumns('id,expire-at')))).toContain('Did you mean expires-at?');
  });

  test('none is there twice, by whatever name', async () => {
    const failure = await failureOf(() => parseColumns('created,id,created-at'));
    expect(told(failure)).toContain('created-at twice');
  });
});

describe('an order', () => {
  test.each([
    ['name', { column: 'name', descending: false }],
    ['name:asc', { column: 'name', descending: false }],
    ['created:desc', { column: 'created-at', descending: true }],
  ])('%s', (value, order) => {
    expect(parseOrder(value)).toEqual(order);
  });

  test.each(['', ':desc', 'name:', 'name:down', 'name:desc:asc', '-name', 'name,id'])(
    '%j is refused',
    async (value) => {
      expect((await failureOf(() => parseOrder(value))).code).toBe('INVALID_USAGE');
    },
  );
});

const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-05-${String(n).padStart(2, '0')}T00:00:00Z`);
const rows: fc.Arbitrary<TokenRow[]> = fc.array(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 3 }),
    name: fc.option(fc.constantFrom('', 'a', 'b', 'B', 'ä')),
    created_at: day,
    last_used_at: fc.option(day),
    expires_at: fc.option(day),
  }),
);

describe('tokens in order', () => {
  const token = (id: string, name: string | null, last_used_at: string | null): TokenRow => ({
    id,
    name,
    last_used_at,
    created_at: '2026-05-01T00:00:00Z',
    expires_at: null,
  });
  const ids = (tokens: readonly TokenRow[], order: string): string =>
    inOrder(tokens, parseOrder(order))
      .map(({ id }) => id)
      .join(' ');

  test('what is missing comes last either way', () => {
    const tokens = [
      token('1', null, null),
      token('2', 'b', '2026-05-02T00:00:00Z'),
      token('3', 'a', '2026-05-02T00:00:00.5Z'),
    ];
    expect(ids(tokens, 'name')).toBe('3 2 1');
    expect(ids(tokens, 'name:desc')).toBe('2 3 1');
    expect(ids(tokens, 'last-used-at')).toBe('2 3 1');
    expect(ids(tokens, 'last-used-at:desc')).toBe('3 2 1');
  });

  test('equal ones stay as they were, either way', () => {
    const tokens = [token('2', 'a', null), token('1', 'a', null), token('3', 'a', null)];
    for (const order of ['name', 'name:desc', 'last-used', 'last-used:desc', 'created:desc']) {
      expect(ids(tokens, order)).toBe('2 1 3');
    }
  });

  test('are the same tokens, and the same again when put in order once more', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...TOKEN_COLUMNS), fc.boolean(), (tokens, column, descending) => {
        const once = inOrder(tokens, { column, descending });
        expect(new Set(once)).toEqual(new Set(tokens));
        expect(once).toHaveLength(tokens.length);
        expect(inOrder(once, { column, descending })).toEqual(once);
      }),
    );
  });
});

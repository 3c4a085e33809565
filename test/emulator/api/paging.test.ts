import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { type ApiAnswer, column, startApi, TestApi, TOKENS } from '../support/api.ts';

const tokens = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `token-${i}` }));

describe('the envelope', () => {
  test.each([
    { query: '', page: 1, perPage: 25, next: 2, prev: null, pages: 6, rows: 25 },
    { query: '?page=2', page: 2, perPage: 25, next: 3, prev: 1, pages: 6, rows: 25 },
    { query: '?page=6', page: 6, perPage: 25, next: null, prev: 5, pages: 6, rows: 5 },
    { query: '?page=7', page: 7, perPage: 25, next: null, prev: 6, pages: 6, rows: 0 },
    { query: '?page=99', page: 99, perPage: 25, next: null, prev: 6, pages: 6, rows: 0 },
    { query: '?per_page=100', page: 1, perPage: 100, next: 2, prev: null, pages: 2, rows: 100 },
    { query: '?per_page=101', page: 1, perPage: 100, next: 2, prev: null, pages: 2, rows: 100 },
    { query: '?per_page=65&page=2', page: 2, perPage: 65, next: null, prev: 1, pages: 2, rows: 65 },
  ])('of "$query" on 130 rows', async ({ query, page, perPage, next, prev, pages, rows }) => {
    const api = await startApi({ seed: { tokens: tokens(130) } });
    const answer = await api.call('GET', `${TOKENS}${query}`);
    expect(answer.body).toMatchObject({
      type: 'list',
      current_page: page,
      per_page: perPage,
      next_page: next,
      prev_page: prev,
      total_count: 130,
      total_pages: pages,
    });
    expect(column(answer, 'id')).toHaveLength(rows);
  });

  test.each(['0', '-1', '1.5', 'abc', '', '1e2', '99999999999999999999'])(
    'nonsense (%s) means the default',
    async (value) => {
      const api = await startApi({ seed: { tokens: tokens(30) } });
      const answer = await api.call('GET', `${TOKENS}?page=${value}&per_page=${value}`);
      expect(answer.body).toMatchObject({ current_page: 1, per_page: 25 });
    },
  );

  test('of an empty list', async () => {
    const api = await startApi();
    expect((await api.call('GET', TOKENS)).body).toMatchObject({
      next_page: null,
      next_page_url: null,
      prev_page: null,
      prev_page_url: null,
      total_count: 0,
      total_pages: 0,
      data: [],
    });
  });

  test('links to the pages beside it, with everything else that was asked', async () => {
    const api = await startApi({ seed: { tokens: tokens(30) } });
    const at = `${api.emulator.url}/v1${TOKENS}`;
    expect((await api.call('GET', TOKENS)).body).toMatchObject({ next_page_url: `${at}?page=2` });
    expect((await api.call('GET', `${TOKENS}?per_page=10&page=2&q=%20`)).body).toMatchObject({
      next_page_url: `${at}?per_page=10&page=3&q=+`,
      prev_page_url: `${at}?per_page=10&page=1&q=+`,
    });
  });

  test('of organizations has no totals', async () => {
    const api = await startApi();
    const { body } = await api.call('GET', '/organizations');
    expect(body).toMatchObject({ current_page: 1, per_page: 25, next_page: null });
    expect(body).not.toHaveProperty('total_count');
    expect(body).not.toHaveProperty('total_pages');
  });
});

test('paging through gives every row once and in order', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 0, max: 230 }),
    fc.option(fc.integer({ min: 1, max: 130 })),
    async (count, perPage) => {
      const emulator = await startEmulator({ seed: { tokens: tokens(count) } });
      try {
        const api = new TestApi(emulator);
        const seen: unknown[] = [];
        let url: string | null = `${TOKENS}${perPage === null ? '' : `?per_page=${perPage}`}`;
        while (url !== null) {
          const answer: ApiAnswer = await api.call('GET', url);
          seen.push(...column(answer, 'id'));
          url = nextPath(answer);
        }
        expect(seen).toEqual(tokens(count).map(({ id }) => id));
        expect(emulator.requests).toHaveLength(Math.max(1, Math.ceil(count / Math.min(perPage ?? 25, 100))));
      } finally {
        await emulator.close();
      }
    },
  );
  await fc.assert(property, { numRuns: 30 });
});

/** The next page's address as the client takes it; null on the last page. */
function nextPath({ body }: ApiAnswer): string | null {
  if (typeof body !== 'object' || body === null || !('next_page_url' in body)) throw new Error('not a list');
  if (body.next_page_url === null) return null;
  const { pathname, search } = new URL(String(body.next_page_url));
  return `${pathname.replace(/^\/v1/, '')}${search}`;
}

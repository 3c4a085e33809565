import { describe, expect, test } from 'vitest';
import { judge } from '../support/fault-cli.ts';
import { answer, startFaultServer } from '../support/fault-server.ts';

/** Lists that change while they are read, or never end: tokens, and what a token holds. */

const TOKEN = 'k3j9x0q2m7ab';
const LIST = '/v1/organizations/acme/service-tokens';
/** Milliseconds that the longest of them may take on a machine that is busy. */
const LIMIT = 50_000;

const time = '2026-04-01T00:00:00.000Z';
const token = (id: string) => ({
  id,
  type: 'ServiceToken',
  name: id,
  created_at: time,
  last_used_at: null,
  expires_at: null,
});
const grant = (id: string) => ({
  id,
  resource_id: id,
  resource_name: id,
  resource_type: 'Database',
  accesses: [{ access: 'read_branch' }],
});

interface Page {
  readonly ids: readonly string[];
  readonly next: number | null;
  /** Of rows. */
  readonly total?: number;
  /** White space behind the page, in bytes. */
  readonly padding?: number;
}

interface ListFault {
  readonly name: string;
  /** @param reading how often the first page has been asked for */
  readonly page: (page: number, reading: number) => Page;
  /** What is printed of it; a failure otherwise. */
  readonly ids?: readonly string[];
  /** What a failure says. */
  readonly says?: RegExp;
  readonly readings: number;
  readonly isLong?: boolean;
  /** Whether it says that the list has changed. */
  readonly warns?: boolean;
}

const names = (count: number, prefix = 'row'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

const FAULTS: readonly ListFault[] = [
  {
    name: 'shrinks once while it is read',
    // Row 1 is gone, and row 2 has moved behind the edge of the first page.
    page: (page, reading) => {
      if (reading > 1) return { ids: ['row0', 'row2', 'row3'], next: null, total: 3 };
      return page === 1
        ? { ids: ['row0', 'row1'], next: 2, total: 4 }
        : { ids: ['row3'], next: null, total: 3 };
    },
    ids: ['row0', 'row2', 'row3'],
    readings: 2,
  },
  {
    name: 'holds fewer rows than it says',
    page: (page) =>
      page === 1 ? { ids: ['row0', 'row1'], next: 2, total: 4 } : { ids: ['row3'], next: null, total: 4 },
    ids: ['row0', 'row1', 'row3'],
    readings: 3,
    warns: true,
  },
  {
    name: 'shrinks whenever it is read',
    page: (page, reading) =>
      page === 1
        ? { ids: [`first${reading}`, 'row0'], next: 2, total: 4 }
        : { ids: [`last${reading}`], next: null, total: 3 },
    ids: ['first1', 'first2', 'first3', 'last1', 'last2', 'last3', 'row0'],
    readings: 3,
    warns: true,
  },
  {
    name: 'grows while it is read',
    page: (page) =>
      page === 1 ? { ids: ['row0'], next: 2, total: 2 } : { ids: ['row1', 'row2'], next: null, total: 3 },
    ids: ['row0', 'row1', 'row2'],
    readings: 1,
  },
  {
    name: 'repeats a row that has moved to the next page',
    page: (page) =>
      page === 1
        ? { ids: ['row0', 'row1'], next: 2, total: 3 }
        : { ids: ['row1', 'row2'], next: null, total: 4 },
    // The new row stands before the first one: it came too late, and is no reason to read again.
    ids: ['row0', 'row1', 'row2'],
    readings: 1,
  },
  {
    name: 'has a page of more rows than were asked for',
    page: () => ({ ids: names(150), next: null, total: 150 }),
    ids: names(150),
    readings: 1,
  },
  {
    name: 'has pages of fewer rows than were asked for',
    page: (page) => ({ ids: [`row${page - 1}`], next: page < 5 ? page + 1 : null, total: 5 }),
    ids: names(5),
    readings: 1,
  },
  {
    name: 'goes in circles',
    page: (page) => ({ ids: ['row0', 'row1'], next: page + 1 }),
    says: /a second time|repeat/,
    readings: 1,
  },
  {
    name: 'never ends',
    isLong: true,
    page: (page) => ({ ids: [`row${page}`], next: page + 1 }),
    says: /10,?000 pages/,
    readings: 1,
  },
  {
    name: 'never ends, in large pages',
    isLong: true,
    page: (page) => ({ ids: [`row${page}`], next: page + 1, padding: 40 * 1024 * 1024 }),
    says: /256 MB/,
    readings: 1,
  },
];

interface List {
  readonly name: string;
  readonly words: readonly string[];
  readonly path: string;
  readonly row: (id: string) => object;
  /** Where a row's name stands in the output. */
  readonly key: RegExp;
}

const LISTS: readonly List[] = [
  { name: 'list', words: ['list'], path: LIST, row: token, key: /"id": "(\w+)"/g },
  {
    name: 'show-access',
    words: ['show-access', TOKEN],
    path: `${LIST}/${TOKEN}/grants`,
    row: grant,
    key: /"resource_name": "(\w+)"/g,
  },
];

/** One list is enough for what takes long: how it ends is the same for all. */
const CELLS = FAULTS.flatMap((fault) =>
  LISTS.slice(0, fault.isLong ? 1 : undefined).map((list) => [list.name, fault.name, list, fault] as const),
);

describe('a list that', { timeout: LIMIT + 10_000 }, () => {
  test.concurrent.each(CELLS)('(%s) %s', async (_, __, list, fault) => {
    let readings = 0;
    const server = await startFaultServer({
      onRequest: ({ target }, socket) => {
        const { pathname, searchParams } = new URL(target, 'http://api.invalid');
        if (pathname !== list.path) {
          answer(socket, { status: 404, body: '{"message":"Not Found"}' });
          return;
        }
        const number = Number(searchParams.get('page') ?? 1);
        if (number === 1) readings += 1;
        const { ids, next, total, padding = 0 } = fault.page(number, readings);
        const body = JSON.stringify({ data: ids.map(list.row), next_page: next, total_count: total });
        answer(socket, { status: 200, body: body + ' '.repeat(padding) });
      },
    });
    try {
      const seen = await judge(list.words, {
        url: `http://127.0.0.1:${server.port}`,
        timeout: '10s',
        limit: LIMIT,
      });
      const shown = seen.stdout.slice(0, 2_000) + seen.stderr;
      if (fault.ids) {
        expect(seen, shown).toMatchObject({ status: 0, code: undefined });
        expect([...seen.stdout.matchAll(list.key)].map(([, id]) => id).sort()).toEqual([...fault.ids].sort());
        if (fault.warns) expect(seen.stderr).toMatch(/^Warning: .*\bchang/m);
        else expect(seen.stderr).toBe('');
      } else {
        expect(seen, shown).toMatchObject({ status: 2, code: 'INVALID_RESPONSE' });
        expect(seen.stdout).toMatch(fault.says ?? /^$/);
      }
      expect(readings).toBe(fault.readings);
      expect(server.connections).toBeLessThanOrEqual(server.requests.length);
    } finally {
      await server.close();
    }
  });
});

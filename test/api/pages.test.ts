import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allPages,
  type FetchPage,
  type List,
  MAX_IN_FLIGHT,
  MAX_LIST_BYTES,
  MAX_PAGES,
  type Page,
} from '../../src/api/pages.ts';
import { Failure } from '../../src/text/errors.ts';
import { text } from '../../src/text/text.ts';
import { deferred, failureOf, isPending } from '../support/api.ts';

const identify = (row: string): string => row;
const noSignal = new AbortController().signal;

const rowsUpTo = (count: number): string[] => Array.from({ length: count }, (_, index) => `row-${index}`);

/** The page of a list as an honest API answers it; `total` is what it says, true or not. */
function pageOf(rows: readonly string[], size: number, page: number, total?: number): Page<string> {
  const pages = Math.ceil(rows.length / size);
  return {
    data: rows.slice((page - 1) * size, page * size),
    next_page: page < pages ? page + 1 : null,
    ...(total !== undefined && { total_pages: total }),
  };
}

/** Pages by their number; a list that is read for ever ends the test. */
class Asked {
  readonly numbers: number[] = [];
  inFlight = 0;
  mostInFlight = 0;
  readonly signals: AbortSignal[] = [];

  fetching(answer: (page: number, signal: AbortSignal) => Page<string> | Promise<Page<string>>) {
    return async (page: number, signal: AbortSignal): Promise<Page<string>> => {
      this.numbers.push(page);
      this.signals.push(signal);
      if (this.numbers.length > 200) throw new Error('the list is read for ever');
      this.inFlight += 1;
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      try {
        return await answer(page, signal);
      } finally {
        this.inFlight -= 1;
      }
    };
  }
}

/** Waits for an abort, as a request without an answer does. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

const readList = (fetchPage: FetchPage<string>): Promise<List<string>> =>
  allPages(fetchPage, identify, noSignal);

/** The rows of a list that held still. */
async function read(fetchPage: FetchPage<string>): Promise<readonly string[]> {
  const { rows, isSettled } = await readList(fetchPage);
  expect(isSettled).toBe(true);
  return rows;
}

describe('every row, once and in order', () => {
  const totals = fc.constantFrom('true', 'absent', 'too low', 'too high', 'null');

  test('whatever the number of rows, the page size, the totals and the order in which pages arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(120),
        fc.integer({ min: 1, max: 40 }),
        totals,
        fc.scheduler(),
        async (count, size, said, scheduler) => {
          const rows = rowsUpTo(count);
          const pages = Math.ceil(count / size);
          const total = said === 'true' ? pages : said === 'too low' ? Math.max(pages - 2, 0) : pages + 5;
          const asked = new Asked();
          const fetchPage = scheduler.scheduleFunction(
            asked.fetching((page) => ({
              ...pageOf(rows, size, page, said === 'absent' ? undefined : total),
              ...(said === 'null' && { total_pages: null }),
            })),
          );
          expect(await scheduler.waitFor(read(fetchPage))).toEqual(rows);
        },
      ),
    );
  });

  test('with at most six requests under way, and the first one alone', async () => {
    const asked = new Asked();
    const gates = Array.from({ length: 20 }, deferred);
    const [firstGate] = gates;
    const work = read(
      asked.fetching(async (page) => {
        await gates[page - 1]?.promise;
        return pageOf(rowsUpTo(200), 10, page, 20);
      }),
    );
    expect(asked.numbers).toEqual([1]);
    firstGate?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked.numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
    // The last ones first: a page may have to wait for the ones before it.
    for (const gate of gates.toReversed()) gate.resolve();
    expect(await work).toEqual(rowsUpTo(200));
    expect(asked.mostInFlight).toBe(6);
    expect(MAX_IN_FLIGHT).toBe(6);
    expect(asked.numbers).toHaveLength(20);
  });

  test('as soon as some have come, as many more are asked for', async () => {
    const asked = new Asked();
    const gates = Array.from({ length: 20 }, deferred);
    gates[0]?.resolve();
    const work = read(
      asked.fetching(async (page) => {
        await gates[page - 1]?.promise;
        return pageOf(rowsUpTo(200), 10, page, 20);
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    for (const gate of gates.slice(1, 4)) gate.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked.numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const gate of gates) gate.resolve();
    expect(await work).toHaveLength(200);
  });

  test('one page costs one request', async () => {
    const asked = new Asked();
    expect(await read(asked.fetching((page) => pageOf(rowsUpTo(3), 100, page, 1)))).toEqual(rowsUpTo(3));
    expect(asked.numbers).toEqual([1]);
  });

  test('an empty list is no rows', async () => {
    expect(await read(async () => ({ data: [] }))).toEqual([]);
  });

  test('a row that moved to the next page while the list was read is kept once', async () => {
    const pages: Record<number, Page<string>> = {
      1: { data: ['a', 'b'], next_page: 2 },
      2: { data: ['b', 'c'], next_page: 3 },
      3: { data: ['d'], next_page: null },
    };
    expect(await read(async (page) => pages[page] ?? { data: [] })).toEqual(['a', 'b', 'c', 'd']);
  });

  test('rows whose names are those of an object’s own members are rows like others', async () => {
    const rows = ['__proto__', 'constructor', 'toString', '__proto__'];
    expect(await read(async () => ({ data: rows }))).toEqual(rows.slice(0, 3));
  });
});

describe('the totals are hints', () => {
  test('too high: an empty page ends the list, though it names a next one', async () => {
    const asked = new Asked();
    const work = read(
      asked.fetching((page) => ({
        data: page <= 2 ? [`row-${page}`] : [],
        next_page: page + 1,
        total_pages: 50,
      })),
    );
    expect(await work).toEqual(['row-1', 'row-2']);
    expect(asked.numbers.length).toBeLessThanOrEqual(1 + 2 * MAX_IN_FLIGHT);
  });

  test('too low: the list goes on where next_page leads', async () => {
    const asked = new Asked();
    const rows = rowsUpTo(10);
    expect(await read(asked.fetching((page) => pageOf(rows, 1, page, 4)))).toEqual(rows);
    expect(asked.numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('absent: next_page is followed', async () => {
    const asked = new Asked();
    const rows = rowsUpTo(5);
    expect(await read(asked.fetching((page) => pageOf(rows, 2, page)))).toEqual(rows);
    expect(asked.mostInFlight).toBe(1);
  });

  test.each([[null], [undefined]])(
    'a next_page of %s on the first page ends the list at once',
    async (next_page) => {
      const asked = new Asked();
      const page: Page<string> = { data: ['a'], next_page, total_pages: 9 };
      expect(await read(asked.fetching(() => page))).toEqual(['a']);
      expect(asked.numbers).toEqual([1]);
    },
  );

  test('a null next_page in the middle ends the list, whatever later pages hold', async () => {
    const work = read(async (page) => ({
      data: [`row-${page}`],
      next_page: page === 3 ? null : page + 1,
      total_pages: 12,
    }));
    expect(await work).toEqual(['row-1', 'row-2', 'row-3']);
  });

  test('an absurd one costs no more than the requests under way when the list ends', async () => {
    const asked = new Asked();
    const rows = rowsUpTo(6);
    expect(await read(asked.fetching((page) => pageOf(rows, 2, page, 1_000_000_000)))).toEqual(rows);
    expect(asked.numbers.length).toBeLessThanOrEqual(3 + MAX_IN_FLIGHT);
  });

  test('an absurd one costs no more either while a page in the middle is slow', async () => {
    const asked = new Asked();
    const slow = deferred();
    const rows = rowsUpTo(6);
    const work = read(
      asked.fetching(async (page) => {
        if (page === 2) await slow.promise;
        return pageOf(rows, 2, page, 1_000_000_000);
      }),
    );
    expect(await isPending(work)).toBe(true);
    slow.resolve();
    expect(await work).toEqual(rows);
    expect(asked.numbers.length).toBeLessThanOrEqual(3 + 2 * MAX_IN_FLIGHT);
  });

  test.each([
    [
      'it names no next page, and has rows',
      (page: number): Page<string> => ({ data: [`row-${page}`], next_page: null }),
    ],
    [
      'it has no rows, and names a next page',
      (page: number): Page<string> => ({ data: [], next_page: page + 1 }),
    ],
  ])(
    'nothing is asked for behind a page that ends the list, while one before it is slow: %s',
    async (_, last) => {
      const asked = new Asked();
      const slow = deferred();
      const work = read(
        asked.fetching(async (page) => {
          if (page === 2) await slow.promise;
          return {
            ...(page < 3 ? { data: [`row-${page}`], next_page: page + 1 } : last(page)),
            total_pages: 1_000,
          };
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
      expect(asked.numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
      slow.resolve();
      await work;
      expect(asked.numbers).toHaveLength(7);
    },
  );

  test('of a list that leaves pages out are not read ahead by', async () => {
    const asked = new Asked();
    const work = read(
      asked.fetching((page) => ({
        data: [`row-${page}`],
        next_page: page < 9 ? page + 2 : null,
        total_pages: 5,
      })),
    );
    expect(await work).toEqual(['row-1', 'row-3', 'row-5', 'row-7', 'row-9']);
    expect(asked.numbers).toEqual([1, 3, 5, 7, 9]);
  });

  test('too high: a page asked for beyond the end may fail', async () => {
    const rows = rowsUpTo(4);
    const end = deferred();
    const work = read(async (page) => {
      if (page > 2) {
        end.resolve();
        throw new Failure('NOT_FOUND', text`there is no such page`);
      }
      if (page === 2) await end.promise;
      return pageOf(rows, 2, page, 5);
    });
    expect(await work).toEqual(rows);
  });

  test('too high: a page asked for beyond the end is not waited for', async () => {
    const rows = rowsUpTo(4);
    const asked = new Asked();
    const work = read(
      asked.fetching((page, signal) => (page > 2 ? untilAborted(signal) : pageOf(rows, 2, page, 5))),
    );
    expect(await isPending(work)).toBe(false);
    expect(await work).toEqual(rows);
  });

  test.each([[0], [-1], [2.5]])('%d is as good as none', async (total) => {
    const rows = rowsUpTo(5);
    expect(await read(async (page) => pageOf(rows, 2, page, total))).toEqual(rows);
  });
});

test.each([
  ['itself', (page: number) => page],
  ['one before it', () => 1],
])(
  'a page that names %s as the next one is refused at once, though its rows are new each time',
  async (_, next) => {
    let rows = 0;
    const failure = await failureOf(
      readList(async (page) => {
        rows += 1;
        if (rows > 20) throw new Error('the list is read for ever');
        return { data: [`row-${rows}`], next_page: page === 1 ? 2 : next(page) };
      }),
    );
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toMatch(/page [12] of a list a second time$/);
    expect(rows).toBe(2);
  },
);

test('the bounds are those that are promised', () => {
  expect([MAX_PAGES, MAX_LIST_BYTES, MAX_IN_FLIGHT]).toEqual([10_000, 268_435_456, 6]);
});

test.each([
  ['that fell to none is read again', [3, 0], 3],
  ['that grew beyond what there is, is not', [2, 3], 1],
])('a list whose total %s', async (_, totals, readings) => {
  let first = 0;
  const { rows } = await readList(async (page) => {
    if (page === 1) first += 1;
    return {
      data: [`row-${page}`],
      next_page: page === 1 ? 2 : null,
      total_count: totals[page - 1],
    };
  });
  expect(rows).toEqual(['row-1', 'row-2']);
  expect(first).toBe(readings);
});

describe('a list that goes in circles is refused', () => {
  const circles: Record<string, (page: number) => Page<string>> = {
    'the same page for ever': () => ({ data: ['a', 'b'], next_page: 2 }),
    'the same rows under other page numbers': (page) => ({ data: ['a', 'b'], next_page: page + 1 }),
    'the same rows again as the last ones': (page) => ({
      data: ['a', 'b'],
      next_page: page === 1 ? 2 : null,
    }),
    'the same rows, and a total': (page) => ({ data: ['a', 'b'], next_page: page + 1, total_pages: 100 }),
    'the same rows in another order each time': (page) => ({
      data: Array.from({ length: 100 }, (_, index) => `row-${(index + page) % 100}`),
      next_page: page + 1,
    }),
    'a page that names itself as the next': (page) => ({ data: [`row-${page}`], next_page: page }),
    'a next page that lies behind': (page) => ({
      data: [`row-${page}`],
      next_page: page === 3 ? 2 : page + 1,
    }),
    'a next page 0': (page) => ({ data: [`row-${page}`], next_page: 0 }),
  };

  test.each(Object.keys(circles))('%s', async (name) => {
    const asked = new Asked();
    const failure = await failureOf(read(asked.fetching((page) => circles[name]?.(page) ?? { data: [] })));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toMatch(/^the PlanetScale API answered page \d+ of a list a second time$/);
    expect(asked.numbers.length).toBeLessThanOrEqual(20);
  });
});

/** A list of two rows a page that loses rows while it is read; answers how often each page was asked for. */
function losing(
  rows: readonly string[],
  losses: readonly { readonly at: number; readonly row: string }[],
  tell: (rows: readonly string[], page: Page<string>) => Page<string> = (left, page) => ({
    ...page,
    total_count: left.length,
  }),
) {
  const left = [...rows];
  let requests = 0;
  const fetchPage: FetchPage<string> = async (page) => {
    requests += 1;
    const answer = tell(left, pageOf(left, 2, page, Math.ceil(left.length / 2)));
    for (const { at, row } of losses) if (at === requests) left.splice(left.indexOf(row), 1);
    return answer;
  };
  return { fetchPage, requests: () => requests };
}

describe('a list that shrinks while it is read', () => {
  const rows = ['a', 'b', 'c', 'd', 'e'];

  test('is read again: the row that moved behind the edge of a page is not lost', async () => {
    const { fetchPage, requests } = losing(rows, [{ at: 1, row: 'a' }]);
    expect(await readList(fetchPage)).toEqual({ rows: ['b', 'c', 'd', 'e'], isSettled: true });
    expect(requests()).toBe(3 + 2);
  });

  test('is seen by the number of pages alone, too', async () => {
    const { fetchPage } = losing(rows, [{ at: 1, row: 'a' }], (_, page) => page);
    expect(await read(fetchPage)).toEqual(['b', 'c', 'd', 'e']);
  });

  test('is seen by rows that did not come, where each page tells the same total', async () => {
    let reading = 0;
    const fetchPage: FetchPage<string> = async (page) => {
      if (page === 1) reading += 1;
      const hidden = reading === 1 && page === 2;
      return {
        data: page === 1 ? ['a', 'b'] : hidden ? [] : ['c'],
        next_page: page === 1 ? 2 : null,
        total_count: 3,
      };
    };
    expect(await readList(fetchPage)).toEqual({ rows: ['a', 'b', 'c'], isSettled: true });
    expect(reading).toBe(2);
  });

  test('each time: all rows of three readings are answered, the last reading first, and it is said', async () => {
    // Three pages a reading, then two: each time what stands first goes as soon as it was read.
    const { fetchPage, requests } = losing(rows, [
      { at: 1, row: 'a' },
      { at: 4, row: 'b' },
      { at: 6, row: 'c' },
    ]);
    const { rows: seen, isSettled } = await readList(fetchPage);
    expect(isSettled).toBe(false);
    expect(seen[0]).toBe('c');
    expect([...seen].sort()).toEqual(rows);
    expect(new Set(seen).size).toBe(seen.length);
    expect(requests()).toBeLessThanOrEqual(3 * 3);
  });

  test('is read three times at most, however wrong its total is', async () => {
    const asked = new Asked();
    const list = await readList(asked.fetching(() => ({ data: ['a'], next_page: null, total_count: 7 })));
    expect(list).toEqual({ rows: ['a'], isSettled: false });
    expect(asked.numbers).toEqual([1, 1, 1]);
  });

  test('of a row whose fields changed, what the last reading told is answered', async () => {
    let reading = 0;
    const list = await allPages(
      async () => {
        reading += 1;
        return { data: [{ id: 'a', reading }], next_page: null, total_count: 2 };
      },
      ({ id }) => id,
      noSignal,
    );
    expect(list.rows).toEqual([{ id: 'a', reading: 3 }]);
  });

  test('is not told from one that grows: growth is no reason to read it again', async () => {
    const asked = new Asked();
    const fetchPage = asked.fetching((page) => ({
      data: page === 1 ? ['a', 'b'] : ['b', 'c'],
      next_page: page === 1 ? 2 : null,
      total_count: page === 1 ? 2 : 3,
      total_pages: page === 1 ? 1 : 2,
    }));
    expect(await read(fetchPage)).toEqual(['a', 'b', 'c']);
    expect(asked.numbers).toEqual([1, 2]);
  });

  test.each([[null], [undefined], [-1], [2.5], [Number.NaN]])('a total of %s says nothing', async (total) => {
    const asked = new Asked();
    const fetchPage = asked.fetching((page) => ({
      data: [`row-${page}`],
      next_page: page === 1 ? 2 : null,
      total_count: page === 1 ? 2 : total,
    }));
    expect(await read(fetchPage)).toEqual(['row-1', 'row-2']);
    expect(asked.numbers).toEqual([1, 2]);
  });

  test('whenever and whatever is deleted: what stays is never lost without a word', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 24 }),
        fc.array(fc.record({ at: fc.integer({ min: 1, max: 30 }), pick: fc.nat(23) }), { maxLength: 6 }),
        async (count, picks) => {
          const all = rowsUpTo(count);
          const losses = picks
            .map(({ at, pick }) => ({ at, row: `row-${pick % count}` }))
            .filter(({ row }, index, some) => some.findIndex((other) => other.row === row) === index);
          const lost = new Set(losses.map(({ row }) => row));
          const { rows: seen, isSettled } = await readList(losing(all, losses).fetchPage);
          if (!isSettled) return;
          for (const row of all) if (!lost.has(row)) expect(seen).toContain(row);
        },
      ),
    );
  });
});

describe('a list without bounds', () => {
  test('of pages is refused, with the bound', async () => {
    let requests = 0;
    const failure = await failureOf(
      readList(async (page) => {
        requests += 1;
        return { data: [`row-${page}`], next_page: page + 1 };
      }),
    );
    expect([failure.code, failure.message]).toEqual([
      'INVALID_RESPONSE',
      'the PlanetScale API answered with a list of more than 10000 pages, which is too much',
    ]);
    expect(requests).toBe(MAX_PAGES);
  });

  test('of pages is refused as well where its total is told', async () => {
    const failure = await failureOf(
      readList(async (page) => ({ data: [`row-${page}`], next_page: page + 1, total_pages: 1e9 })),
    );
    expect(failure.message).toContain('10000 pages');
  });

  test('of as many pages as may be is read', async () => {
    const pages = async (page: number): Promise<Page<string>> => ({
      data: [`row-${page}`],
      next_page: page < MAX_PAGES ? page + 1 : null,
      total_pages: MAX_PAGES,
    });
    expect(await read(pages)).toHaveLength(MAX_PAGES);
  });

  test('of bytes is refused, with the bound, and no more is asked for than is under way', async () => {
    const asked = new Asked();
    const megabyte = 1024 * 1024;
    const failure = await failureOf(
      readList(
        asked.fetching((page) => ({
          data: [`row-${page}`],
          next_page: page + 1,
          total_pages: 100,
          bytes: 64 * megabyte,
        })),
      ),
    );
    expect([failure.code, failure.message]).toEqual([
      'INVALID_RESPONSE',
      'the PlanetScale API answered with a list of more than 256 MB, which is too much',
    ]);
    expect(asked.numbers.length).toBeLessThanOrEqual(4 + MAX_IN_FLIGHT);
  });

  test('of as many bytes as may be is read, further readings counted', async () => {
    const half = MAX_LIST_BYTES / 2;
    const page = { data: ['a'], next_page: null };
    expect(await read(async () => ({ ...page, bytes: MAX_LIST_BYTES }))).toEqual(['a']);
    const failure = await failureOf(readList(async () => ({ ...page, total_count: 2, bytes: half })));
    expect(failure.message).toContain('256 MB');
  });
});

test('the signal is listened to no longer once the list is read', async () => {
  const { signal } = new AbortController();
  await allPages(async (page) => pageOf(rowsUpTo(9), 1, page, 9), identify, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('a failure', () => {
  test('of one page fails the list and ends the requests under way', async () => {
    const asked = new Asked();
    const failure = new Failure('API_ERROR', text`no`);
    const everybodyAsked = deferred();
    const work = read(
      asked.fetching(async (page, signal) => {
        if (page === 1) return pageOf(rowsUpTo(20), 1, 1, 20);
        if (page === 7) everybodyAsked.resolve();
        if (page !== 2) return untilAborted(signal);
        await everybodyAsked.promise;
        throw failure;
      }),
    );
    await expect(work).rejects.toBe(failure);
    expect(asked.signals.filter(({ aborted }) => aborted)).toHaveLength(asked.signals.length);
    expect(asked.numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('of one page lets no further ones be asked for, while those before it are still to come', async () => {
    const asked = new Asked();
    const slow = deferred();
    const failure = new Failure('API_ERROR', text`no`);
    const work = read(
      asked.fetching(async (page) => {
        if (page === 2) await slow.promise;
        if (page === 3) throw failure;
        return pageOf(rowsUpTo(100), 1, page, 100);
      }),
    );
    expect(await isPending(work)).toBe(true);
    slow.resolve();
    await expect(work).rejects.toBe(failure);
    expect(asked.numbers.length).toBeLessThanOrEqual(1 + 2 * MAX_IN_FLIGHT);
  });

  test('of the first page is the failure of the list', async () => {
    const failure = new Failure('FORBIDDEN', text`no`);
    await expect(read(() => Promise.reject(failure))).rejects.toBe(failure);
  });

  test('an interruption ends every page under way, with its reason', async () => {
    const interruption = new AbortController();
    const reason = new Error('interrupted');
    const asked = new Asked();
    const work = allPages(
      asked.fetching((page, signal) => {
        if (page === 1) return pageOf(rowsUpTo(20), 1, 1, 20);
        if (page === 7) queueMicrotask(() => interruption.abort(reason));
        return untilAborted(signal);
      }),
      identify,
      interruption.signal,
    );
    await expect(work).rejects.toBe(reason);
    expect(asked.inFlight).toBe(0);
  });
});

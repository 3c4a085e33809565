import pMap from 'p-map';
import { text } from '../text.ts';
import { invalidResponse } from './failures.ts';

/** One page of a list, as every list of the API answers it. */
export interface Page<Row> {
  readonly data: readonly Row[];
  /** Null, or absent, on the last page. */
  readonly next_page?: number | null | undefined;
  readonly total_pages?: number | null | undefined;
}

export type FetchPage<Row> = (page: number, signal: AbortSignal) => Promise<Page<Row>>;

/** Requests under way at once: enough to hide latency, few enough for a limit of 600 a minute. */
export const MAX_IN_FLIGHT = 6;

/**
 * Every row of a list, in the API's order. Once the first page tells how many there are, the others are
 * fetched together; the total is a hint only: the list ends at an empty page or at one without a
 * `next_page`, and goes on past the total where there is one. A row that moved to the next page while
 * the pages were fetched is kept once.
 *
 * @param identify what tells rows apart
 * @throws Failure INVALID_RESPONSE for a page that repeats, which would go on for ever
 */
export async function allPages<Row>(
  fetchPage: FetchPage<Row>,
  identify: (row: Row) => string,
  signal: AbortSignal,
): Promise<Row[]> {
  const list = new PagedList(identify);
  const stop = new AbortController();
  const fetchNow = (page: number): Promise<Page<Row>> =>
    fetchPage(page, AbortSignal.any([signal, stop.signal]));
  try {
    const first = await fetchNow(1);
    list.add(1, first);
    const total = first.total_pages ?? 0;
    if (list.next === 2 && total > 2) await fetchTogether(list, total, fetchNow);
    while (list.next !== undefined) list.add(list.next, await fetchNow(list.next));
    return list.rows;
  } finally {
    // On a failure the requests still under way are of no use to anybody.
    stop.abort();
  }
}

async function fetchTogether<Row>(
  list: PagedList<Row>,
  total: number,
  fetchNow: (page: number) => Promise<Page<Row>>,
): Promise<void> {
  const arrived = new Map<number, Page<Row>>();
  function* pages(): Generator<number> {
    // Asked lazily: an early end, or an absurd total, costs no more than what is in flight.
    for (let page = 2; page <= total && list.next !== undefined; page += 1) yield page;
  }
  await pMap(
    pages(),
    async (number) => {
      arrived.set(number, await fetchNow(number));
      for (let page = take(); page !== undefined; page = take()) list.add(page.number, page.page);
    },
    { concurrency: MAX_IN_FLIGHT },
  );
  function take(): { number: number; page: Page<Row> } | undefined {
    const number = list.next;
    const page = number === undefined ? undefined : arrived.get(number);
    if (number === undefined || page === undefined) return undefined;
    arrived.delete(number);
    return { number, page };
  }
}

/** Rows in order, the page that comes next, and what has been seen, to notice a list that goes in circles. */
class PagedList<Row> {
  readonly rows: Row[] = [];
  /** Undefined once the list has ended. */
  next: number | undefined = 1;
  private readonly seenRows = new Set<string>();
  private readonly seenPages = new Set<string>();
  private readonly identify: (row: Row) => string;

  constructor(identify: (row: Row) => string) {
    this.identify = identify;
  }

  add(number: number, page: Page<Row>): void {
    const ids = page.data.map(this.identify);
    const fingerprint = JSON.stringify(ids);
    const next = page.data.length === 0 ? undefined : (page.next_page ?? undefined);
    if (page.data.length > 0 && this.seenPages.has(fingerprint)) throw repeats(number);
    if (next !== undefined && next <= number) throw repeats(next);
    this.seenPages.add(fingerprint);
    page.data.forEach((row, index) => {
      const id = ids[index] ?? '';
      if (this.seenRows.has(id)) return;
      this.seenRows.add(id);
      this.rows.push(row);
    });
    this.next = next;
  }
}

function repeats(page: number): Error {
  return invalidResponse(text`the PlanetScale API answered page ${page} of a list a second time`);
}

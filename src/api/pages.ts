import { combineSignals } from '../abort.ts';
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
  const whole = combineSignals(signal, stop.signal);
  const fetchNow = (page: number): Promise<Page<Row>> => fetchPage(page, whole.signal);
  try {
    const first = await fetchNow(1);
    list.add(1, first);
    const total = first.total_pages ?? 0;
    if (list.next === 2 && Number.isSafeInteger(total)) await readAhead(list, total, fetchNow);
    while (list.next !== undefined) list.add(list.next, await fetchNow(list.next));
    return list.rows;
  } finally {
    // Whatever is still under way is of no use: the list has ended, or a page of it has failed.
    stop.abort();
    whole.release();
  }
}

/** Adds the pages up to `total`, as many under way as may be. A page fails when its turn comes, if it comes. */
async function readAhead<Row>(
  list: PagedList<Row>,
  total: number,
  fetchNow: (page: number) => Promise<Page<Row>>,
): Promise<void> {
  const pages = new Map<number, Promise<Page<Row>>>();
  let asked = 1;
  let inFlight = 0;
  const ask = (): void => {
    // Asked step by step: an early end, or an absurd total, costs no more than what is in flight.
    while (inFlight < MAX_IN_FLIGHT && asked < total && list.next !== undefined) {
      asked += 1;
      inFlight += 1;
      const page = fetchNow(asked);
      pages.set(asked, page);
      page.then(answered, giveUp);
    }
  };
  const answered = (page: Page<Row>): void => {
    inFlight -= 1;
    // The list ends here at the latest, though the pages before it may still be under way.
    if (page.data.length === 0 || typeof page.next_page !== 'number') asked = total;
    ask();
  };
  const giveUp = (): void => {
    asked = total;
  };
  ask();
  while (list.next !== undefined && list.next <= total) {
    const number = list.next;
    list.add(number, await (pages.get(number) ?? fetchNow(number)));
    pages.delete(number);
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
    // On the last page rows may all have moved there from the one before; elsewhere that is a circle.
    if (next !== undefined && ids.every((id) => this.seenRows.has(id))) throw repeats(number);
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

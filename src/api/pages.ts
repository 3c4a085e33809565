import { text, unstyled } from '../text/text.ts';
import { combineSignals } from '../values/abort.ts';
import { invalidResponse } from './failures.ts';

/** One page of a list, as every list of the API answers it. */
export interface Page<Row> {
  readonly data: readonly Row[];
  /** Null, or absent, on the last page. */
  readonly next_page?: number | null | undefined;
  readonly total_pages?: number | null | undefined;
  /** How many rows all pages have together. */
  readonly total_count?: number | null | undefined;
  /** Length of the body that it came in. */
  readonly bytes?: number | undefined;
}

export type FetchPage<Row> = (page: number, signal: AbortSignal) => Promise<Page<Row>>;

/** A list that was read to its end. */
export interface List<Row> {
  /** In the API's order, each once. */
  readonly rows: readonly Row[];
  /** False where entries went away during each reading, so that some may be missing or gone by now. */
  readonly isSettled: boolean;
}

/** Requests under way at once: enough to hide latency, few enough for a limit of 600 a minute. */
export const MAX_IN_FLIGHT = 6;
/** Pages of one list. */
export const MAX_PAGES = 10_000;
/** Bytes of all bodies of one list, further readings included. */
export const MAX_LIST_BYTES = 256 * 1024 * 1024;
/** An entry that goes away moves another one to a page that was read before: the list is read again then. */
const MAX_READINGS = 3;

/**
 * Every row of a list. Where entries went away while it was read, which hides others, it is read again;
 * if that happens each time, all rows of all readings are answered, the last reading first.
 *
 * @param identify what tells rows apart
 * @throws Failure INVALID_RESPONSE for a page that repeats, which would go on for ever, and for a list that
 *   is longer than {@link MAX_PAGES} or {@link MAX_LIST_BYTES}
 */
export async function allPages<Row>(
  fetchPage: FetchPage<Row>,
  identify: (row: Row) => string,
  signal: AbortSignal,
): Promise<List<Row>> {
  let bytes = 0;
  const fetchWithinBounds: FetchPage<Row> = async (number, pageSignal) => {
    if (number > MAX_PAGES) throw tooMuch(`${MAX_PAGES} pages`);
    const page = await fetchPage(number, pageSignal);
    bytes += page.bytes ?? 0;
    if (bytes > MAX_LIST_BYTES) throw tooMuch(`${MAX_LIST_BYTES / 1024 / 1024} MB`);
    return page;
  };
  const known = new Map<string, Row>();
  for (let reading = 1; ; reading += 1) {
    const list = await readOnce(fetchWithinBounds, identify, signal);
    if (!list.hasShrunk) return { rows: list.rows, isSettled: true };
    const earlier = [...known];
    known.clear();
    for (const row of list.rows) known.set(identify(row), row);
    for (const [id, row] of earlier) if (!known.has(id)) known.set(id, row);
    if (reading === MAX_READINGS) return { rows: [...known.values()], isSettled: false };
  }
}

/**
 * One reading. Once the first page tells how many there are, the others are fetched together; the total is
 * a hint only: the list ends at an empty page or at one without a `next_page`, and goes on past the total
 * where there is one. A row that moved to the next page while the pages were fetched is kept once.
 */
async function readOnce<Row>(
  fetchPage: FetchPage<Row>,
  identify: (row: Row) => string,
  signal: AbortSignal,
): Promise<PagedList<Row>> {
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
    return list;
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
  private readonly pageTotal = new Total();
  private readonly rowTotal = new Total();
  private readonly seenRows = new Set<string>();
  private readonly seenPages = new Set<string>();
  private readonly identify: (row: Row) => string;

  constructor(identify: (row: Row) => string) {
    this.identify = identify;
  }

  /** Whether an entry went away meanwhile, so that another one may have moved to a page that was read before. */
  get hasShrunk(): boolean {
    return (
      this.pageTotal.hasShrunk ||
      this.rowTotal.hasShrunk ||
      this.seenRows.size < (this.rowTotal.smallest ?? 0)
    );
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
    this.pageTotal.add(page.total_pages);
    this.rowTotal.add(page.total_count);
    page.data.forEach((row, index) => {
      const id = ids[index] ?? '';
      if (this.seenRows.has(id)) return;
      this.seenRows.add(id);
      this.rows.push(row);
    });
    this.next = next;
  }
}

/** What the pages of a list say of its length, one after the other. */
class Total {
  smallest: number | undefined;
  hasShrunk = false;
  private last: number | undefined;

  add(total: number | null | undefined): void {
    if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 0) return;
    if (total < (this.last ?? 0)) this.hasShrunk = true;
    this.last = total;
    this.smallest = Math.min(total, this.smallest ?? total);
  }
}

function tooMuch(limit: string): Error {
  return invalidResponse(
    text`the PlanetScale API answered with a list of more than ${unstyled(limit)}, which is too much`,
  );
}

function repeats(page: number): Error {
  return invalidResponse(text`the PlanetScale API answered page ${page} of a list a second time`);
}

import { type Answer, type Call, ok } from './call.ts';

const DEFAULT_ROWS = 25;
const MAX_ROWS = 100;

/** Answers one page of `rows` as `page` and `per_page` ask for; only that page's rows are represented. */
export function listPage<Row>(call: Call, rows: readonly Row[], represent: (row: Row) => unknown): Answer {
  const { envelope, totals, shown } = pageOf(call, rows);
  return ok({ ...envelope, ...totals, data: shown.map(represent) });
}

/** The envelope of the organizations list, which is published without the two totals. */
export function listPageWithoutTotals<Row>(
  call: Call,
  rows: readonly Row[],
  represent: (row: Row) => unknown,
): Answer {
  const { envelope, shown } = pageOf(call, rows);
  return ok({ ...envelope, data: shown.map(represent) });
}

function pageOf<Row>(call: Call, rows: readonly Row[]) {
  const page = positiveInteger(call.query.get('page')) ?? 1;
  const perPage = Math.min(positiveInteger(call.query.get('per_page')) ?? DEFAULT_ROWS, MAX_ROWS);
  const pages = Math.ceil(rows.length / perPage);
  const next = page < pages ? page + 1 : null;
  // From past the end the way back leads to the last page, not to another empty one.
  const previous = page > 1 ? Math.max(1, Math.min(page - 1, pages)) : null;
  return {
    envelope: {
      type: 'list',
      current_page: page,
      per_page: perPage,
      next_page: next,
      next_page_url: pageUrl(call, next),
      prev_page: previous,
      prev_page_url: pageUrl(call, previous),
    },
    totals: { total_count: rows.length, total_pages: pages },
    shown: rows.slice((page - 1) * perPage, page * perPage),
  };
}

function pageUrl(call: Call, page: number | null): string | null {
  if (page === null) return null;
  const query = new URLSearchParams(call.query);
  query.set('page', String(page));
  return `${call.baseUrl}${call.path}?${query}`;
}

function positiveInteger(text: string | null): number | undefined {
  if (text === null || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= 1 && Number.isSafeInteger(value) ? value : undefined;
}

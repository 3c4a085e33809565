import { type Column, type Result, tabulate } from '../output/result.ts';
import { text } from '../text.ts';

/** What a check found: `pass`, `warn` or `fail`. */
export interface FindingRow {
  readonly check: string;
  readonly status: string;
  readonly detail: string;
}

const COLUMNS: readonly Column<FindingRow>[] = [
  { header: 'Status', cell: (row) => row.status },
  { header: 'Check', cell: (row) => row.check },
  { header: 'Detail', cell: (row) => row.detail.replaceAll('\n', ' ') },
];

export function findingList(rows: readonly FindingRow[]): Result {
  return {
    data: rows.map(({ check, status, detail }) => ({ check, status, detail })),
    table: tabulate(COLUMNS, rows),
    human: { kind: 'table', whenEmpty: text`Nothing was checked.` },
  };
}

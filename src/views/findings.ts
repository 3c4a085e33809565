import { type Column, type Result, tabulate } from '../output/result.ts';
import { type Text, type Tone, text } from '../text/text.ts';

/** What a check found: `pass`, `warn` or `fail`. */
export interface FindingRow {
  readonly check: string;
  readonly status: string;
  readonly detail: string;
}

const TONES: Readonly<Record<string, Tone>> = { pass: 'done', warn: 'warning', fail: 'failed' };

const COLUMNS: readonly Column<FindingRow>[] = [
  { header: 'Status', cell: ({ status }) => ({ words: status, tone: TONES[status] }) },
  { header: 'Check', cell: (row) => row.check, tone: 'name' },
  { header: 'Detail', cell: (row) => row.detail.replaceAll('\n', ' ') },
];

/** @param after what they come to, for people */
export function findingList(rows: readonly FindingRow[], after: Text): Result {
  return {
    data: rows.map(({ check, status, detail }) => ({ check, status, detail })),
    table: tabulate(COLUMNS, rows),
    human: { kind: 'table', whenEmpty: text`Nothing was checked.`, after },
  };
}

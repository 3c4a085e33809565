import { type Column, type Result, tabulate } from '../output/result.ts';
import { text } from '../text/text.ts';

/** A setting as it is in force. Secrets are no part of it. */
export interface SettingRow {
  readonly setting: string;
  /** Null where it is not set. */
  readonly value: string | null;
  readonly source: string | null;
  /** What it is set to elsewhere, the next in force first. */
  readonly overrides: readonly { readonly value: string; readonly source: string }[];
}

const COLUMNS: readonly Column<SettingRow>[] = [
  { header: 'Setting', cell: ({ setting }) => setting, tone: 'name' },
  { header: 'Value', cell: ({ value }) => value ?? '' },
  { header: 'Source', cell: ({ source }) => source ?? 'not set' },
  {
    header: 'Overrides',
    cell: ({ overrides }) => overrides.map(({ value, source }) => `${value} (${source})`).join(', '),
  },
];

export function settingList(rows: readonly SettingRow[]): Result {
  return {
    data: rows,
    table: tabulate(COLUMNS, rows),
    human: { kind: 'table', whenEmpty: text`There are no settings.` },
  };
}

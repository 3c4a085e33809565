import { type Column, type Result, tabulate } from '../output/result.ts';
import type { Text, Tone } from '../text/text.ts';
import { type TokenRow, tokenColumns, tokenData } from './tokens.ts';

export const PRUNE_OUTCOMES = [
  'planned',
  'deleted',
  'already_gone',
  'no_longer_matches',
  'failed',
  'unknown',
  'not_tried',
] as const;

/** A token that is to be deleted, or was. */
export interface PrunedTokenRow {
  readonly token: TokenRow;
  readonly outcome: (typeof PRUNE_OUTCOMES)[number];
  /** Why it may still exist. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

const TONES: Readonly<Record<(typeof PRUNE_OUTCOMES)[number], Tone>> = {
  planned: 'removed',
  deleted: 'done',
  already_gone: 'done',
  no_longer_matches: 'absent',
  failed: 'failed',
  unknown: 'warning',
  not_tried: 'absent',
};

const COLUMNS: readonly Column<PrunedTokenRow>[] = [
  ...tokenColumns().map((column) => ({ ...column, cell: ({ token }: PrunedTokenRow) => column.cell(token) })),
  {
    header: 'Outcome',
    cell: (row) => ({ words: outcomeInWords(row), tone: TONES[row.outcome] }),
  },
];

/** A plan, or what became of it. JSON counts every outcome; `planned` there is how many tokens there were. */
export function pruning(
  rows: readonly PrunedTokenRow[],
  { applied, whenEmpty, after }: { applied: boolean; whenEmpty: Text; after: Text },
): Result {
  const count = (outcome: string): number => rows.filter((row) => row.outcome === outcome).length;
  const counts = Object.fromEntries(PRUNE_OUTCOMES.map((outcome) => [outcome, count(outcome)]));
  return {
    data: {
      applied,
      tokens: rows.map(({ token, outcome, error }) => ({
        ...tokenData(token),
        outcome,
        ...(error && { error }),
      })),
      summary: { ...counts, planned: rows.length },
    },
    table: tabulate(COLUMNS, rows),
    human: { kind: 'table', whenEmpty, after },
  };
}

function outcomeInWords({ outcome, error }: PrunedTokenRow): string {
  const words = outcome.replaceAll('_', ' ');
  // One line: what else there is to say stands in JSON.
  return error ? `${words}: ${error.message.split('\n')[0]}` : words;
}

import { type Paragraph, type Result, tabulate } from '../../output/result.ts';
import { type Text, type Tone, text, toned, unstyled } from '../../text/text.ts';
import { shownName } from '../../values/lookalike.ts';
import type { Change, Decision } from '../access-changes.ts';
import { saidBy } from './access-file.ts';
import {
  ACCESS_CHANGE_COLUMNS,
  type ChangeRow,
  changeData,
  decisionData,
  decisionInWords,
  inWords,
} from './access-plan.ts';

/** A change, and what has become of it. */
export interface AppliedRow {
  readonly change: Change;
  readonly outcome: string;
  /** Of a token that was created. */
  readonly id?: string | undefined;
  readonly note?: Text | undefined;
}

/** The same, with the id that the token has. */
type Row = Omit<AppliedRow, 'id'> & ChangeRow;

export interface AppliedView {
  readonly files: readonly string[];
  readonly organization: string;
  readonly apiUrl: string;
  /** Of the plan that was applied. */
  readonly digest: string;
  readonly changes: readonly AppliedRow[];
  /** What was left out. */
  readonly decisions: readonly Decision[];
  /** A message in a form for JSON. */
  readonly wordsOf: (message: Text) => string;
}

const WORDS: Readonly<Record<string, readonly [words: string, tone: Tone]>> = {
  done: ['done', 'done'],
  failed: ['failed', 'failed'],
  unknown: ['unknown', 'warning'],
  not_tried: ['not tried', 'absent'],
};

/** What was applied, a line for each change. */
export function appliedView({
  files,
  organization,
  apiUrl,
  digest,
  changes,
  decisions,
  wordsOf,
}: AppliedView): Result {
  const rows = changes.map(({ change, id = change.id, ...row }): Row => ({ ...row, change, id }));
  const count = (outcome: string): number => rows.filter((row) => row.outcome === outcome).length;
  return {
    data: {
      files,
      organization,
      api_url: apiUrl,
      digest,
      changes: rows.map(({ change, id, outcome, note }) => ({
        ...changeData(change),
        id,
        outcome,
        ...(note && { note: wordsOf(note) }),
      })),
      decisions: decisions.map((decision) => decisionData(decision, wordsOf)),
      summary: Object.fromEntries(Object.keys(WORDS).map((outcome) => [outcome, count(outcome)])),
    },
    table: tabulate<Row>(
      [...ACCESS_CHANGE_COLUMNS, { header: 'Outcome', cell: ({ outcome }: Row) => outcome }],
      rows,
    ),
    human: { kind: 'paragraphs', paragraphs: paragraphsOf(rows, decisions, organization, files) },
  };
}

function paragraphsOf(
  rows: readonly Row[],
  decisions: readonly Decision[],
  organization: string,
  files: readonly string[],
): Paragraph[] {
  const left = decisions.map((decision) => ({ text: decisionInWords(decision) }));
  if (rows.length === 0) {
    const every = left.length === 0 ? text`every` : text`every other`;
    return [...left, { text: text`Nothing to change: ${every} listed token is as ${saidBy(files)}.` }];
  }
  const done = rows.filter(({ outcome }) => outcome === 'done').length;
  return [
    ...rows.map(({ change, id, outcome, note }) => {
      const [words, tone] = WORDS[outcome] ?? [outcome, 'warning'];
      const about = id === null ? text`` : text` (${unstyled(id)})`;
      const more = note ? text`: ${note}` : text``;
      const called = shownName(change.action === 'delete' ? change.before : change.name);
      return { text: text`${toned(tone, words)}  ${called}${about}: ${inWords(change)}${more}` };
    }),
    ...left,
    { text: text`` },
    {
      text: text`${unstyled(done)} of ${unstyled(rows.length)} changes were made in organization ${organization}.`,
    },
  ];
}

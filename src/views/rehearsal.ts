import type { PlannedRequest } from '../api/rehearsal.ts';
import { type Column, type Result, tabulate } from '../output/result.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';

const COLUMNS: readonly Column<PlannedRequest>[] = [
  { header: 'Method', cell: ({ method }) => method },
  { header: 'Path', cell: ({ path }) => path },
  { header: 'Body', cell: ({ body }) => (body === undefined ? '' : JSON.stringify(body)) },
];

/** The requests that `--dry-run` did not send, one a line. */
export function requestList(requests: readonly PlannedRequest[]): Result {
  return {
    data: { dry_run: true, requests },
    table: tabulate(COLUMNS, requests),
    human: { kind: 'sentence', text: requests.length === 0 ? NONE : lines(...requests.map(line)) },
  };
}

const NONE: Text = text`Nothing would be sent: there is nothing to change.`;

function line({ method, path, body }: PlannedRequest): Text {
  const shown = body === undefined ? text`` : text` ${JSON.stringify(body)}`;
  return text`${unstyled(method)} ${path}${shown}`;
}

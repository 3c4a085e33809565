import { type Result, tabulate } from '../../output/result.ts';
import { listed, type Text, text, toned, unstyled } from '../../text/text.ts';

/** What is said of a file as a whole. */
interface FileRow {
  readonly organization: string;
  readonly tokens: readonly unknown[];
  readonly absent: readonly unknown[];
}

/** Files that hold no mistake. */
export function validFiles(paths: readonly string[], { organization, tokens, absent }: FileRow): Result {
  const row = { files: paths, valid: true, organization, tokens: tokens.length, absent: absent.length };
  return {
    data: row,
    table: tabulate(
      [
        { header: 'Files', cell: () => paths },
        { header: 'Valid', cell: () => true },
        { header: 'Organization', cell: () => organization },
        { header: 'Tokens', cell: () => String(tokens.length) },
        { header: 'Absent', cell: () => String(absent.length) },
      ],
      [row],
    ),
    human: {
      kind: 'sentence',
      text: text`${listed(paths)} ${toned('done', paths.length === 1 ? 'is valid' : 'are valid')}: ${count(tokens.length, 'token')} of organization ${organization}, ${unstyled(absent.length)} to be absent.`,
    },
  };
}

function count(number: number, noun: string): Text {
  return unstyled(`${number} ${noun}${number === 1 ? '' : 's'}`);
}

/** What files say, as an end of a sentence. */
export function saidBy(paths: readonly string[]): Text {
  return text`${listed(paths)} ${paths.length === 1 ? text`says` : text`say`}`;
}

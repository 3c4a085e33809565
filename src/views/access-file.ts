import { type Result, tabulate } from '../output/result.ts';
import { type Text, text, toned, unstyled } from '../text.ts';

/** What is said of a file as a whole. */
interface FileRow {
  readonly organization: string;
  readonly tokens: readonly unknown[];
  readonly absent: readonly unknown[];
}

/** A file that holds no mistake. */
export function validFile(path: string, { organization, tokens, absent }: FileRow): Result {
  const row = { file: path, valid: true, organization, tokens: tokens.length, absent: absent.length };
  return {
    data: row,
    table: tabulate(
      [
        { header: 'File', cell: () => path },
        { header: 'Valid', cell: () => true },
        { header: 'Organization', cell: () => organization },
        { header: 'Tokens', cell: () => String(tokens.length) },
        { header: 'Absent', cell: () => String(absent.length) },
      ],
      [row],
    ),
    human: {
      kind: 'sentence',
      text: text`${path} ${toned('done', 'is valid')}: ${count(tokens.length, 'token')} of organization ${organization}, ${unstyled(absent.length)} to be absent.`,
    },
  };
}

function count(number: number, noun: string): Text {
  return unstyled(`${number} ${noun}${number === 1 ? '' : 's'}`);
}

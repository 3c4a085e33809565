import { type Result, tabulate } from '../output/result.ts';
import type { Text } from '../text/text.ts';

/**
 * The outcome of a command that changes something and has nothing to list: the official CLI's JSON
 * object, one CSV row of the same values under capitalised headers, and a sentence for people.
 *
 * @param csv the CSV row, headers to values, in their order
 */
export function outcome(
  data: Readonly<Record<string, string>>,
  csv: Readonly<Record<string, string>>,
  sentence: Text,
): Result {
  const columns = Object.keys(csv).map((header) => ({
    header,
    cell: (row: Readonly<Record<string, string>>) => row[header] ?? '',
  }));
  return { data, table: tabulate(columns, [csv]), human: { kind: 'sentence', text: sentence } };
}

import { type Outcome, showing, showingText } from '../cli/outcome.ts';
import type { Result } from '../output/result.ts';

/** IDs as `-q` prints them. */
export function idLines(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join('');
}

/** A result, or with `-q` the IDs of what it shows. */
export function showingOrIds(
  isQuiet: boolean,
  ids: readonly string[],
  result: Result,
  details: Parameters<typeof showing>[1] = {},
): Outcome {
  return isQuiet ? showingText(idLines(ids), details) : showing(result, details);
}

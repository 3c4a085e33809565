import type { AccessChange } from '../api/client.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { describeScope } from '../scope.ts';
import { lines, listed, type Text, type Tone, text, toned } from '../text.ts';

/** What somebody is asked before wildcards are used. */
export interface WildcardQuestion {
  /** What the changes are to the permissions in them. */
  readonly tone: Tone;
  /** What else there is to know. */
  readonly notes: readonly Text[];
  readonly question: Text;
  /** What a no has left undone. */
  readonly refused: Text;
}

/**
 * Shows what wildcards became, and asks. Nothing has been changed.
 *
 * @throws Failure CONFIRMATION_REQUIRED off a terminal, CANCELLED
 */
export async function confirmWildcards(
  changes: readonly AccessChange[],
  { tone, notes, question, refused }: WildcardQuestion,
  context: Context,
): Promise<void> {
  const became = changes.map(
    ({ database, access }) =>
      text`${describeScope(database)}: ${listed(access.map((name) => toned(tone, name)))}`,
  );
  if (!context.io.interactive) {
    throw new Failure(
      'CONFIRMATION_REQUIRED',
      text`cannot confirm what a wildcard stands for (run with --yes to override)`,
      { hint: lines(...became, ...notes) },
    );
  }
  const prompter = await context.prompter();
  if (await prompter.confirm(lines(...became, ...notes, question))) return;
  throw new Failure('CANCELLED', refused);
}

import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { endOf, type Outcome, showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { bar } from '../output/progress.ts';
import type { Result } from '../output/result.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { lines, plain, type Text, text, unstyled } from '../text/text.ts';
import { PRUNE_OUTCOMES, type PrunedTokenRow, pruning } from '../views/pruning.ts';
import { type Pruned, type PrunedToken, pruneTokens } from './prune-tokens.ts';

/** A token that was shown, and what it is by the time it is to be deleted. */
export interface Target {
  readonly token: ServiceToken;
  readonly left: 'matching' | 'no_longer_matches' | 'already_gone';
}

/** Deletes those that still are to be deleted, and answers a row for each with what became of it. */
export async function deleteAll(
  targets: readonly Target[],
  organization: Organization,
  context: Context,
  notes: readonly Text[] = [],
): Promise<Outcome> {
  const ids = targets.flatMap(({ token, left }) => (left === 'matching' ? [token.id] : []));
  context.progress.start(progressOf(0, ids.length));
  const pruned = await pruneTokens(ids, organization, {
    interruption: context.interruption,
    onEvent: ({ done }) => context.progress.update(progressOf(done, ids.length)),
  });
  const { result, failure } = carriedOut(targets, pruned, context);
  return showing(result, { notes, end: endOf(failure) });
}

export function theseTokens(count: number): string {
  return count === 1 ? 'this service token' : `these ${count} service tokens`;
}

function progressOf(done: number, total: number): Text {
  return text`Deleting service tokens ${unstyled(bar(done, total))}`;
}

/** @throws Failure CANCELLED */
export async function confirmDeletion(
  organization: string,
  planned: Result,
  count: number,
  context: Context,
): Promise<void> {
  await context.show({ ...planned, human: { kind: 'table', whenEmpty: text`` } });
  const prompter = await context.prompter();
  const severed = `Anything using ${count === 1 ? 'it' : 'them'} will lose access.`;
  const question = text`Delete ${unstyled(theseTokens(count))} in ${organization}? ${unstyled(severed)}`;
  if (!(await prompter.confirm(question))) throw new Failure('CANCELLED', text`no service token was deleted`);
}

/** The plan with what became of it; a failure beside it where not all of it was done. */
function carriedOut(
  targets: readonly Target[],
  { tokens, stopped }: Pruned,
  context: Context,
): { result: Result; failure?: Failure } {
  const rows = targets.map(({ token, left }): PrunedTokenRow => {
    if (left !== 'matching') return { token, outcome: left };
    const { outcome, failure }: PrunedToken = tokens.get(token.id) ?? { outcome: 'not_tried' };
    const error = failure && { code: failure.code, message: context.redacted(plain(failure.text)) };
    return { token, outcome, error };
  });
  const result = pruning(rows, { applied: true, whenEmpty: text``, after: summary(rows) });
  const left = rows.filter(({ outcome }) => !SETTLED.includes(outcome)).length;
  const [first] = [...tokens.values()].flatMap(({ failure }) => failure ?? []);
  const cause = stopped ?? first;
  if (left === 0 || !cause) return { result };
  const message = text`${left} of ${rows.length} service tokens may still exist`;
  return { result, failure: unfinished(message, cause) };
}

/** An interruption stays one; whatever else went wrong, some of it was tried and failed. */
function unfinished(message: Text, cause: Failure): Failure {
  const advice: Text = text`Run the same command again to delete what is left.`;
  if (cause instanceof Interrupted) return rephrased(cause, lines(cause.text, message), { hint: advice });
  const why = cause.hint ? lines(cause.text, cause.hint) : cause.text;
  return new Failure('COMMAND_FAILED', text`${message}: ${why}`, { hint: advice, cause });
}

/** Outcomes that leave nothing to do. */
const SETTLED: readonly PrunedTokenRow['outcome'][] = ['deleted', 'already_gone', 'no_longer_matches'];

const COUNTED = PRUNE_OUTCOMES.filter((outcome) => outcome !== 'planned');

/** `Of 5 service tokens: 3 deleted, 2 failed.` */
function summary(rows: readonly PrunedTokenRow[]): Text {
  const counts = COUNTED.flatMap((outcome) => {
    const count = rows.filter((row) => row.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome.replaceAll('_', ' ')}`];
  });
  return text`Of ${unstyled(rows.length)} service token${rows.length === 1 ? text`` : text`s`}: ${unstyled(counts.join(', '))}.`;
}

import type { ServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import { Failure, Interrupted, rephrased } from '../errors.ts';
import { type Pruned, type PrunedToken, type PruneOutcome, pruneTokens } from '../operations/prune-tokens.ts';
import { bar } from '../output/progress.ts';
import type { Result } from '../output/result.ts';
import { type PrunedTokenRow, pruning } from '../output/views/pruning.ts';
import { shownId } from '../settings/credentials.ts';
import { lines, plain, type Text, text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { addFilterOptions, FILTER_FLAGS, isFiltering, passes, type TokenFilters } from './token-filters.ts';

interface PruneOptions extends TokenFilters {
  readonly apply?: boolean;
  readonly force?: boolean;
}

export function addPruneCommand(parent: CliCommand): void {
  const command = parent.createCommand('prune');
  command.description(
    'Show which service tokens pass all filters given, and with --apply delete them. The token this command authenticates with is left out.',
  );
  addFilterOptions(command);
  command
    .option('--apply', 'Delete them; without it nothing is deleted')
    .option('--force', 'With --apply: do not ask')
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['prune --unused-for 90d', 'What would be deleted? Nothing is'],
        ['prune --expired --apply --force --format json', 'Delete what has expired, in a cron job'],
      ],
    })
    .handles(() => (context) => runPrune(command.opts<PruneOptions>(), context));
  parent.addCommand(command);
}

export async function runPrune(options: PruneOptions, context: Context): Promise<Result> {
  const { apply = false, force = false } = options;
  if (!isFiltering(options)) {
    throw new Failure('INVALID_USAGE', ['prune needs a filter: which tokens are meant?'], {
      hint: [`Give one or more of ${FILTER_FLAGS.join(', ')}.`],
    });
  }
  const mustAsk = apply && !force;
  if (mustAsk && !context.io.interactive) {
    throw new Failure(
      'CONFIRMATION_REQUIRED',
      ['cannot confirm the deletion of service tokens (run with --force to override)'],
      { hint: ['Without --apply it shows which ones are meant, and deletes nothing.'] },
    );
  }
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Fetching service tokens from org ${organization}`);
  const now = context.clock.now();
  const meant = (await client.listServiceTokens(organization)).filter((token) => passes(token, options, now));
  const inUse = client.serviceTokenInUse?.value;
  const plan = meant.filter(({ id }) => id !== inUse);
  const notes = plan.length === meant.length ? [] : [leftOut(inUse ?? '')];

  const planned = pruning(
    plan.map((token) => ({ token, outcome: 'planned' })),
    { applied: apply, whenEmpty: NOTHING, after: hintToApply(plan.length) },
  );
  if (!apply || plan.length === 0) return { ...planned, notes };
  if (mustAsk) await confirmed(organization, planned, plan.length, context);

  context.progress.start(progressOf(0, plan.length));
  const { interruption, progress } = context;
  const ids = plan.map(({ id }) => id);
  const onProgress = (done: number): void => progress.update(progressOf(done, plan.length));
  const pruned = await pruneTokens(organization, ids, { client, interruption, onProgress });
  return { ...carriedOut(plan, pruned, context), notes };
}

const NOTHING: Text = ['No service token is like that: there is nothing to delete.'];

function leftOut(id: string): Text {
  return text`Note: service token ${shownId(id)} is like that as well. It is left out: this command authenticates with it.`;
}

function theseTokens(count: number): string {
  return count === 1 ? 'this service token' : `these ${count} service tokens`;
}

function hintToApply(count: number): Text {
  return [`Nothing was deleted. To delete ${theseTokens(count)}, add --apply.`];
}

function progressOf(done: number, total: number): Text {
  return [`Deleting service tokens ${bar(done, total)}`];
}

/** @throws Failure CANCELLED */
async function confirmed(
  organization: string,
  planned: Result,
  count: number,
  context: Context,
): Promise<void> {
  await context.show({ ...planned, human: { kind: 'table', whenEmpty: NOTHING } });
  const prompter = await context.prompter();
  const severed = `Connections that use ${count === 1 ? 'it' : 'them'} are severed.`;
  const question = text`Delete ${[theseTokens(count)]} of ${organization}? ${[severed]}`;
  if (!(await prompter.confirm(question))) throw new Failure('CANCELLED', ['no service token was deleted']);
}

/** The plan with what became of it; a failure beside it where not all of it was done. */
function carriedOut(plan: readonly ServiceToken[], { tokens, stopped }: Pruned, context: Context): Result {
  const rows = plan.map((token): PrunedTokenRow => {
    const { outcome, failure }: PrunedToken = tokens.get(token.id) ?? { outcome: 'not_tried' };
    const error = failure && { code: failure.code, message: context.redacted(plain(failure.text)) };
    return { token, outcome, error };
  });
  const result = pruning(rows, { applied: true, whenEmpty: NOTHING, after: summary(rows) });
  const left = rows.filter(({ outcome }) => outcome !== 'deleted' && outcome !== 'already_gone').length;
  const [first] = [...tokens.values()].flatMap(({ failure }) => failure ?? []);
  const cause = stopped ?? first;
  if (left === 0 || !cause) return result;
  const message = text`${left} of ${rows.length} service tokens ${[left === 1 ? 'is' : 'are']} not deleted for certain`;
  return { ...result, failure: unfinished(message, cause) };
}

/** An interruption stays one; whatever else went wrong, some of it was tried and failed. */
function unfinished(message: Text, cause: Failure): Failure {
  const advice: Text = ['Run the same command again to delete what is left.'];
  if (cause instanceof Interrupted) return rephrased(cause, lines(cause.text, message), { hint: advice });
  const why = cause.hint ? lines(cause.text, cause.hint) : cause.text;
  return new Failure('COMMAND_FAILED', text`${message}: ${why}`, { hint: advice, cause });
}

const COUNTED: readonly PruneOutcome[] = ['deleted', 'already_gone', 'failed', 'unknown', 'not_tried'];

/** `Of 5 service tokens: 3 deleted, 2 failed.` */
function summary(rows: readonly PrunedTokenRow[]): Text {
  const counts = COUNTED.flatMap((outcome) => {
    const count = rows.filter((row) => row.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome.replace('_', ' ')}`];
  });
  return [`Of ${rows.length} service token${rows.length === 1 ? '' : 's'}: ${counts.join(', ')}.`];
}

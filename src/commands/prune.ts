import type { ListOptions } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { command } from '../cli/command.ts';
import { switchFlag } from '../cli/declaration.ts';
import { endOf, showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { Failure, Interrupted, rephrased } from '../errors.ts';
import { FILTER_FLAGS, FILTERS, matches, unknownTo } from '../flags/filters.ts';
import { unasked } from '../flags/force.ts';
import { type Pruned, type PrunedToken, pruneTokens } from '../operations/prune-tokens.ts';
import { bar } from '../output/progress.ts';
import type { Result } from '../output/result.ts';
import { shownId } from '../settings/credentials.ts';
import { lines, plain, type Text, text, unstyled } from '../text.ts';
import { PRUNE_OUTCOMES, type PrunedTokenRow, pruning } from '../views/pruning.ts';

export const prune = command({
  name: 'prune',
  description:
    'Show which service tokens match all filters, and with --apply delete them. The token used to authenticate is left out.',
  flags: {
    filters: FILTERS,
    apply: switchFlag('--apply', 'Delete them; without it nothing is deleted'),
    force: unasked('With --apply: do not ask for confirmation'),
  },
  examples: [
    ['prune --unused-for 90d', 'What would be deleted? Nothing is'],
    ['prune --expired --apply --force --format json', 'Delete what has expired, in a cron job'],
  ],
  run: async ({ filters, apply, force }, context) => {
    if (!filters) {
      throw new Failure('INVALID_USAGE', text`prune needs a filter`, {
        hint: text`Use one or more of ${unstyled(FILTER_FLAGS.join(', '))}.`,
      });
    }
    const mustAsk = apply && !force;
    if (mustAsk && !context.io.interactive) {
      throw new Failure(
        'CONFIRMATION_REQUIRED',
        text`cannot confirm the deletion of service tokens (run with --force to override)`,
        { hint: text`Without --apply it shows the tokens that match, and deletes nothing.` },
      );
    }
    const organization = await context.organization();
    context.progress.start(text`Fetching service tokens from org ${organization.name}`);
    const readMatching = async (options: ListOptions = {}): Promise<Matching> => {
      const all = await organization.tokens.list(options);
      const now = context.clock.now();
      return { all, matching: all.filter((token) => matches(token, filters, now)) };
    };
    const { all, matching } = await readMatching();
    const inUse = organization.tokenInUse?.value;
    const plan = matching.filter(({ id }) => id !== inUse);
    const unknown = unknownTo(filters, all, context.clock.now());
    const notes = [
      ...(plan.length === matching.length ? [] : [leftOut(inUse ?? '')]),
      ...(unknown ? [text`Note: ${unknown}. They are not deleted.`] : []),
    ];

    const planned = pruning(
      plan.map((token) => ({ token, outcome: 'planned' })),
      { applied: apply, whenEmpty: NOTHING, after: hintToApply(plan.length) },
    );
    if (!apply || plan.length === 0) return showing(planned, { notes });
    let targets: readonly Target[] = plan.map((token) => ({ token, left: 'matching' }));
    if (mustAsk) {
      await confirmed(organization.name, planned, plan.length, context);
      context.progress.start(text`Fetching service tokens from org ${organization.name}`);
      targets = reviewed(plan, await readMatching({ mustBeWhole: true }));
    }

    const ids = targets.flatMap(({ token, left }) => (left === 'matching' ? [token.id] : []));
    context.progress.start(progressOf(0, ids.length));
    const pruned = await pruneTokens(ids, organization, {
      interruption: context.interruption,
      onEvent: ({ done }) => context.progress.update(progressOf(done, ids.length)),
    });
    const { result, failure } = carriedOut(targets, pruned, context);
    return showing(result, { notes, end: endOf(failure) });
  },
});

interface Matching {
  readonly all: readonly ServiceToken[];
  readonly matching: readonly ServiceToken[];
}

/** A token that was shown, and what it is by the time it is to be deleted. */
interface Target {
  readonly token: ServiceToken;
  readonly left: 'matching' | 'no_longer_matches' | 'already_gone';
}

/** What has become of the tokens while somebody thought about them. */
function reviewed(plan: readonly ServiceToken[], { all, matching }: Matching): Target[] {
  const current = new Map(all.map((token) => [token.id, token]));
  const still = new Set(matching.map(({ id }) => id));
  return plan.map((shown): Target => {
    const token = current.get(shown.id);
    if (!token) return { token: shown, left: 'already_gone' };
    return { token, left: still.has(shown.id) ? 'matching' : 'no_longer_matches' };
  });
}

const NOTHING: Text = text`No service token matches: there is nothing to delete.`;

function leftOut(id: string): Text {
  return text`Note: service token ${shownId(id)} matches as well. It was left out, because it is used to authenticate.`;
}

function theseTokens(count: number): string {
  return count === 1 ? 'this service token' : `these ${count} service tokens`;
}

function hintToApply(count: number): Text {
  return text`Nothing was deleted. To delete ${unstyled(theseTokens(count))}, add --apply.`;
}

function progressOf(done: number, total: number): Text {
  return text`Deleting service tokens ${unstyled(bar(done, total))}`;
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
  const result = pruning(rows, { applied: true, whenEmpty: NOTHING, after: summary(rows) });
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

import type { ListOptions } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { command } from '../cli/command.ts';
import { switchFlag } from '../cli/declaration.ts';
import { showing } from '../cli/outcome.ts';
import { FILTER_FLAGS, FILTERS, matches, timeFor, unknownTo } from '../flags/filters.ts';
import { unasked } from '../flags/force.ts';
import { shownId } from '../settings/credentials.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { confirmDeletion, deleteAll, type Target, theseTokens } from '../tokens/deleting.ts';
import { pruning } from '../views/pruning.ts';

export const prune = command({
  name: 'prune',
  alsoChanges: 'with --apply, deletes tokens',
  endsAccess: true,
  description:
    'Show which service tokens match all filters, and with --apply delete them. The token used to authenticate is left out.',
  flags: {
    filters: FILTERS,
    apply: switchFlag('--apply', 'Delete them; without it nothing is deleted'),
    dryRun: switchFlag('--dry-run', 'The same as without --apply', { isInHelpFlags: true }),
    force: unasked('With --apply: do not ask for confirmation'),
  },
  examples: [
    ['prune --unused-for 90d', 'What would be deleted? Nothing is'],
    ['prune --expired --apply --force --format json', 'Delete what has expired, in a cron job'],
  ],
  run: async ({ filters, apply: isApplied, dryRun, force }, context) => {
    const apply = isApplied && !dryRun;
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
      const now = await timeFor(filters, organization, TIME_UNKNOWN);
      return { all, now, matching: all.filter((token) => matches(token, filters, now)) };
    };
    const { all, now, matching } = await readMatching();
    const inUse = organization.tokenInUse?.value;
    const plan = matching.filter(({ id }) => id !== inUse);
    const unknown = unknownTo(filters, all, now);
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
      await confirmDeletion(organization.name, planned, plan.length, context);
      context.progress.start(text`Fetching service tokens from org ${organization.name}`);
      targets = reviewed(plan, await readMatching({ mustBeWhole: true }));
    }

    return deleteAll(targets, organization, context, notes);
  },
});

interface Matching {
  readonly all: readonly ServiceToken[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly matching: readonly ServiceToken[];
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

/** A machine's own clock is no reason to delete anything. */
const TIME_UNKNOWN = new Failure(
  'INVALID_RESPONSE',
  text`the API's answers do not tell the time, so which service tokens match is not known`,
  { hint: text`Nothing was deleted. --never-used and filters by name or network do not depend on the time.` },
);

const NOTHING: Text = text`No service token matches: there is nothing to delete.`;

function leftOut(id: string): Text {
  return text`Note: service token ${shownId(id)} matches as well. It was left out, because it is used to authenticate.`;
}

function hintToApply(count: number): Text {
  return text`Nothing was deleted. To delete ${unstyled(theseTokens(count))}, add --apply.`;
}

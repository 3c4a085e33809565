import type { Organization } from '../../api/organization.ts';
import { command } from '../../cli/command.ts';
import { endOf, type Outcome, showing } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { making } from '../../delivery/making.ts';
import { STORE } from '../../flags/place.ts';
import { bar } from '../../output/progress.ts';
import { commandLine } from '../../text/command-line.ts';
import { Failure, Interrupted, rephrased } from '../../text/errors.ts';
import { lines, type Text, text, unstyled } from '../../text/text.ts';
import { productionAdvice } from '../../views/grants.ts';
import { type Change, given } from '../access-changes.ts';
import type { Applied, Deliveries } from '../apply.ts';
import { ACCESS_FILES, loadAccessFiles } from '../load.ts';
import type { MadePlan } from '../make-plan.ts';
import { appliedView } from '../views/access-apply.ts';
import { accessPlanView, inWords } from '../views/access-plan.ts';
import { APPROVAL, anotherPlan, LIMITS, unapproved } from './approval.ts';
import { openDeliveries } from './deliveries.ts';
import { planNow, readingTokens, viewOf } from './plan.ts';

export const accessApply = command({
  name: 'apply',
  description: 'Change service tokens to what a file says: exactly the plan that was approved, or nothing.',
  arguments: { files: ACCESS_FILES },
  flags: { approval: APPROVAL, limits: LIMITS, store: STORE },
  changes: true,
  endsAccess: true,
  examples: [
    ['access apply service-tokens.yml', 'See the plan, and decide', 'asks in a terminal'],
    [
      "access apply service-tokens.yml --force -e '{name}.env'",
      'Without a question; each new token in a file of its own',
    ],
  ],
  run: async ({ files: paths, approval, limits, store }, context) => {
    if (approval.kind === 'ask' && !context.io.interactive && !context.isRehearsal) throw unapproved(paths);
    const file = await loadAccessFiles(paths, context);
    const organization = await context.organization();
    const work = readingTokens(organization.name, context);
    const plan = await planNow(file, context, work);
    if (approval.kind === 'digest' && approval.digest !== plan.digest) throw anotherPlan(plan, paths);
    if (plan.changes.length === 0) return nothingToDo(plan, paths, context);
    const isShown = approval.kind === 'ask' && !context.isRehearsal;
    if (isShown)
      await context.show(accessPlanView({ ...(await viewOf(plan, paths, context)), after: text`` }));
    const { refuseMoreThanHeld, refuseUnsafe } = await import('../index.ts');
    refuseUnsafe(plan, limits, organization.tokenInUse?.value);
    const isForced = approval.kind === 'forced' || context.isRehearsal;
    if (!isForced) await confirmShutOut(plan, organization, context);
    const deliveries = await openDeliveries(plan.changes, store, context);
    try {
      await refuseMoreThanHeld(plan.changes, organization);
      if (isShown) await confirm(plan, paths, context, () => planNow(file, context, work));
      return await carryOut(plan, paths, organization, deliveries.of, context);
    } finally {
      await deliveries.close();
    }
  },
});

async function nothingToDo(plan: MadePlan, paths: readonly string[], context: Context): Promise<Outcome> {
  const notes = expiredNotes(plan, await context.organizationName());
  const nothing = { changes: [], failure: undefined };
  return showing(await resultOf(plan, nothing, paths, context), {
    notes,
    end: endOf(undecided(plan, paths, nothing)),
  });
}

/**
 * What leaves out the address that the token in use comes from is asked about, though `--self` was given.
 *
 * @throws Failure CANCELLED, and CONFIRMATION_REQUIRED off a terminal
 */
async function confirmShutOut(plan: MadePlan, organization: Organization, context: Context): Promise<void> {
  const { addressShutOut, shutOut } = await import('../index.ts');
  const [address] = addressShutOut(plan, organization.tokenInUse?.value);
  if (address === undefined) return;
  if (!context.io.interactive) {
    throw new Failure(
      'CONFIRMATION_REQUIRED',
      text`cannot confirm that the token used to authenticate locks itself out`,
      {
        hint: lines(
          shutOut(address),
          text`Nothing was changed. To apply whatever plan is made now, use --force.`,
        ),
      },
    );
  }
  context.warn(shutOut(address));
  const prompter = await context.prompter();
  if (await prompter.confirm(text`Restrict it all the same?`)) return;
  throw new Failure('CANCELLED', text`nothing was changed`);
}

/** @throws Failure CANCELLED, and CONFIRMATION_REQUIRED where the plan is another by the time of the yes */
async function confirm(
  plan: MadePlan,
  paths: readonly string[],
  context: Context,
  planAgain: () => Promise<MadePlan>,
): Promise<void> {
  const prompter = await context.prompter();
  const count =
    plan.changes.length === 1 ? text`this change` : text`these ${unstyled(plan.changes.length)} changes`;
  if (!(await prompter.confirm(text`Make ${count} in ${await context.organizationName()}?`))) {
    throw new Failure('CANCELLED', text`nothing was changed`);
  }
  const again = await planAgain();
  if (again.digest === plan.digest) return;
  await context.show(accessPlanView(await viewOf(again, paths, context)));
  throw new Failure('CONFIRMATION_REQUIRED', text`the plan became another one while you read it`, {
    hint: text`Nothing was changed. Look at the new one above, and run the command again.`,
  });
}

async function carryOut(
  plan: MadePlan,
  paths: readonly string[],
  organization: Organization,
  deliveries: Deliveries,
  context: Context,
): Promise<Outcome> {
  const onChange = (change: Change, done: number, total: number): void => {
    context.progress.start(text`${change.name}: ${inWords(change)} ${unstyled(bar(done, total))}`);
  };
  const work = { ...making(organization, context), onChange, plannedAt: plan.time };
  const { applyChanges } = await import('../index.ts');
  const applied = await applyChanges(plan.changes, organization, deliveries, work);
  const result = await resultOf(plan, applied, paths, context);
  const made = applied.changes.flatMap(({ change, outcome }) => (outcome === 'done' ? [change] : []));
  return showing(result, {
    notes: [
      ...expiredNotes(plan, organization.name),
      ...productionAdvice(given(made).flatMap(({ access }) => access)),
    ],
    end: endOf(
      applied.failure ? unfinished(applied, applied.failure, paths) : undecided(plan, paths, applied),
    ),
  });
}

/** What an apply does not do: whatever has expired stays so. */
function expiredNotes({ reports }: MadePlan, organization: string): Text[] {
  return reports.expired.map(({ name, token }) => {
    const rotate = commandLine('rotate', token.id, '--org', organization);
    return text`Note: ${name} has expired and stays so. Replace it with: ${rotate}`;
  });
}

async function resultOf(plan: MadePlan, applied: Applied, paths: readonly string[], context: Context) {
  const view = await viewOf(plan, paths, context);
  return appliedView({ ...view, changes: applied.changes });
}

/** What is left to decide on, once all else is done. */
function undecided(
  { decisions }: MadePlan,
  paths: readonly string[],
  { changes }: Applied,
): Failure | undefined {
  if (decisions.length === 0) return undefined;
  const plan = commandLine('access', 'plan', ...paths);
  const state = changes.length === 0 ? text`Nothing was changed.` : text`All other changes were made.`;
  return new Failure(
    'COMMAND_FAILED',
    lines(...decisions.map(({ name, reason }) => text`${name} needs a decision: ${reason}`)),
    { hint: text`${state} Plan again with: ${plan}`, nextSteps: [plan] },
  );
}

/** An interruption stays one; whatever else went wrong, a part of the plan may have been made. */
function unfinished({ changes }: Applied, failure: Failure, paths: readonly string[]): Failure {
  const done = changes.filter(({ outcome }) => outcome === 'done').length;
  const plan = commandLine('access', 'plan', ...paths);
  const isUnknown = changes.some(({ outcome }) => outcome === 'unknown');
  const all = changes.length === 1 ? text`The change` : text`None of the ${unstyled(changes.length)} changes`;
  const verb =
    changes.length === 1 ? text`is not known to have been made.` : text`is known to have been made.`;
  const refused = changes.length === 1 ? text`was not made.` : text`was made.`;
  const state =
    done > 0
      ? text`${unstyled(done)} of ${unstyled(changes.length)} changes were made; the digest of this plan is no longer good.`
      : text`${all} ${isUnknown ? verb : refused}`;
  const message = lines(failure.text, state);
  const advice = text`Plan again, and apply what is left: ${plan}`;
  const details = {
    hint: failure.hint ? lines(failure.hint, advice) : advice,
    nextSteps: [...(failure.nextSteps ?? []), plan],
  };
  if (failure instanceof Interrupted) return rephrased(failure, message, details);
  return new Failure('COMMAND_FAILED', message, { ...details, cause: failure });
}

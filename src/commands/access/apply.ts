import { type Change, givenNames } from '../../access-changes.ts';
import type { Applied, Deliveries } from '../../access-file/apply.ts';
import type { Limits } from '../../access-file/check.ts';
import type { MadePlan } from '../../access-file/make-plan.ts';
import type { Organization } from '../../api/organization.ts';
import { command } from '../../cli/command.ts';
import { flagsTogether, valueFlag } from '../../cli/declaration.ts';
import { endOf, type Outcome, showing } from '../../cli/outcome.ts';
import { commandLine } from '../../command-line.ts';
import type { Context } from '../../context.ts';
import { Failure, Interrupted, rephrased } from '../../errors.ts';
import { checkDatabases } from '../../flags/access.ts';
import { ACCESS_FILE, loadAccessFile } from '../../flags/access-file.ts';
import { unasked } from '../../flags/force.ts';
import { type HandOver, openDelivery } from '../../flags/hand-over.ts';
import { isForEachName, STORE, type Store, storeFor } from '../../flags/place.ts';
import { SELF } from '../../flags/token.ts';
import { parseInteger } from '../../integer.ts';
import { bar } from '../../output/progress.ts';
import { lines, plain, type Text, text, unstyled } from '../../text.ts';
import { appliedView } from '../../views/access-apply.ts';
import { accessPlanView, inWords } from '../../views/access-plan.ts';
import { productionAdvice } from '../../views/grants.ts';
import { making } from '../making.ts';
import { planNow, readingTokens, viewOf } from './plan.ts';

const LIMITS = flagsTogether(
  {
    deletions: valueFlag('--max-deletions <count>', 'Delete at most so many tokens; 1 by default', (value) =>
      parseCount('--max-deletions', value),
    ),
    removals: valueFlag(
      '--max-removals <count>',
      'Take away at most so many permissions; 20 by default',
      (value) => parseCount('--max-removals', value),
    ),
    self: SELF,
  },
  ({ deletions = 1, removals = 20, self }): Limits => ({ deletions, removals, self }),
);

/** How a plan has been approved. */
type Approval =
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'forced' }
  | { readonly kind: 'ask' };

const APPROVAL = flagsTogether(
  {
    digest: valueFlag(
      '--plan <digest>',
      'Apply the plan of this digest, as access plan told it, or nothing',
      parseDigest,
    ),
    force: unasked('Apply whatever plan is made now'),
  },
  ({ digest, force }): Approval => {
    if (digest !== undefined && force)
      throw new Failure('INVALID_USAGE', text`Use only one of: --plan, --force.`);
    if (digest !== undefined) return { kind: 'digest', digest };
    return { kind: force ? 'forced' : 'ask' };
  },
);

export const accessApply = command({
  name: 'apply',
  description:
    'Change service tokens to what a file says: exactly the plan that was approved, or nothing. New tokens go to the place that is named, {name} in it being the name of each.',
  arguments: { file: ACCESS_FILE },
  flags: { approval: APPROVAL, limits: LIMITS, store: STORE },
  changes: true,
  endsAccess: true,
  examples: [
    ['access apply service-tokens.yml', 'See the plan, and decide', 'asks in a terminal'],
    [
      'access apply service-tokens.yml --force -e {name}.env',
      'Without a question; each new token in a file of its own',
    ],
  ],
  run: async ({ file: path, approval, limits, store }, context) => {
    if (approval.kind === 'ask' && !context.io.interactive && !context.isRehearsal) throw unapproved(path);
    const file = await loadAccessFile(path, context);
    const organization = await context.organization();
    const work = readingTokens(organization.name, context);
    const plan = await planNow(file, context, work);
    if (approval.kind === 'digest' && approval.digest !== plan.digest) throw anotherPlan(plan, path);
    if (plan.changes.length === 0) return nothingToDo(plan, path, context);
    const isShown = approval.kind === 'ask' && !context.isRehearsal;
    if (isShown)
      await context.show(accessPlanView({ ...(await viewOf(plan, path, context)), after: text`` }));
    const { given, refuseMoreThanHeld, refuseUnsafe } = await import('../../access-file/index.ts');
    refuseUnsafe(plan, limits, organization.tokenInUse?.value);
    const deliveries = await openDeliveries(plan.changes, store, context);
    try {
      await checkDatabases(given(plan.changes), organization, context);
      await refuseMoreThanHeld(plan.changes, organization);
      if (isShown) await confirm(plan, path, context, () => planNow(file, context, work));
      return await carryOut(plan, path, organization, deliveries.of, context);
    } finally {
      await deliveries.close();
    }
  },
});

/** @throws Failure INVALID_USAGE */
function parseCount(flag: string, value: string): number {
  const integer = parseInteger(value);
  if (integer.kind === 'integer') return integer.value;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid ${unstyled(flag)} ${JSON.stringify(value)}: use a whole number`,
  );
}

/** @throws Failure INVALID_USAGE */
function parseDigest(value: string): string {
  if (/^[0-9a-f]{64}$/.test(value)) return value;
  throw new Failure('INVALID_USAGE', text`--plan ${JSON.stringify(value)} is not the digest of a plan`, {
    hint: text`Use the 64 letters and digits that access plan tells. Perhaps a shell variable is empty.`,
  });
}

function unapproved(path: string): Failure {
  const plan = commandLine('access', 'plan', path);
  return new Failure(
    'CONFIRMATION_REQUIRED',
    text`cannot confirm the plan (run with --plan <digest> to apply one)`,
    {
      hint: text`The plan and its digest: ${plan}\nTo apply whatever plan is made now, add --force.`,
      nextSteps: [plan, commandLine('access', 'apply', path, '--plan', '<digest>')],
    },
  );
}

function anotherPlan({ digest, changes }: MadePlan, path: string): Failure {
  const plan = commandLine('access', 'plan', path);
  const now =
    changes.length === 0
      ? text`Now there is nothing left to change.`
      : text`The plan made now has ${changes.length === 1 ? text`1 change` : text`${changes.length} changes`}, and the digest ${digest}.`;
  return new Failure('INVALID_USAGE', text`the plan made now is not the one that was approved`, {
    hint: lines(
      text`Part of that plan was applied, or something has changed since. Nothing was changed now.`,
      now,
      text`Plan again with: ${plan}`,
    ),
    nextSteps: [plan],
  });
}

async function nothingToDo(plan: MadePlan, path: string, context: Context): Promise<Outcome> {
  const { refuseUnsafe } = await import('../../access-file/index.ts');
  refuseUnsafe(plan, { deletions: 0, removals: 0, self: false }, undefined);
  const { organization } = await context.settings();
  const notes = expiredNotes(plan, organization?.value ?? '');
  return showing(await resultOf(plan, { changes: [], failure: undefined }, path, context), { notes });
}

/** @throws Failure CANCELLED, and CONFIRMATION_REQUIRED where the plan is another by the time of the yes */
async function confirm(
  plan: MadePlan,
  path: string,
  context: Context,
  planAgain: () => Promise<MadePlan>,
): Promise<void> {
  const { organization } = await context.settings();
  const prompter = await context.prompter();
  const count =
    plan.changes.length === 1 ? text`this change` : text`these ${unstyled(plan.changes.length)} changes`;
  if (!(await prompter.confirm(text`Make ${count} in ${organization?.value ?? ''}?`))) {
    throw new Failure('CANCELLED', text`nothing was changed`);
  }
  const again = await planAgain();
  if (again.digest === plan.digest) return;
  await context.show(accessPlanView(await viewOf(again, path, context)));
  throw new Failure('CONFIRMATION_REQUIRED', text`the plan became another one while you read it`, {
    hint: text`Nothing was changed. Look at the new one above, and run the command again.`,
  });
}

interface OpenDeliveries {
  readonly of: Deliveries;
  readonly close: () => Promise<void>;
}

/**
 * Opens the places for the secrets of all tokens that are to be created, before any of them is.
 *
 * @throws Failure INVALID_USAGE where there is none, or one for several
 */
async function openDeliveries(
  changes: readonly Change[],
  store: Store | undefined,
  context: Context,
): Promise<OpenDeliveries> {
  const names = changes.flatMap(({ action, name }) => (action === 'create' ? [name] : []));
  if (names.length > 0 && !store) {
    throw new Failure(
      'INVALID_USAGE',
      text`the plan creates ${names.join(', ')}, and there is no place for the secret`,
      {
        hint: text`Nothing was changed. Add -e <path>, or --pipe <form> -- <command>; {name} in it stands for the name.`,
      },
    );
  }
  if (store && names.length > 1 && !isForEachName(store)) {
    throw new Failure(
      'INVALID_USAGE',
      text`the plan creates ${names.length} tokens, and names one place for all`,
      {
        hint: text`Nothing was changed. Put {name} into the path or the command, such as -e {name}.env.`,
      },
    );
  }
  const open = new Map<string, Pick<HandOver, 'deliver' | 'close'>>();
  const close = async (): Promise<void> => {
    for (const { close: closeOne } of open.values()) await closeOne();
  };
  try {
    for (const name of names) if (store) open.set(name, await openDelivery(storeFor(name, store), context));
  } catch (failure) {
    await close();
    throw failure;
  }
  const of: Deliveries = (name) => {
    const delivery = open.get(name);
    if (!delivery) throw new Error(`no place was opened for ${name}`);
    return delivery.deliver;
  };
  return { of, close };
}

async function carryOut(
  plan: MadePlan,
  path: string,
  organization: Organization,
  deliveries: Deliveries,
  context: Context,
): Promise<Outcome> {
  const onChange = (change: Change, done: number, total: number): void => {
    context.progress.start(text`${change.name}: ${inWords(change)} ${unstyled(bar(done, total))}`);
  };
  const work = { ...making(organization, context), onChange };
  const { applyChanges } = await import('../../access-file/index.ts');
  const applied = await applyChanges(plan.changes, organization, deliveries, work);
  const result = await resultOf(plan, applied, path, context);
  const made = applied.changes.flatMap(({ change, outcome }) => (outcome === 'done' ? [change] : []));
  return showing(result, {
    notes: [...expiredNotes(plan, organization.name), ...productionAdvice(givenNames(made))],
    end: endOf(applied.failure && unfinished(applied, applied.failure, path)),
  });
}

/** What an apply does not do: whatever has expired stays so. */
function expiredNotes({ reports }: MadePlan, organization: string): Text[] {
  return reports.expired.map(({ name, token }) => {
    const rotate = commandLine('rotate', token.id, '--org', organization);
    return text`Note: ${name} has expired and stays so. Replace it with: ${rotate}`;
  });
}

async function resultOf(plan: MadePlan, applied: Applied, path: string, context: Context) {
  const view = await viewOf(plan, path, context);
  return appliedView({ ...view, changes: applied.changes, noteOf: (note) => context.redacted(plain(note)) });
}

/** An interruption stays one; whatever else went wrong, a part of the plan may have been made. */
function unfinished({ changes }: Applied, failure: Failure, path: string): Failure {
  const done = changes.filter(({ outcome }) => outcome === 'done').length;
  const plan = commandLine('access', 'plan', path);
  const isUnknown = changes.some(({ outcome }) => outcome === 'unknown');
  const state =
    done === 0 && !isUnknown
      ? text`None of the ${unstyled(changes.length)} changes was made.`
      : text`${unstyled(done)} of ${unstyled(changes.length)} changes were made; the digest of this plan is no longer good.`;
  const message = lines(failure.text, state);
  const advice = text`Plan again, and apply what is left: ${plan}`;
  const details = {
    hint: failure.hint ? lines(failure.hint, advice) : advice,
    nextSteps: [...(failure.nextSteps ?? []), plan],
  };
  if (failure instanceof Interrupted) return rephrased(failure, message, details);
  return new Failure('COMMAND_FAILED', message, { ...details, cause: failure });
}

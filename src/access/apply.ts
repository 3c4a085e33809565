import type { Organization } from '../api/organization.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { lines, type Text, text } from '../text/text.ts';
import { heldAccess, removeAccess } from '../tokens/change-access.ts';
import { deleteToken } from '../tokens/delete-token.ts';
import { grantAccess } from '../tokens/grant-access.ts';
import { type IssueSteps, type IssueWork, issueToken } from '../tokens/issue-token.ts';
import { UpdateUnsupported, updateToken } from '../tokens/update-token.ts';
import { UNFINISHED_FOR, yieldToFirst } from '../tokens/yield-to-first.ts';
import { isSameName } from '../values/token-name.ts';
import { type Change, type GrantChange, namesOf } from './access-changes.ts';
import { unfinishedName } from './access-file.ts';
import { inOrder } from './order.ts';

/** What has become of a change. */
export type ChangeOutcome = 'done' | 'failed' | 'unknown' | 'not_tried';

export interface AppliedChange {
  readonly change: Change;
  readonly outcome: ChangeOutcome;
  /** Of a token that was created. */
  readonly id?: string | undefined;
  /** What else there is to say of it. */
  readonly note?: Text | undefined;
}

export interface Applied {
  /** In the order in which they were to be made. */
  readonly changes: readonly AppliedChange[];
  /** Why it stopped. */
  readonly failure: Failure | undefined;
}

export interface ApplyWork extends IssueWork {
  /** Told before each change. */
  readonly onChange: (change: Change, done: number, total: number) => void;
  /** Milliseconds since the epoch, by the API's clock: when the plan was made. */
  readonly plannedAt: number;
}

/** Hands the secret of a new token over, by the name that the file has for it. */
export type Deliveries = (name: string) => IssueSteps['deliver'];

/** Makes the changes one by one, and stops at the first that fails, or at a signal. */
export async function applyChanges(
  changes: readonly Change[],
  organization: Organization,
  deliveries: Deliveries,
  work: ApplyWork,
): Promise<Applied> {
  const ordered = inOrder(changes, organization.tokenInUse?.value);
  const applied: AppliedChange[] = [];
  for (const [index, change] of ordered.entries()) {
    try {
      work.interruption.signal.throwIfAborted();
      work.onChange(change, index, ordered.length);
    } catch (failure) {
      return stopped(applied, ordered.slice(index), failure);
    }
    try {
      applied.push(await make(change, organization, deliveries, work));
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      applied.push({ change, outcome: isRefusal(failure) ? 'failed' : 'unknown' });
      return stopped(applied, ordered.slice(index + 1), failure);
    }
  }
  return { changes: applied, failure: unsettled(applied) };
}

/** What was gone on behind, and is not known to have been made. */
function unsettled(applied: readonly AppliedChange[]): Failure | undefined {
  const notes = applied.flatMap(({ outcome, note }) => (outcome === 'unknown' && note ? [note] : []));
  return notes.length === 0 ? undefined : new Failure('COMMAND_FAILED', lines(...notes));
}

function stopped(done: readonly AppliedChange[], left: readonly Change[], failure: unknown): Applied {
  if (!(failure instanceof Failure)) throw failure;
  return {
    changes: [...done, ...left.map((change) => ({ change, outcome: 'not_tried' as const }))],
    failure,
  };
}

/** What the API answers where nothing was changed. */
const REFUSALS: readonly Failure['code'][] = [
  'FORBIDDEN',
  'NOT_FOUND',
  'INVALID_REQUEST',
  'RATE_LIMITED',
  'AUTH_INVALID',
];

function isRefusal(failure: Failure): boolean {
  return failure instanceof UpdateUnsupported || REFUSALS.includes(failure.code);
}

async function make(
  change: Change,
  organization: Organization,
  deliveries: Deliveries,
  work: ApplyWork,
): Promise<AppliedChange> {
  switch (change.action) {
    case 'rename':
      await rename(change.id, change.before, change.after, organization, work);
      return { change, outcome: 'done' };
    case 'restrict':
      await updateToken(organization, change.id, { cidrs: change.after }, work);
      return { change, outcome: 'done' };
    case 'grant': {
      await grantAccess(
        organization,
        change.id,
        { database: change.database, access: namesOf(change) },
        work,
      );
      return { change, outcome: 'done' };
    }
    case 'remove':
      return { change, ...(await remove(change, organization)) };
    case 'create':
      return { change, ...(await create(change, organization, deliveries, work)) };
    case 'delete':
      await deleteToken(organization, change.id);
      return { change, outcome: 'done' };
  }
}

/** Gives a token another name; one that the API has made something else of is put back. */
async function rename(
  id: string,
  before: string,
  after: string,
  organization: Organization,
  { clock }: ApplyWork,
): Promise<void> {
  try {
    await updateToken(organization, id, { name: after }, { clock });
  } catch (failure) {
    if (!(failure instanceof Failure) || failure.code !== 'INVALID_RESPONSE') throw failure;
    const isBack = await updateToken(organization, id, { name: before }, { clock }).then(
      () => true,
      () => false,
    );
    const state = isBack ? text`It was named ${before} again.` : text`It may have another name now.`;
    throw rephrased(failure, lines(failure.text, state), {
      hint: failure.hint,
      nextSteps: failure.nextSteps,
    });
  }
}

/** Takes permissions away. A database that is gone is no reason to stop. */
async function remove(
  change: GrantChange,
  organization: Organization,
): Promise<Pick<AppliedChange, 'outcome' | 'note'>> {
  const { id, database } = change;
  const access = namesOf(change);
  try {
    await removeAccess(organization, id, { database, access });
    return { outcome: 'done' };
  } catch (failure) {
    const isMissing = failure instanceof Failure && failure.code === 'NOT_FOUND' && database !== '';
    if (!isMissing || (await isThere(database, organization))) throw failure;
    // The token is there: what it holds can be read. A database that may not be seen looks like one that is gone.
    const held = await heldAccess(organization, id, database);
    return held.some((name) => access.includes(name))
      ? {
          outcome: 'unknown',
          note: text`database ${database} is gone or hidden, and the token still shows this`,
        }
      : { outcome: 'done', note: text`database ${database} is gone, and with it what was held on it` };
  }
}

/** Whether a database is there, as far as the credentials see. */
async function isThere(name: string, { databases }: Organization): Promise<boolean> {
  try {
    await databases.get(name);
    return true;
  } catch (failure) {
    if (failure instanceof Failure && failure.code === 'NOT_FOUND') return false;
    throw failure;
  }
}

/**
 * Makes a token under a name that says that it is not finished, hands it over, and only then gives it its own: so a
 * run that is cut leaves none of the final name whose secret nobody has.
 */
async function create(
  { name, after: { access, cidrs, ttl } }: Extract<Change, { action: 'create' }>,
  organization: Organization,
  deliveries: Deliveries,
  work: ApplyWork,
): Promise<Pick<AppliedChange, 'outcome' | 'id' | 'note'>> {
  const unfinished = unfinishedName(name);
  const { token, doubt, unconfirmed } = await issueToken(
    { name: unfinished, ttl: ttl ?? undefined, cidrs, access },
    organization,
    work,
    {
      // What was unfinished for longer than that was there when the plan was made.
      admit: (token) =>
        yieldToFirst(
          token,
          { names: [name, unfinished], after: work.plannedAt - UNFINISHED_FOR },
          organization,
        ),
      verify: async (issued) => {
        if (isSameName(issued.token.name ?? '', unfinished)) return;
        const shown = issued.token.name ?? '(none)';
        throw new Failure('INVALID_RESPONSE', text`its name is ${shown} instead of ${unfinished}`);
      },
      deliver: deliveries(name),
      // A store may hold its secret: the next apply deletes it, once there is another one.
      keepsDoubtful: true,
    },
  );
  if (doubt) throw keptUnfinished(doubt, token.id, name, organization.name);
  try {
    await rename(token.id, unfinished, name, organization, work);
  } catch (failure) {
    throw failure instanceof Failure ? keptUnfinished(failure, token.id, name, organization.name) : failure;
  }
  // A late API must not cost a good token: the next plan shows what it lacks.
  return { id: token.id, outcome: unconfirmed ? 'unknown' : 'done', note: unconfirmed?.text };
}

/** Whatever the reason, there is a token now: the change was not simply refused. */
function keptUnfinished(failure: Failure, id: string, name: string, organization: string): Failure {
  const handedOver = text`Token ${id} was created for ${name} and may have been handed over, but may still be named ${unfinishedName(name)}. Until it is ten minutes old, the next apply leaves ${name} out.`;
  const remove = commandLine('delete', id, '--org', organization);
  const advice = text`To apply again at once, delete it first: ${remove}`;
  const details = {
    hint: failure.hint ? lines(failure.hint, advice) : advice,
    nextSteps: [...(failure.nextSteps ?? []), remove],
  };
  const message = lines(failure.text, handedOver);
  if (failure instanceof Interrupted) return rephrased(failure, message, details);
  return new Failure('COMMAND_FAILED', message, { ...details, cause: failure });
}

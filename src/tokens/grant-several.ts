import type { AccessChange } from '../api/client.ts';
import { mayHaveBeenDone } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import type { AccessRow } from '../api/schemas.ts';
import { atScope, describeScope } from '../permissions/scope.ts';
import { Failure, rephrased } from '../text/errors.ts';
import { lines, listed, type Text, text } from '../text/text.ts';
import type { Clock } from '../values/clock.ts';
import { removeAccess } from './change-access.ts';
import { type GrantWork, grantAccess, grantToNewToken, isUnknownOutcome } from './grant-access.ts';
import type { Work } from './work.ts';

/** @property done how many changes have been granted */
export interface GrantEvent {
  readonly done: number;
  readonly total: number;
}

export type SeveralWork = GrantWork & Pick<Work<GrantEvent>, 'onEvent'>;

/** Milliseconds that taking grants back may take before they are reported instead. */
const PATIENCE = 5_000;

/**
 * Grants accesses on several resources, and answers what the token then holds. If one of them fails, those that this
 * run made and that were missing before are taken back, so that a token never holds half of what was asked for
 * without anybody being told.
 *
 * @throws Failure of the request that failed, which says what was taken back and what may remain
 */
export async function grantSeveral(
  organization: Organization,
  tokenId: string,
  changes: readonly AccessChange[],
  work: SeveralWork,
): Promise<readonly AccessRow[]> {
  const [only, ...others] = changes;
  if (only && others.length === 0) return grantAccess(organization, tokenId, only, work);
  const before = await heldBefore(organization, tokenId);
  let rows: readonly AccessRow[] = [];
  const made: AccessChange[] = [];
  for (const change of changes) {
    work.onEvent({ done: made.length, total: changes.length });
    try {
      rows = await grantToNewToken(organization, tokenId, change, work);
    } catch (failure) {
      const inDoubt = mayHaveBeenDone(failure) || isUnknownOutcome(failure) ? [change] : [];
      throw await withoutHalf(failure, [...made, ...inDoubt], before, organization, tokenId, work.clock);
    }
    made.push(change);
  }
  return rows;
}

/** What the token holds; undefined for whoever may grant, and not look. */
async function heldBefore(
  { grants }: Organization,
  tokenId: string,
): Promise<readonly AccessRow[] | undefined> {
  try {
    return await grants.rows(tokenId);
  } catch (failure) {
    if (failure instanceof Failure && failure.code === 'FORBIDDEN') return undefined;
    throw failure;
  }
}

/** Takes back what is new of the changes, and answers the failure with what has become of it. */
async function withoutHalf(
  failure: unknown,
  changes: readonly AccessChange[],
  before: readonly AccessRow[] | undefined,
  organization: Organization,
  tokenId: string,
  clock: Clock,
): Promise<unknown> {
  if (!(failure instanceof Failure)) return failure;
  const gone: AccessChange[] = [];
  const left: AccessChange[] = [];
  for (const change of changes) {
    const access = change.access.filter((name) => !isHeld(name, change.database, before ?? []));
    if (access.length === 0) continue;
    // What was held before must stay: where that is not known, nothing is taken away.
    const isGone =
      before !== undefined && (await isTakenBack(organization, tokenId, { ...change, access }, clock));
    (isGone ? gone : left).push({ ...change, access });
  }
  const state = [
    ...(gone.length > 0 ? [text`Rolled back: ${inWords(gone)}.`] : []),
    ...(left.length > 0 ? [text`May remain: ${inWords(left)}.`] : []),
    ...(gone.length + left.length === 0 ? [text`Nothing was granted.`] : []),
  ];
  return rephrased(failure, lines(failure.text, ...state), {
    hint: failure.hint,
    nextSteps: failure.nextSteps,
  });
}

function isHeld(name: string, database: string, rows: readonly AccessRow[]): boolean {
  return rows.some(({ access, resource }) => access === name && atScope(resource, database));
}

/** Has a time limit of its own: the signal that ended the run must not keep what it made. */
async function isTakenBack(
  organization: Organization,
  tokenId: string,
  change: AccessChange,
  clock: Clock,
): Promise<boolean> {
  try {
    await removeAccess(organization, tokenId, change, clock.timeout(PATIENCE));
    return true;
  } catch {
    return false;
  }
}

function inWords(changes: readonly AccessChange[]): Text {
  return listed(changes.map(({ database, access }) => text`${listed(access)} on ${describeScope(database)}`));
}

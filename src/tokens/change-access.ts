import type { AccessChange, ListOptions } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import { accessesAt, describeScope } from '../permissions/scope.ts';
import { Failure, rephrased } from '../text/errors.ts';
import { lines, listed, type Text, text, toned } from '../text/text.ts';
import { deleteForCertain } from './delete-for-certain.ts';
import { type GrantWork, grantAccess } from './grant-access.ts';

/** What is to become of a token's accesses on one resource. */
export interface AccessDifference {
  readonly tokenId: string;
  /** `''` for the organization. */
  readonly database: string;
  readonly additions: readonly string[];
  readonly removals: readonly string[];
}

/**
 * Grants what is new, then removes what is no longer wanted: never does the token hold less than before
 * and after.
 *
 * @throws Failure of the request that failed, which says what was done and what was not
 */
export async function changeAccess(
  { tokenId, database, additions, removals }: AccessDifference,
  organization: Organization,
  work: GrantWork,
): Promise<void> {
  try {
    if (additions.length > 0) {
      await grantAccess(organization, tokenId, { database, access: additions }, work);
    }
  } catch (failure) {
    throw partly(failure, text`May be missing: ${listed(additions.map(granted))}. Nothing was removed.`);
  }
  if (removals.length === 0) return;
  try {
    await removeAccess(organization, tokenId, { database, access: removals });
  } catch (failure) {
    const done: Text =
      additions.length === 0 ? text`Nothing was granted.` : text`Granted: ${listed(additions.map(granted))}.`;
    throw partly(failure, text`${done} May still exist: ${listed(removals.map(removed))}.`);
  }
}

function partly(failure: unknown, state: Text): unknown {
  if (!(failure instanceof Failure)) return failure;
  const { hint, nextSteps } = failure;
  return rephrased(failure, lines(failure.text, state), { hint, nextSteps });
}

/**
 * Takes accesses away.
 *
 * @param signal ends it, in the place of the run's own
 * @throws Failure, also where they may still exist
 */
export function removeAccess(
  organization: Organization,
  tokenId: string,
  change: AccessChange,
  signal?: AbortSignal,
): Promise<void> {
  return deleteForCertain(
    text`${change.access.length === 1 ? text`permission` : text`permissions`} ${listed(change.access)} of token ${tokenId}`,
    (following) => organization.grants.remove(tokenId, change, { ...following, ...(signal && { signal }) }),
    async () => {
      const options = { mustBeWhole: true, signal };
      const held = await heldAccess(organization, tokenId, change.database, options);
      return held.some((name) => change.access.includes(name));
    },
  );
}

/**
 * Takes accesses away on several resources, one after the other.
 *
 * @throws Failure of the request that failed, which says what was removed and what may remain
 */
export async function removeSeveral(
  organization: Organization,
  tokenId: string,
  changes: readonly AccessChange[],
): Promise<void> {
  for (const [done, change] of changes.entries()) {
    try {
      await removeAccess(organization, tokenId, change);
    } catch (failure) {
      if (changes.length === 1) throw failure;
      const gone = changes.slice(0, done).flatMap(({ access }) => access.map(removed));
      const left = changes
        .slice(done)
        .map(({ database, access }) => text`${listed(access.map(removed))} on ${describeScope(database)}`);
      const before = gone.length === 0 ? text`Nothing was removed.` : text`Removed: ${listed(gone)}.`;
      throw partly(failure, text`${before} May still exist: ${listed(left)}.`);
    }
  }
}

/** Names of what a token holds on a database, or with `''` on the organization. */
export async function heldAccess(
  { grants }: Organization,
  tokenId: string,
  database: string,
  options: ListOptions = {},
): Promise<string[]> {
  return accessesAt(await grants.list(tokenId, options), database);
}

function granted(access: string): Text {
  return toned('granted', access);
}

function removed(access: string): Text {
  return toned('removed', access);
}

import { Failure, rephrased } from '../errors.ts';
import { lines, listed, type Text, text } from '../text.ts';
import { type GrantDependencies, grantAccess } from './grant-access.ts';
import { removeAccess } from './remove-access.ts';

/** What is to become of a token's accesses on one resource. */
export interface AccessDifference {
  readonly organization: string;
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
  { organization, tokenId, database, additions, removals }: AccessDifference,
  dependencies: GrantDependencies,
): Promise<void> {
  const { client } = dependencies;
  try {
    if (additions.length > 0) {
      await grantAccess(organization, tokenId, { database, access: additions }, dependencies);
    }
  } catch (failure) {
    throw partly(failure, text`May be missing: ${listed(additions)}. Nothing was removed.`);
  }
  if (removals.length === 0) return;
  try {
    await removeAccess(client, organization, tokenId, { database, access: removals });
  } catch (failure) {
    const done: Text =
      additions.length === 0 ? text`Nothing was granted.` : text`Granted: ${listed(additions)}.`;
    throw partly(failure, text`${done} May still exist: ${listed(removals)}.`);
  }
}

function partly(failure: unknown, state: Text): unknown {
  if (!(failure instanceof Failure)) return failure;
  const { hint, nextSteps } = failure;
  return rephrased(failure, lines(failure.text, state), { hint, nextSteps });
}

import type { Client } from '../api/client.ts';
import { Failure, Interrupted } from '../errors.ts';
import { lines, listed, type Text, text } from '../text.ts';
import { deleteForCertain } from './delete-for-certain.ts';
import { type GrantDependencies, grantAccess } from './grant-access.ts';
import { atScope } from './scope.ts';

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
    throw partly(failure, text`Not granted for certain: ${listed(additions)}. Nothing was removed.`);
  }
  if (removals.length === 0) return;
  try {
    await deleteForCertain(
      text`access ${listed(removals)} of token ${tokenId}`,
      () => client.removeAccess(organization, tokenId, { database, access: removals }),
      async () =>
        (await heldAccess(client, organization, tokenId, database)).some((name) => removals.includes(name)),
    );
  } catch (failure) {
    const done: Text =
      additions.length === 0 ? ['Nothing was granted.'] : text`Granted: ${listed(additions)}.`;
    throw partly(failure, text`${done} Not removed for certain: ${listed(removals)}.`);
  }
}

/** Names of what a token holds on a database, or with `''` on the organization. */
export async function heldAccess(
  client: Client,
  organization: string,
  tokenId: string,
  database: string,
): Promise<string[]> {
  const grants = await client.listGrants(organization, tokenId);
  return grants
    .filter((grant) => atScope({ type: grant.resource_type, name: grant.resource_name }, database))
    .flatMap((grant) => grant.accesses.map(({ access }) => access));
}

function partly(failure: unknown, state: Text): unknown {
  if (!(failure instanceof Failure)) return failure;
  const message = lines(failure.text, state);
  const { hint, nextSteps } = failure;
  const details = { hint, nextSteps, cause: failure };
  return failure instanceof Interrupted
    ? new Interrupted(failure.signal, message, details)
    : new Failure(failure.code, message, details);
}

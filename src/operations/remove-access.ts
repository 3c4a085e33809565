import type { AccessChange, Client } from '../api/client.ts';
import { listed, text } from '../text.ts';
import { deleteForCertain } from './delete-for-certain.ts';
import { atScope } from './scope.ts';

/** Takes accesses away. @throws Failure, also where they may or may not be gone */
export function removeAccess(
  client: Client,
  organization: string,
  tokenId: string,
  change: AccessChange,
): Promise<void> {
  return deleteForCertain(
    text`access ${listed(change.access)} of token ${tokenId}`,
    () => client.removeAccess(organization, tokenId, change),
    async () => {
      const held = await heldAccess(client, organization, tokenId, change.database);
      return held.some((name) => change.access.includes(name));
    },
  );
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

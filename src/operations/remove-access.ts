import type { AccessChange, Client, ListOptions } from '../api/client.ts';
import { listed, text } from '../text.ts';
import { deleteForCertain } from './delete-for-certain.ts';
import { atScope } from './scope.ts';

/** Takes accesses away. @throws Failure, also where they may still exist */
export function removeAccess(
  client: Client,
  organization: string,
  tokenId: string,
  change: AccessChange,
): Promise<void> {
  return deleteForCertain(
    text`${change.access.length === 1 ? text`permission` : text`permissions`} ${listed(change.access)} of token ${tokenId}`,
    (following) => client.removeAccess(organization, tokenId, change, following),
    async () => {
      const held = await heldAccess(client, organization, tokenId, change.database, { mustBeWhole: true });
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
  options: ListOptions = {},
): Promise<string[]> {
  const grants = await client.listGrants(organization, tokenId, options);
  return grants
    .filter((grant) => atScope({ type: grant.resource_type, name: grant.resource_name }, database))
    .flatMap((grant) => grant.accesses.map(({ access }) => access));
}

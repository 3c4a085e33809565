import type { Client } from '../api/client.ts';
import { text } from '../text.ts';
import { deleteForCertain } from './delete-for-certain.ts';

/** Deletes a token. @throws Failure, also where it may still exist */
export function deleteToken(
  client: Client,
  organization: string,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  return deleteForCertain(
    text`token ${id}`,
    (following) => client.deleteServiceToken(organization, id, { ...following, signal }),
    async () => {
      const left = await client.listServiceTokens(organization, { signal, mustBeWhole: true });
      return left.some((token) => token.id === id);
    },
  );
}

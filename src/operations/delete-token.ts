import type { Client } from '../api/client.ts';
import { text } from '../text.ts';
import { deleteForCertain } from './delete-for-certain.ts';

/** Deletes a token for certain. @throws Failure, also where it may or may not be gone */
export function deleteToken(
  client: Client,
  organization: string,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  return deleteForCertain(
    text`token ${id}`,
    () => client.deleteServiceToken(organization, id, signal),
    async () => (await client.listServiceTokens(organization, signal)).some((token) => token.id === id),
  );
}

import type { Organization } from '../api/organization.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { deleteForCertain } from './delete-for-certain.ts';

/** Whether a token is certainly gone; a list that cannot be read proves nothing. */
export async function isGone({ tokens }: Organization, id: string): Promise<boolean> {
  try {
    return (await tokens.list({ mustBeWhole: true })).every((token) => token.id !== id);
  } catch (failure) {
    if (failure instanceof Failure) return false;
    throw failure;
  }
}

/** Deletes a token. @throws Failure, also where it may still exist */
export function deleteToken(organization: Organization, id: string, signal?: AbortSignal): Promise<void> {
  return sendDeletion(organization, id, { signal });
}

/** Makes sure that a token is gone, which others may have deleted. @throws Failure, also where it may still exist */
export function ensureDeleted(organization: Organization, id: string): Promise<void> {
  return sendDeletion(organization, id, { isGoneEnough: true });
}

function sendDeletion(
  { tokens }: Organization,
  id: string,
  { signal, isGoneEnough }: { readonly signal?: AbortSignal | undefined; readonly isGoneEnough?: boolean },
): Promise<void> {
  return deleteForCertain(
    text`token ${id}`,
    (following) => tokens.delete(id, { ...following, signal }),
    async () => {
      const left = await tokens.list({ signal, mustBeWhole: true });
      return left.some((token) => token.id === id);
    },
    isGoneEnough,
  );
}

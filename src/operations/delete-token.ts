import type { Organization } from '../api/organization.ts';
import { text } from '../text.ts';
import { deleteForCertain } from './delete-for-certain.ts';

/** Deletes a token. @throws Failure, also where it may still exist */
export function deleteToken({ tokens }: Organization, id: string, signal?: AbortSignal): Promise<void> {
  return deleteForCertain(
    text`token ${id}`,
    (following) => tokens.delete(id, { ...following, signal }),
    async () => {
      const left = await tokens.list({ signal, mustBeWhole: true });
      return left.some((token) => token.id === id);
    },
  );
}

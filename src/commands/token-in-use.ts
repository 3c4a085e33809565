import type { Client } from '../api/client.ts';
import { Failure } from '../errors.ts';
import { shownId } from '../settings/credentials.ts';
import { describeSource } from '../settings/source.ts';
import { text } from '../text.ts';

/** What help says of the flag that allows it. */
export const SELF_OPTION = ['--self', 'Also if it is the token this command authenticates with'] as const;

/**
 * Refuses to end the service token that requests are made with: what runs next would be locked out.
 * Sends nothing.
 *
 * @param self whether the user said that this is what is wanted
 * @throws Failure INVALID_USAGE
 */
export function refuseTokenInUse(id: string, client: Client, self = false): void {
  const inUse = client.serviceTokenInUse;
  if (self || inUse?.value !== id) return;
  throw new Failure(
    'INVALID_USAGE',
    text`service token ${shownId(id)} is the one this command authenticates with (${describeSource(inUse.source)})`,
    { hint: text`Whatever uses it would be locked out. If that is what you want, add --self.` },
  );
}

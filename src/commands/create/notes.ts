import type { Organization } from '../../api/organization.ts';
import type { CreatedServiceToken, ServiceToken } from '../../api/schemas.ts';
import type { Context } from '../../context.ts';
import { commandLine } from '../../text/command-line.ts';
import { type Text, text, unstyled } from '../../text/text.ts';
import { isSameName } from '../../values/token-name.ts';

/** Milliseconds that a list which is still under way is waited for, once the secret has been delivered. */
const PATIENCE = 1_000;

/**
 * Starts to count the tokens that have a name, for a person at a terminal. What it answers is asked after the creation:
 * a note where there are others than the new token, and none where the list could not be read in time.
 */
export function lookForNamesakes(
  name: string | undefined,
  { tokens }: Organization,
  { io, isRehearsal, clock }: Context,
): (id: string) => Promise<Text[]> {
  if (name === undefined || !io.interactive || isRehearsal) return async () => [];
  const reading = tokens.list().catch((): ServiceToken[] => []);
  return async (id) => {
    const late = new Promise<ServiceToken[]>((resolve) => {
      clock.timeout(PATIENCE).addEventListener('abort', () => resolve([]), { once: true });
    });
    const listed = await Promise.race([reading, late]);
    const others = listed.filter((token) => token.id !== id && isSameName(token.name ?? '', name)).length;
    if (others === 0) return [];
    const are = others === 1 ? text`service token is` : text`service tokens are`;
    return [text`Note: ${unstyled(others)} other ${are} named ${name}: use IDs.`];
  };
}

/** What a person at a terminal may not have meant. @param typed the name that the command line gives */
export function notesOn(
  { id, name, expires_at }: CreatedServiceToken,
  typed: string | undefined,
  { io }: Context,
): Text[] {
  if (!io.interactive || name !== null) return [];
  if (typed === '') return [text`Note: --name is empty, so the token has no name.`];
  if (expires_at !== null) return [];
  const change = commandLine('update', id, '--name', '<name>', '--ttl', '90d');
  return [text`Note: it has no name and never expires. To change that: ${change}`];
}

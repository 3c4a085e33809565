import type { Client } from '../api/client.ts';
import type { CreatedServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { takeBack } from '../operations/take-back.ts';
import { fate, removal } from '../operations/token-fate.ts';
import type { Result } from '../output/result.ts';
import { createdToken } from '../output/views/tokens.ts';
import { lines, type Text, text } from '../text.ts';

/**
 * A token that has just been made, with the secret that is shown this once. Where stdout cannot take it
 * the token is taken back: nobody would have its secret.
 *
 * @param advice what to do with it, for people
 */
export function newToken(
  token: CreatedServiceToken,
  advice: Text,
  { organization, client, context }: { organization: string; client: Client; context: Context },
): Result {
  const label: Text = token.name === null ? text`${token.id}` : text`${token.name}`;
  return {
    ...createdToken(token, {
      before: text`Service token ${label} was created in organization ${organization}.`,
      after: lines(['The token cannot be shown again: store it now.'], advice),
    }),
    onUndelivered: async () => {
      const { clock, interruption } = context;
      const gone = await takeBack(client, organization, token.id, clock, interruption.insistence);
      return new Failure(
        'COMMAND_FAILED',
        lines(['the new token could not be written to stdout'], fate(token.id, gone)),
        removal(organization, token.id, gone),
      );
    },
  };
}

import { withoutCredentials } from '../settings/child-variables.ts';
import type { Environment } from '../settings/environment.ts';
import type { Settings } from '../settings/resolve.ts';
import type { TokenPair } from '../sinks/sink.ts';
import { tokenVariables, type VariableNames } from '../sinks/token-variables.ts';

/**
 * The environment of a command that is run with a token: what this program inherited, without its credentials, and
 * what leads to the same API and organization.
 */
export function childVariables(
  token: TokenPair,
  names: VariableNames | undefined,
  organization: string,
  { apiUrl, noReveal }: Settings,
  { variables }: Environment,
): Record<string, string | undefined> {
  return {
    ...withoutCredentials(variables),
    // What a flag or a file says would be lost on the command.
    ...(apiUrl.source.kind !== 'default' && { PLANETSCALE_API_URL: apiUrl.value.href.replace(/\/$/, '') }),
    PLANETSCALE_ORG: organization,
    // What the user's file says is to hold for the command as well.
    ...(noReveal && { PLANETSCALE_NO_REVEAL: 'true' }),
    ...Object.fromEntries(tokenVariables(token, names)),
  };
}

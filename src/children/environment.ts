import type { Settings } from '../settings/resolve.ts';
import type { Environment } from '../values/environment.ts';
import { withoutCredentials } from './child-variables.ts';

/**
 * The environment of a command that is run for a token: what this program inherited, without its credentials, and
 * what leads to the same API and organization. A token in it is the caller's to add.
 */
export function childVariables(
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
  };
}

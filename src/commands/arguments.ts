import { checkName } from '../api/path.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { holdsSecret } from '../settings/redaction.ts';
import { text } from '../text.ts';

/** The organization in force, fit for a path. @throws Failure NO_ORG, INVALID_USAGE */
export async function organizationOf(context: Context): Promise<string> {
  return checkName((await context.organization()).value, 'organization name');
}

/** @throws Failure INVALID_USAGE for what cannot be a token id, or is plainly a secret */
export function checkTokenId(value: string): string {
  if (holdsSecret(value)) {
    throw new Failure('INVALID_USAGE', text`that is the secret of a token, not its id`, {
      hint: text`Give the 12 letters and digits that list shows; the secret was not sent anywhere.`,
    });
  }
  return checkName(value, 'token id');
}

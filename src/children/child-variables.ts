import { VARIABLES } from '../settings/variables.ts';

/** Credentials that a command which gets its own must not find. */
const CREDENTIALS: readonly string[] = [
  VARIABLES.serviceTokenId,
  VARIABLES.serviceToken,
  VARIABLES.apiToken,
].flatMap(({ environment }) => environment);

/** The variables that a command inherits, without the credentials among them. */
export function withoutCredentials(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !CREDENTIALS.includes(name)));
}

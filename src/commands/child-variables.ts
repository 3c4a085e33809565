/** Credentials that a command which gets its own must not find. */
const CREDENTIALS = [
  'PLANETSCALE_SERVICE_TOKEN_ID',
  'PLANETSCALE_SERVICE_TOKEN_NAME',
  'PLANETSCALE_SERVICE_TOKEN',
  'PLANETSCALE_API_TOKEN',
];

/** The variables that a command inherits, without the credentials among them. */
export function withoutCredentials(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !CREDENTIALS.includes(name)));
}

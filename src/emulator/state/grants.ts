import type { ServiceToken } from './state.ts';

/** What the token may do on `database`, or on the organization where that is null. */
export function accessHeld(token: ServiceToken, database: string | null): readonly string[] {
  return token.grants.find((grant) => grant.database === database)?.access ?? [];
}

/**
 * Adds accesses to those held; what is held already keeps its place. The caller has checked that the
 * names fit the resource.
 */
export function giveAccess(token: ServiceToken, database: string | null, names: readonly string[]): void {
  let grant = token.grants.find((one) => one.database === database);
  if (!grant) {
    grant = { database, access: [] };
    token.grants.push(grant);
  }
  grant.access = [...new Set([...grant.access, ...names])];
}

/** Takes accesses away; a resource on which none is left is forgotten, and with it its place. */
export function takeAccess(token: ServiceToken, database: string | null, names: readonly string[]): void {
  for (const grant of token.grants) {
    if (grant.database === database) grant.access = grant.access.filter((name) => !names.includes(name));
  }
  token.grants = token.grants.filter(({ access }) => access.length > 0);
}

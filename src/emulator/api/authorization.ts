import type { DatabaseAccess, OrganizationAccess } from '../state/access-names.ts';
import { accessHeld } from '../state/grants.ts';
import { forbidden, notFound } from './api-failure.ts';
import type { Caller } from './authentication.ts';

/**
 * What a made token must hold for an operation: any one of the names, on the organization or on the
 * database that the path names. `none` lets every token in; the operation then shows it no more than
 * its own.
 */
export type RequiredAccess =
  | { readonly on: 'none' }
  | { readonly on: 'organization'; readonly anyOf: readonly OrganizationAccess[] }
  | { readonly on: 'database'; readonly anyOf: readonly DatabaseAccess[] };

/**
 * @param database the database that the path names, for operations on one
 * @throws ApiFailure 403 on the organization's level; 404 for a database, which is thereby not shown
 */
export function authorize(caller: Caller, required: RequiredAccess, database: string | undefined): void {
  if (required.on === 'organization' && !holdsAny(caller, null, required.anyOf)) throw forbidden();
  if (required.on !== 'database') return;
  if (database === undefined || !holdsAny(caller, database, required.anyOf)) throw notFound();
}

/** Whether the caller holds one of the accesses on a database, or on the organization where it is null. */
export function holdsAny(caller: Caller, database: string | null, anyOf: readonly string[]): boolean {
  if (caller.kind === 'administrator') return true;
  const held = accessHeld(caller.token, database);
  return anyOf.some((name) => held.includes(name));
}

/** Whether the caller holds all of the accesses there. */
export function holdsAll(caller: Caller, database: string | null, names: readonly string[]): boolean {
  if (caller.kind === 'administrator') return true;
  const held = accessHeld(caller.token, database);
  return names.every((name) => held.includes(name));
}

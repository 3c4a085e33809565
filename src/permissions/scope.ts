import { type Text, text } from '../text/text.ts';

/**
 * Where permissions are held: on a database, by its name, or with `''` on the organization, as the API
 * writes it. No database has an empty name.
 */
export type AccessScope = string;

export const ORGANIZATION_LEVEL: AccessScope = '';

/** The scope in a sentence. */
export function describeScope(scope: AccessScope): Text {
  return scope === ORGANIZATION_LEVEL ? text`the organization` : text`database ${scope}`;
}

/** The flags that name the scope in a command line to be pasted. */
export function scopeFlags(scope: AccessScope): readonly string[] {
  return scope === ORGANIZATION_LEVEL ? ['--organization-level'] : ['--database', scope];
}

/** Whether a resource, as the API names it, is the one of that scope. */
export function atScope(
  resource: { readonly type: string | null; readonly name: string | null } | null,
  scope: AccessScope,
): boolean {
  if (resource === null) return false;
  return scope === ORGANIZATION_LEVEL
    ? resource.type === 'Organization'
    : resource.type === 'Database' && resource.name === scope;
}

/** The names of what is held at a scope, by grants as the API lists them. */
export function accessesAt(
  grants: readonly {
    readonly resource_type: string | null;
    readonly resource_name: string | null;
    readonly accesses: readonly { readonly access: string }[];
  }[],
  scope: AccessScope,
): string[] {
  return grants
    .filter((grant) => atScope({ type: grant.resource_type, name: grant.resource_name }, scope))
    .flatMap(({ accesses }) => accesses.map(({ access }) => access));
}

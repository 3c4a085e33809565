import type { AccessRow, Grant } from '../api/schemas.ts';
import type { GrantRow } from '../output/views/grants.ts';

/** The rows of show-access: what the API answers, access names only. */
export function grantRows(grants: readonly Grant[]): GrantRow[] {
  return grants.map(({ resource_name, resource_type, accesses }) => ({
    resource_name,
    resource_type,
    accesses: accesses.map(({ access }) => access),
  }));
}

/** Rows of one access each, gathered by resource, in the order in which the API first names a resource. */
export function gatheredRows(rows: readonly AccessRow[]): GrantRow[] {
  const byResource = new Map<string, GrantRow & { accesses: string[] }>();
  for (const { access, resource } of rows) {
    const key = JSON.stringify([resource.type, resource.name]);
    const row = byResource.get(key);
    if (row) row.accesses.push(access);
    else
      byResource.set(key, { resource_name: resource.name, resource_type: resource.type, accesses: [access] });
  }
  return [...byResource.values()];
}

import type { Grant } from './schemas.ts';

/** Rows of one resource as one row. Of a resource that the API does not name, each row stays as it is. */
export function unitedGrants(rows: readonly Grant[]): Grant[] {
  const byResource = new Map<string, Grant>();
  for (const row of rows) {
    const { resource_type: type, resource_name: name } = row;
    const key = name === null ? JSON.stringify(row) : JSON.stringify([type, name]);
    const accesses = [...(byResource.get(key)?.accesses ?? []), ...row.accesses];
    const names = new Set(accesses.map(({ access }) => access));
    byResource.set(key, {
      ...(byResource.get(key) ?? row),
      accesses: [...names].map((access) => ({ access })),
    });
  }
  return [...byResource.values()];
}

import type { AccessRow, Grant } from '../api/schemas.ts';
import { type Column, type Result, tabulate } from '../output/result.ts';
import { reachesProductionData } from '../permissions/catalogue.ts';
import { type Text, text } from '../text/text.ts';

/** The accesses held on one resource. */
export interface GrantRow {
  /** Null where the API does not name it. */
  readonly resource_name: string | null;
  readonly resource_type: string | null;
  readonly accesses: readonly string[];
}

/** The columns of the official CLI, in its order. */
const COLUMNS: readonly Column<GrantRow>[] = [
  { header: 'ResourceName', cell: (row) => row.resource_name ?? '', whenEmpty: 'unknown', tone: 'name' },
  { header: 'ResourceType', cell: (row) => row.resource_type ?? '', whenEmpty: 'unknown' },
  { header: 'Accesses', cell: (row) => row.accesses, tone: 'granted' },
];

export function grantsData(rows: readonly GrantRow[]): unknown[] {
  return rows.map(({ resource_name, resource_type, accesses }) => ({
    resource_name,
    resource_type,
    accesses,
  }));
}

export function grantList(tokenId: string, rows: readonly GrantRow[]): Result {
  return {
    data: grantsData(rows),
    table: tabulate(COLUMNS, rows),
    human: { kind: 'table', whenEmpty: text`Service token ${tokenId} has no permissions yet.` },
  };
}

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
    const { type = null, name = null } = resource ?? {};
    const key = JSON.stringify([type, name]);
    const row = byResource.get(key);
    if (row) row.accesses.push(access);
    else byResource.set(key, { resource_name: name, resource_type: type, accesses: [access] });
  }
  return [...byResource.values()];
}

const PRODUCTION_ADVICE: Text = text`Note: connect_production_* lets this token make credentials for production branches. To connect an application to a production database, use the database's connection strings instead.`;

/** What PlanetScale's page advises on accesses that reach production data, if there are such. */
export function productionAdvice(names: readonly string[]): Text[] {
  return names.some(reachesProductionData) ? [PRODUCTION_ADVICE] : [];
}

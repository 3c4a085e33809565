import { type Text, text } from '../../text.ts';
import { type Column, type Result, tabulate } from '../result.ts';

/** The accesses held on one resource. */
export interface GrantRow {
  readonly resource_name: string;
  readonly resource_type: string;
  readonly accesses: readonly string[];
}

/** The columns of the official CLI, in its order. */
const COLUMNS: readonly Column<GrantRow>[] = [
  { header: 'ResourceName', cell: (row) => row.resource_name },
  { header: 'ResourceType', cell: (row) => row.resource_type },
  { header: 'Accesses', cell: (row) => row.accesses },
];

export function grantsData(rows: readonly GrantRow[]): unknown[] {
  return rows.map(({ resource_name, resource_type, accesses }) => ({
    resource_name,
    resource_type,
    accesses,
  }));
}

export function grantList(tokenId: string, rows: readonly GrantRow[], notes: readonly Text[] = []): Result {
  return {
    data: grantsData(rows),
    table: tabulate(COLUMNS, rows),
    human: { kind: 'table', whenEmpty: text`Service token ${tokenId} has no access yet.` },
    notes,
  };
}

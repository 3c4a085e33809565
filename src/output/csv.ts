import { stringify } from 'csv-stringify/sync';
import type { Cell, Table } from './result.ts';

/**
 * CSV as the official CLI writes it, without its extra blank line: Go's quoting, times in Unix
 * milliseconds (0 for none), booleans as words, lists as a JSON array in one cell.
 */
export function renderCsv(table: Table): string {
  const header = table.columns.map((column) => column.header);
  const rows = table.rows.map((row) => row.map(csvCell));
  // Go's encoding/csv also quotes a field that starts with white space, holds a carriage return, or is \.
  return stringify([header, ...rows], { record_delimiter: '\n', quoted_match: /^\s|\r|^\\\.$/ });
}

function csvCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return String(cell);
  if ('time' in cell) return cell.time === null ? '0' : String(Date.parse(cell.time));
  return JSON.stringify(cell);
}

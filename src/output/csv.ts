import { stringify } from 'csv-stringify/sync';
import type { Cell, Table } from './result.ts';

/**
 * What Go's encoding/csv quotes as well: a field that starts with its idea of white space (U+0085 is,
 * U+FEFF is not), holds a carriage return, or is `\.`
 */
const GO_QUOTES = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|\r|^\\\.$/;

/**
 * CSV as the official CLI writes it, without its extra blank line: Go's quoting, times in Unix
 * milliseconds (0 for none), booleans as words, lists as a JSON array in one cell.
 */
export function renderCsv(table: Table): string {
  const header = table.columns.map((column) => column.header);
  const rows = table.rows.map((row) => row.map(csvCell));
  return stringify([header, ...rows], { record_delimiter: '\n', quoted_match: GO_QUOTES });
}

function csvCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return String(cell);
  if ('time' in cell) return cell.time === null ? '0' : String(Date.parse(cell.time));
  if ('words' in cell) return cell.words;
  return JSON.stringify(cell);
}

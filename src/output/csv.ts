import type { Cell, Table } from './result.ts';

/** What Go's encoding/csv quotes; white space is Go's (U+0085 is, U+FEFF is not). */
const GO_QUOTES = /^[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\t\v\f ]|[",\r\n]|^\\\.$/;

/**
 * CSV as the official CLI writes it, without its extra blank line: Go's quoting, times in Unix
 * milliseconds (0 for none), booleans as words, lists as a JSON array in one cell.
 */
export function renderCsv(table: Table): string {
  const header = table.columns.map((column) => column.header);
  const rows = table.rows.map((row) => row.map(csvCell));
  return [header, ...rows].map((row) => `${row.map(quoteAsGo).join(',')}\n`).join('');
}

function quoteAsGo(field: string): string {
  return GO_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function csvCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return String(cell);
  if ('time' in cell) return cell.time === null ? '0' : String(Date.parse(cell.time));
  if ('words' in cell) return cell.words;
  return JSON.stringify(cell);
}

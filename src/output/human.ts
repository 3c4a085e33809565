import Table from 'cli-table3';
import type { Cell, Result, Table as TableData } from './result.ts';
import { type Style, styled } from './style.ts';
import { terminalSafe } from './terminal-safe.ts';
import { relativeTime } from './time.ts';

/** A result for people. `now` (milliseconds) is what relative times are counted from. */
export function renderHuman(result: Result, style: Style, now: number): string {
  const { human, table } = result;
  switch (human.kind) {
    case 'sentence':
      return `${styled(human.text, style)}\n`;
    case 'table': {
      if (table.rows.length === 0) return `${styled(human.whenEmpty, style)}\n`;
      const after = human.after ? `\n${styled(human.after, style)}\n` : '';
      return renderTable(table, human.groupedBy ?? 0, style, now) + after;
    }
    case 'record': {
      const before = human.before ? `${styled(human.before, style)}\n\n` : '';
      const after = human.after ? `\n${styled(human.after, style)}\n` : '';
      return before + renderRecord(table, style, now) + after;
    }
  }
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
};

function renderTable(table: TableData, groupedBy: number, style: Style, now: number): string {
  const head = table.columns.map((column) => style.bold(humanHeader(column.header)));
  const rows = table.rows.map((row) => humanRow(row, table, style, now));
  return drawn([head, ...grouped(rows, groupedBy)]);
}

/** Blanks the leading cells that repeat what stands above them. */
function grouped(rows: readonly string[][], columns: number): string[][] {
  return rows.map((row, index) => {
    const above = rows[index - 1] ?? [];
    const different = row.findIndex((cell, column) => cell !== above[column]);
    return row.map((cell, column) => (column < Math.min(columns, different) ? '' : cell));
  });
}

function renderRecord(table: TableData, style: Style, now: number): string {
  const [row = []] = table.rows;
  const cells = humanRow(row, table, style, now);
  return drawn(
    table.columns.map((column, index) => [style.bold(humanHeader(column.header)), cells[index] ?? '']),
  );
}

/** Two-space indent, three spaces between columns, nothing at line ends that a copy would pick up. */
function drawn(rows: readonly string[][]): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
    .concat('\n');
}

function humanRow(row: readonly Cell[], table: TableData, style: Style, now: number): string[] {
  return row.map((cell, index) => humanCell(cell, now) || style.dim(table.columns[index]?.whenEmpty ?? ''));
}

function humanCell(cell: Cell, now: number): string {
  if (typeof cell === 'string') return terminalSafe(cell);
  if (typeof cell === 'boolean') return cell ? 'Yes' : 'No';
  if ('time' in cell) return cell.time === null ? '' : relativeTime(Date.parse(cell.time), now);
  return terminalSafe(cell.join(', '));
}

/** `LastUsedAt` as people read it: LAST USED AT. */
function humanHeader(header: string): string {
  return header.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
}

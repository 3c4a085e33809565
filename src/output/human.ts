import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Tone } from '../text.ts';
import type { Cell, Result, TableColumn, Table as TableData } from './result.ts';
import { inTone, type Style, styled } from './styled.ts';
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

/** Rows that are drawn at once: cli-table3 takes longer for each the more there are. */
const CHUNK = 50;

/** Milliseconds in which an end is soon. */
const SOON = 7 * 24 * 60 * 60_000;

/** Safe words of a cell, and what they are. */
interface Shown {
  readonly words: string;
  readonly tone: Tone | undefined;
}

/** The rows of what is drawn, each made when it is asked for: of many rows there are never all at once. */
interface Rows {
  readonly count: number;
  readonly at: (index: number) => readonly Shown[];
}

function renderTable(table: TableData, groupedBy: number, style: Style, now: number): string {
  const shown = (index: number): Shown[] => shownRow(table.rows[index] ?? [], table, now);
  const at = (index: number): readonly Shown[] => {
    if (index === 0) return table.columns.map(headOf);
    return groupedBy === 0 || index === 1
      ? shown(index - 1)
      : grouped(shown(index - 1), shown(index - 2), groupedBy);
  };
  return drawn({ count: table.rows.length + 1, at }, style);
}

/** Blanks the leading cells that repeat what stands above them. */
function grouped(row: readonly Shown[], above: readonly Shown[], columns: number): readonly Shown[] {
  const different = row.findIndex(({ words }, column) => words !== above[column]?.words);
  return row.map((cell, column) => (column < Math.min(columns, different) ? BLANK : cell));
}

const BLANK: Shown = { words: '', tone: undefined };

function renderRecord(table: TableData, style: Style, now: number): string {
  const [row = []] = table.rows;
  const cells = shownRow(row, table, now);
  const lines = table.columns.map((column, index) => [headOf(column), cells[index] ?? BLANK]);
  return drawn({ count: lines.length, at: (index) => lines[index] ?? [] }, style);
}

/**
 * Two-space indent, three spaces between columns, nothing at line ends that a copy would pick up. The
 * columns are measured once, all rows together, and the rows drawn some at a time.
 */
function drawn(rows: Rows, style: Style): string {
  const colWidths = widthsOf(rows);
  let output = '';
  for (let start = 0; start < rows.count; start += CHUNK) {
    const table = new Table({
      chars: NO_BORDERS,
      colWidths: [...colWidths],
      // Never drawn, as every cell fits, but measured with each: only ASCII is measured at once.
      truncate: '~',
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    });
    for (let index = start; index < Math.min(start + CHUNK, rows.count); index += 1) {
      table.push(rows.at(index).map(({ words, tone }) => inTone(words, tone, style)));
    }
    const lines = table.toString().split('\n');
    output += lines.map((line) => `  ${line}`.trimEnd().concat('\n')).join('');
  }
  return output;
}

/** Columns that the cells take up, the widest of each column. Nothing is cut: a token is shown once. */
function widthsOf({ count, at }: Rows): number[] {
  const widths: number[] = [];
  for (let index = 0; index < count; index += 1) {
    for (const [column, { words }] of at(index).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, stringWidth(words));
    }
  }
  return widths;
}

function headOf({ header }: TableColumn): Shown {
  return { words: humanHeader(header), tone: 'name' };
}

function shownRow(row: readonly Cell[], { columns }: TableData, now: number): Shown[] {
  return row.map((cell, index): Shown => {
    const words = humanCell(cell, now);
    const column = columns[index];
    if (words === '') return { words: column?.whenEmpty ?? '', tone: 'absent' };
    return { words, tone: toneOfCell(cell, now) ?? column?.tone };
  });
}

function humanCell(cell: Cell, now: number): string {
  if (typeof cell === 'string') return terminalSafe(cell);
  if (typeof cell === 'boolean') return cell ? 'Yes' : 'No';
  if ('time' in cell) {
    if (cell.time === null) return '';
    const when = relativeTime(Date.parse(cell.time), now);
    return cell.detail === undefined ? when : `${when} ${terminalSafe(cell.detail)}`;
  }
  if ('words' in cell) return terminalSafe(cell.words);
  return terminalSafe(cell.join(', '));
}

function toneOfCell(cell: Cell, now: number): Tone | undefined {
  if (typeof cell !== 'object') return undefined;
  if ('words' in cell) return cell.tone;
  if (!('time' in cell) || cell.time === null || !cell.isEnd) return undefined;
  return Date.parse(cell.time) - now <= SOON ? 'warning' : undefined;
}

/** `LastUsedAt` as people read it: LAST USED AT. */
function humanHeader(header: string): string {
  return header.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
}

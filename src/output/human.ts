import Table from 'cli-table3';
import stringWidth from 'string-width';
import { listed, type Text, text } from '../text/text.ts';
import { BLANK, headOf, type Shown, shownRow } from './cells.ts';
import { wrapped } from './fit.ts';
import type { Paragraph, Result, TableColumn, Table as TableData } from './result.ts';
import { inTone, type Style, styled } from './styled.ts';
import { type ColumnNeeds, fitsWhole, fitted, GAP, INDENT } from './table-fit.ts';

/**
 * A result for people.
 *
 * @param now milliseconds that relative times are counted from
 * @param width columns of the terminal, which no table is wider than; undefined for as wide as it is
 */
export function renderHuman(result: Result, style: Style, now: number, width?: number): string {
  const { human, table } = result;
  switch (human.kind) {
    case 'sentence':
      return `${styled(human.text, style)}\n`;
    case 'paragraphs':
      return human.paragraphs.map((paragraph) => paragraphOf(paragraph, style, width)).join('');
    case 'table': {
      if (table.rows.length === 0) return `${styled(human.whenEmpty, style)}\n`;
      const { rows, leftOut } = tableFor(table, human.groupedBy ?? 0, now, style, width);
      const note =
        leftOut.length === 0 ? '' : styled(notShown(leftOut, human.hasColumnsFlag ?? false), style);
      const after = [
        ...(note === '' ? [] : underneath(note, width)),
        ...(human.after ? underneath(styled(human.after, style), width) : []),
      ];
      return after.length === 0 ? rows : `${rows}\n${after.join('\n')}\n`;
    }
    case 'record': {
      const before = human.before ? `${styled(human.before, style)}\n\n` : '';
      const after = human.after ? `\n${styled(human.after, style)}\n` : '';
      const [row = []] = table.rows;
      return before + renderRecord(shownRow(row, table, now, true), table, style, width) + after;
    }
  }
}

/** What goes on in the next line is further in: it may be somebody else's words, and is no line of ours. */
function underneath(words: string, width: number | undefined): string[] {
  if (width === undefined) return [words];
  const [first = '', ...rest] = wrapped(words, Math.max(LEAST_WIDTH, width - INDENT));
  return [first, ...rest.map((row) => `${' '.repeat(INDENT)}${row}`)];
}

/** Columns that what goes on in the next line is further in. */
const CONTINUED = 4;

function paragraphOf(
  { text: words, indent = 0 }: Paragraph,
  style: Style,
  width: number | undefined,
): string {
  const line = styled(words, style);
  const rows =
    width === undefined ? [line] : wrapped(line, Math.max(LEAST_WIDTH, width - indent - CONTINUED));
  return rows
    .map((row, index) => `${' '.repeat(index === 0 ? indent : indent + CONTINUED)}${row.trim()}`.trimEnd())
    .join('\n')
    .concat('\n');
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
  middle: ' '.repeat(GAP),
};

/** Rows that are drawn at once: cli-table3 takes longer for each the more there are. */
const CHUNK = 50;

/** A cell whose words are wrapped is at least that wide, or as wide as it wants to be. */
const LEAST_WIDTH = 12;

/** The rows of what is drawn, each made when it is asked for: of many rows there are never all at once. */
interface Rows {
  readonly count: number;
  readonly at: (index: number) => readonly Shown[];
}

function tableFor(
  table: TableData,
  groupedBy: number,
  now: number,
  style: Style,
  width: number | undefined,
): { readonly rows: string; readonly leftOut: readonly TableColumn[] } {
  const shown = (index: number): Shown[] => shownRow(table.rows[index] ?? [], table, now);
  const at = (index: number): readonly Shown[] => {
    if (index === 0) return table.columns.map(headOf);
    return groupedBy === 0 || index === 1
      ? shown(index - 1)
      : grouped(shown(index - 1), shown(index - 2), groupedBy);
  };
  const rows = { count: table.rows.length + 1, at };
  const widths = widthsOf(rows);
  if (width === undefined || fitsWhole(widths, width)) {
    return { rows: drawn(rows, widths, style), leftOut: [] };
  }
  const fit = fitted(needsOf(table, rows), width);
  switch (fit.kind) {
    case 'records': {
      const records = table.rows.map((_, index) => renderRecord(shown(index), table, style, width));
      return { rows: records.join('\n'), leftOut: [] };
    }
    case 'fitted':
      return {
        rows: drawn(
          narrowed(rows, fit.widths),
          fit.widths.filter((one) => one !== undefined),
          style,
        ),
        leftOut: table.columns.filter((_, index) => fit.widths[index] === undefined),
      };
  }
}

function notShown(columns: readonly TableColumn[], hasColumnsFlag: boolean): Text {
  const names = listed(columns.map((column) => headOf(column).words));
  return hasColumnsFlag
    ? text`Not shown here: ${names}. To show them use --columns, or --wide.`
    : text`Not shown here: ${names}. To show them use --wide.`;
}

/** Blanks the leading cells that repeat what stands above them. */
function grouped(row: readonly Shown[], above: readonly Shown[], columns: number): readonly Shown[] {
  const different = row.findIndex(({ words }, column) => words !== above[column]?.words);
  return row.map((cell, column) => (column < Math.min(columns, different) ? BLANK : cell));
}

function renderRecord(
  cells: readonly Shown[],
  table: TableData,
  style: Style,
  width: number | undefined,
): string {
  const heads = table.columns.map(headOf);
  const head = Math.max(...heads.map(({ words }) => stringWidth(words)));
  const room = width === undefined ? undefined : width - INDENT - head - GAP;
  const rows = heads.map((name, index): readonly Shown[] => {
    const cell = cells[index] ?? BLANK;
    const isWhole = room === undefined || table.columns[index]?.isWhole === 'always';
    return [name, isWhole ? cell : { ...cell, words: wrappedTo(cell.words, Math.max(room, LEAST_WIDTH)) }];
  });
  const all = { count: rows.length, at: (index: number) => rows[index] ?? [] };
  return drawn(all, widthsOf(all), style);
}

/**
 * Two-space indent, three spaces between columns, nothing at line ends that a copy would pick up. The
 * columns are measured once, all rows together, and the rows drawn some at a time.
 */
function drawn(rows: Rows, colWidths: readonly number[], style: Style): string {
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
      table.push(rows.at(index).map((cell) => toned(cell, style)));
    }
    const drawnLines = table.toString().split('\n');
    output += drawnLines.map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd().concat('\n')).join('');
  }
  return output;
}

/** A colour ends with the line that it is in. */
function toned({ words, tone }: Shown, style: Style): string {
  return words
    .split('\n')
    .map((line) => inTone(line, tone, style))
    .join('\n');
}

/** Columns that the cells take up, the widest of each column. Nothing is cut: a token is shown once. */
function widthsOf({ count, at }: Rows): number[] {
  const widths: number[] = [];
  for (let index = 0; index < count; index += 1) {
    for (const [column, { words }] of at(index).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(words));
    }
  }
  return widths;
}

function widthOf(words: string): number {
  return words.includes('\n')
    ? Math.max(...words.split('\n').map((line) => stringWidth(line)))
    : stringWidth(words);
}

function needsOf(table: TableData, { count, at }: Rows): ColumnNeeds[] {
  const heads = table.columns.map((column) => longestWord(headOf(column).words));
  const short = [...heads];
  for (let index = 1; index < count; index += 1) {
    for (const [column, cell] of at(index).entries()) {
      short[column] = Math.max(short[column] ?? 0, stringWidth(cell.short ?? cell.words));
    }
  }
  return table.columns.map(({ isWhole, priority = 0 }, column) => {
    const needed = short[column] ?? 0;
    const wraps = isWhole === undefined && !isMoment(table, column);
    const least = Math.min(needed, Math.max(LEAST_WIDTH, heads[column] ?? 0));
    return { short: needed, least: wraps ? least : needed, priority };
  });
}

/** Times are said in less room instead of being broken. */
function isMoment({ rows }: TableData, column: number): boolean {
  const cell = rows[0]?.[column];
  return typeof cell === 'object' && 'time' in cell;
}

function longestWord(words: string): number {
  return Math.max(...words.split(' ').map((word) => stringWidth(word)));
}

/** The rows in so many columns each; those without a width are left out. */
function narrowed({ count, at }: Rows, widths: readonly (number | undefined)[]): Rows {
  return {
    count,
    at: (index) =>
      at(index).flatMap((cell, column) => {
        const width = widths[column];
        if (width === undefined) return [];
        const words = stringWidth(cell.words) <= width ? cell.words : (cell.short ?? cell.words);
        return [{ ...cell, words: wrappedTo(words, width) }];
      }),
  };
}

function wrappedTo(words: string, width: number): string {
  return stringWidth(words) <= width
    ? words
    : wrapped(words, width)
        .map((line) => line.trim())
        .join('\n');
}

/** What a column needs of a row, in columns of the terminal. */
export interface ColumnNeeds {
  /** The widest cell where cells are said in less room, and the longest word of the header. */
  readonly short: number;
  /** What it can do with, its cells wrapped; {@link short} where none of them may be broken. */
  readonly least: number;
  /** 0 for one that is always shown; of the others those with the highest are left out first. */
  readonly priority: number;
}

/** How a table fits a terminal. */
export type Fit =
  /** A width for each column; none for one that is left out. */
  | { readonly kind: 'fitted'; readonly widths: readonly (number | undefined)[] }
  /** A row is a record, a line a column. */
  | { readonly kind: 'records' };

/** Blanks before a row, and between two columns. */
export const INDENT = 2;
export const GAP = 3;

/** Below that, a table that does not fit as it is becomes a record per row. */
const NARROW = 50;

/**
 * Whether columns of these widths fit a terminal as they are.
 *
 * @param width columns of the terminal
 */
export function fitsWhole(widths: readonly number[], width: number): boolean {
  return sum(widths) <= width - INDENT;
}

/**
 * How columns that do not fit as they are fit a terminal: said in less room, then with wrapped cells, then without
 * those that matter least, and a record per row where not even that is enough.
 *
 * @param width columns of the terminal
 */
export function fitted(columns: readonly ColumnNeeds[], width: number): Fit {
  const room = width - INDENT;
  if (width < NARROW) return { kind: 'records' };
  const shown = new Set(columns.keys());
  for (;;) {
    const left = [...shown].flatMap((index) => columns[index] ?? []);
    if (sum(left.map(({ least }) => least)) <= room)
      return { kind: 'fitted', widths: widthsOf(columns, shown, room) };
    const least = leastImportant(columns, shown);
    if (least === undefined) return { kind: 'records' };
    shown.delete(least);
  }
}

/** The width of a row of such columns. */
function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0) + GAP * Math.max(0, widths.length - 1);
}

function leastImportant(columns: readonly ColumnNeeds[], shown: ReadonlySet<number>): number | undefined {
  let found: number | undefined;
  for (const index of shown) {
    const priority = columns[index]?.priority ?? 0;
    if (priority > 0 && priority >= (columns[found ?? -1]?.priority ?? 1)) found = index;
  }
  return found;
}

/** Each as wide as it wants to be, the widest one made narrower, column by column, until all fit. */
function widthsOf(
  columns: readonly ColumnNeeds[],
  shown: ReadonlySet<number>,
  room: number,
): (number | undefined)[] {
  const widths = columns.map(({ short }, index) => (shown.has(index) ? short : undefined));
  let used = sum(widths.filter((width) => width !== undefined));
  while (used > room) {
    let widest: number | undefined;
    for (const [index, width = 0] of widths.entries()) {
      const canShrink = width > (columns[index]?.least ?? 0);
      if (canShrink && width > (widths[widest ?? -1] ?? 0)) widest = index;
    }
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    used -= 1;
  }
  return widths;
}

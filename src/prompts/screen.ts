import type { OutputStream } from '../output/io.ts';

type Stream = OutputStream['stream'];

/** The terminal's size in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** @param stream one that is no terminal has the size of an old one */
export function sizeOf(stream: Stream): ScreenSize {
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 0;
  const rows = 'rows' in stream && typeof stream.rows === 'number' ? stream.rows : 0;
  return { columns: columns || 80, rows: rows || 24 };
}

/** What a question shows: rows that fit the screen, safe for a terminal. */
export interface Frame {
  /** Rows that are written once where the screen is not the question's own. */
  readonly above: readonly string[];
  readonly rows: readonly string[];
  /** Where the cursor stands among the rows: in the first one where the screen is not the question's own. */
  readonly cursor: { readonly row: number; readonly column: number };
}

/** A part of the terminal that a question is drawn on. */
export interface Surface {
  open(frame: Frame): void;
  draw(frame: Frame): void;
  /** Leaves the place to a shell; it is opened again afterwards. */
  suspend(frame: Frame): void;
  /** Leaves it for good, with these rows in place of the question. */
  close(rows: readonly string[]): void;
}

/**
 * The row of the cursor and those below. What stands above is left alone, although it may be a piece of the question
 * once the terminal has broken rows to a new width: terminals differ in where they put the cursor then, and there may
 * be what nobody can print again.
 */
export function rowsBelow(stream: Stream): Surface {
  const erase = '\r\u001b[J';
  const drawn = ({ rows, cursor }: Frame): string =>
    `${erase}${trimmed(rows)}${up(rows.length - 1)}\r${right(cursor.column)}`;
  return {
    open: (frame) => void stream.write(`${frame.above.map(line).join('')}${drawn(frame)}`),
    draw: (frame) => void stream.write(drawn(frame)),
    suspend: ({ rows: [first = ''] }) => void stream.write(`${erase}${first.trimEnd()}`),
    close: (rows) => void stream.write(`${erase}${rows.map(line).join('')}`),
  };
}

/** The alternate screen, which full-screen programs use: what was on the usual one is there again when they leave it. */
export function wholeScreen(stream: Stream): Surface {
  const enter = '\u001b[?1049h';
  const leave = '\u001b[?1049l';
  const drawn = ({ above, rows, cursor }: Frame): string =>
    `\u001b[2J\u001b[H${trimmed([...above, ...rows])}\u001b[${above.length + cursor.row + 1};${cursor.column + 1}H`;
  return {
    open: (frame) => void stream.write(`${enter}${drawn(frame)}`),
    draw: (frame) => void stream.write(drawn(frame)),
    suspend: () => void stream.write(leave),
    close: (rows) => void stream.write(`${leave}${rows.map(line).join('')}`),
  };
}

/** The rows without the blanks at their ends, which would be copied along with them. */
function trimmed(rows: readonly string[]): string {
  return rows.map((row) => row.trimEnd()).join('\n');
}

function line(row: string): string {
  return `${row.trimEnd()}\n`;
}

function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : '';
}

function right(columns: number): string {
  return columns > 0 ? `\u001b[${columns}C` : '';
}

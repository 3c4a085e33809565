import { terminalSafe } from '../text/terminal-safe.ts';
import type { Tone } from '../text/text.ts';
import { localTime, relativeTime, shortRelativeTime } from '../values/time.ts';
import type { Cell, Moment, TableColumn, Table as TableData } from './result.ts';

/** Milliseconds in which an end is soon. */
const SOON = 7 * 24 * 60 * 60_000;
/** Milliseconds. */
const JUST_NOW = 60_000;

/** Safe words of a cell, and what they are. */
export interface Shown {
  readonly words: string;
  /** The same in less room, where there is a way to say it. */
  readonly short?: string | undefined;
  readonly tone: Tone | undefined;
}

export const BLANK: Shown = { words: '', tone: undefined };

/** What a column is called: `LastUsedAt` as people read it, LAST USED AT; in little room, LAST USED. */
export function headOf({ header }: TableColumn): Shown {
  const words = header.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
  return { words, short: words.replace(/ AT$/, ''), tone: 'name' };
}

/** The cells of a row as people see them. `now`: milliseconds that relative times are counted from. */
export function shownRow(
  row: readonly Cell[],
  { columns }: TableData,
  now: number,
  withLocalTime = false,
): Shown[] {
  return row.map((cell, index): Shown => {
    const shown = shownCell(cell, now, withLocalTime);
    const column = columns[index];
    if (shown.words === '') return { words: column?.whenEmpty ?? '', tone: 'absent' };
    return { ...shown, tone: shown.tone ?? column?.tone };
  });
}

function shownCell(cell: Cell, now: number, withLocalTime: boolean): Shown {
  if (typeof cell === 'string') return { words: terminalSafe(cell), tone: undefined };
  if (typeof cell === 'boolean') return { words: cell ? 'Yes' : 'No', tone: undefined };
  if ('time' in cell) return cell.time === null ? BLANK : shownMoment(cell, cell.time, now, withLocalTime);
  if ('words' in cell) return { words: terminalSafe(cell.words), tone: cell.tone };
  return { words: terminalSafe(cell.join(', ')), tone: undefined };
}

function shownMoment(
  { isEnd = false, detail }: Moment,
  moment: string,
  now: number,
  withLocalTime: boolean,
): Shown {
  const moved = Date.parse(moment);
  // The API tells its time in whole seconds: what has just happened is not yet to come.
  const time = !isEnd && moved > now && moved - now < JUST_NOW ? now : moved;
  const isOver = isEnd && time <= now;
  const words = [
    ...(isOver ? ['expired'] : []),
    relativeTime(time, now),
    ...(withLocalTime ? [`(${localTime(time)})`] : []),
    ...(detail === undefined ? [] : [terminalSafe(detail)]),
  ];
  const short = isOver ? `expired ${shortRelativeTime(time, now)}` : shortRelativeTime(time, now);
  return { words: words.join(' '), short, tone: toneOfEnd(isEnd, time - now) };
}

function toneOfEnd(isEnd: boolean, left: number): Tone | undefined {
  if (!isEnd || left > SOON) return undefined;
  return left <= 0 ? 'failed' : 'warning';
}

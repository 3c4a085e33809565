import stringWidth from 'string-width';
import { clip, strictWidth } from '../output/fit.ts';
import type { Style } from '../output/styled.ts';
import { type ChoiceList, highlighted, shownChoices } from './choice-list.ts';
import type { ScreenSize } from './screen.ts';

/** The words around a list. */
export interface Question {
  /** Its row as it is shown, empty where all of it stands above the list. */
  readonly row: string;
  /** How many rows of it stand above. */
  readonly rowsAbove: number;
}

/** What stays on the screen once the list is closed: the question and, if it was answered, what was chosen. */
export function drawClosed(list: ChoiceList, { row }: Question, screen: ScreenSize, style: Style): string {
  if (list.end !== 'accepted') return row;
  const width = widthOf(screen);
  const chosen = list.checked ? `${list.checked.size} checked` : (highlighted(list)?.label ?? '');
  const answer = style.bold(clip(chosen, width, strictWidth));
  if (row === '') return answer;
  return `${row}${strictWidth(`${row} ${chosen}`) <= width ? ' ' : '\n'}${answer}`;
}

/** The lines of a list that fit the screen: the question, the filter, a window of choices, the keys. */
export function drawList(list: ChoiceList, question: Question, screen: ScreenSize, style: Style): string[] {
  const width = widthOf(screen);
  const shown = shownChoices(list);
  const rows = rowsOf(list, style, width);
  const size = pageSize(question, screen);
  const window = list.showsKeys
    ? allKeys(list)
        .slice(0, size)
        .map((line) => clip(line, width))
    : windowOf(rows, list.cursor, size);
  const count =
    shown.length === list.choices.length ? `${shown.length}` : `${shown.length} of ${list.choices.length}`;
  return [
    ...(question.row === '' ? [] : [question.row]),
    clip(`${filterOf(list)}${list.filter === '' ? '(type to filter)' : ''}  ${count}`, width, strictWidth),
    ...(window.length === 0 ? [clip('  no match', width)] : window),
    // Whole, as far as the screen goes: beside a long name there is little room for it.
    clip(`  ${highlighted(list)?.detail ?? ''}`, width).trimEnd(),
    style.dim(keysOf(list, width)),
  ];
}

/** Where the cursor stands in those lines: behind what has been typed. */
export function filterRow(
  list: ChoiceList,
  { row }: Question,
  screen: ScreenSize,
): { row: number; column: number } {
  const column = Math.min(stringWidth(filterOf(list)), widthOf(screen));
  return { row: row === '' ? 0 : 1, column };
}

function filterOf({ filter }: ChoiceList): string {
  return `Filter: ${filter}`;
}

/** How many lines of choices fit: all but the question, the filter, the detail, the keys and a spare one. */
export function pageSize({ rowsAbove }: Question, { rows }: ScreenSize): number {
  return Math.max(3, rows - 5 - rowsAbove);
}

/** The last column stays free: some terminals begin a new row behind it. */
function widthOf({ columns }: ScreenSize): number {
  return Math.max(10, columns - 1);
}

interface Row {
  readonly text: string;
  /** Index among the shown choices; undefined for the name of a group. */
  readonly index: number | undefined;
}

function rowsOf(list: ChoiceList, style: Style, width: number): Row[] {
  const shown = shownChoices(list);
  const labelWidth = Math.min(
    Math.max(0, ...shown.map(({ label }) => stringWidth(label))),
    Math.floor(width / 2),
  );
  return shown.flatMap((choice, index): Row[] => {
    const isFirst = choice.group !== undefined && choice.group !== shown[index - 1]?.group;
    const mark = list.checked ? (list.checked.has(choice.id) ? '[x] ' : '[ ] ') : '';
    const label = padded(clip(choice.label, labelWidth), labelWidth);
    const line = clip(
      `${index === list.cursor ? '>' : ' '} ${mark}${label}  ${choice.detail}`,
      width,
    ).trimEnd();
    const text = index === list.cursor ? style.bold(line) : line;
    const heading = { text: style.dim(clip(`  ${choice.group ?? ''}`, width)), index: undefined };
    return isFirst ? [heading, { text, index }] : [{ text, index }];
  });
}

/** As many rows as fit, the cursor's among them and, where there is room, the name of its group. */
function windowOf(rows: readonly Row[], cursor: number, size: number): string[] {
  const at = rows.findIndex(({ index }) => index === cursor);
  const start = Math.min(Math.max(0, at - Math.floor(size / 2)), Math.max(0, rows.length - size));
  return rows.slice(start, start + size).map(({ text }) => text);
}

/** Every key, in as many rows as the smallest screen has for them. */
function allKeys({ checked }: ChoiceList): string[] {
  return [
    '  Up Down PgUp PgDn Home End   move',
    ...(checked ? ['  Space    check or uncheck', '  Ctrl-A   check all shown, or none'] : []),
    `  Enter    ${checked ? 'accept' : 'choose'}`,
    '  Esc      clear the filter; cancel',
    '  letters filter, Ctrl-U clears',
  ];
}

/** The keys that matter now, in words as long as there is room for. */
function keysOf({ checked, filter, showsKeys }: ChoiceList, width: number): string {
  if (showsKeys) return clip('Any key goes back', width);
  const leave = filter === '' ? 'cancel' : 'clear';
  const wordings = checked
    ? [
        `Space toggle  Ctrl-A all shown  Enter accept  Esc ${leave}  Up/Down move  ? keys`,
        `Space toggle  ^A all  Enter  Esc ${leave}  ? keys`,
        `Space toggle  ^A all  Enter  Esc ${leave}`,
      ]
    : [`Enter choose  Esc ${leave}  Up/Down move  ? keys`, `Enter choose  Esc ${leave}  ? keys`];
  return wordings.find((wording) => wording.length <= width) ?? clip(wordings.at(-1) ?? '', width);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

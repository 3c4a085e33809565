import stringWidth from 'string-width';
import { clip, clipStart, strictWidth, styledInOneRow } from '../output/fit.ts';
import type { Style } from '../output/styled.ts';
import { terminalSafe } from '../text/terminal-safe.ts';
import type { Text } from '../text/text.ts';
import type { Introduce } from './introduction.ts';
import { isEnter } from './keys.ts';
import { edit, type Line, textOf } from './line.ts';
import type { Answer, Question } from './question.ts';

/** Columns that should be free behind a question. */
const ROOM = 20;

interface Input extends Answer {
  readonly line: Line;
  readonly problem?: Text | undefined;
}

/** A line of text. @param problemOf what is wrong with an answer; undefined lets it through */
export function input(
  introduce: Introduce,
  style: Style,
  problemOf: (answer: string) => Text | undefined,
): Question<Input> {
  return {
    opened: { line: { before: '', after: '' } },
    press: ({ line }, key) => {
      if (isEnter(key)) {
        const problem = problemOf(textOf(line));
        return problem === undefined ? { line, end: 'accepted' } : { line, problem };
      }
      const isEndOfInput = key.ctrl && key.name === 'd' && textOf(line) === '';
      return key.name === 'escape' || isEndOfInput ? { line, end: 'cancelled' } : { line: edit(line, key) };
    },
    draw: ({ line, problem }, screen) => {
      const { above, row } = introduce(screen, ROOM);
      const width = screen.columns - 1;
      const beginning = `${row || '>'} `;
      const room = width - stringWidth(beginning);
      // A line that is longer than its row is shown around the cursor.
      const before = clipStart(
        terminalSafe(line.before),
        room - (line.after === '' ? 0 : Math.min(10, room >> 1)),
      );
      const typed = `${beginning}${before}`;
      const after = clip(terminalSafe(line.after), width - stringWidth(typed), strictWidth);
      const below =
        problem === undefined
          ? style.dim(clip('Enter accept  Esc cancel', width))
          : style.red(styledInOneRow(problem, style, width));
      return { above, rows: [typed + after, below], cursor: { row: 0, column: stringWidth(typed) } };
    },
    drawClosed: ({ line }, screen) => [`${introduce(screen, ROOM).row || '>'} ${terminalSafe(textOf(line))}`],
  };
}

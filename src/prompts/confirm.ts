import stringWidth from 'string-width';
import { clip, strictWidth } from '../output/fit.ts';
import type { Style } from '../output/styled.ts';
import { terminalSafe } from '../text/terminal-safe.ts';
import type { Introduce } from './introduction.ts';
import { isEnter, typedOn } from './keys.ts';
import type { Answer, Question } from './question.ts';

/** Columns of the longest answer that is shown whole. */
const ANSWER_WIDTH = 'yes~'.length;

/** Columns that stand behind the question. */
const ROOM = ' (y/N) '.length + ANSWER_WIDTH;

interface Confirmation extends Answer {
  readonly typed: string;
}

/** A question answered by y or yes and Enter; anything else is a no. The line below it says so. */
export function confirmation(introduce: Introduce, style: Style): Question<Confirmation> {
  const rowOf = (question: string, answer: string): string =>
    `${question && `${question} `}${style.dim('(y/N)')} ${answer}`;
  const shown = ({ typed }: Confirmation): string => clip(terminalSafe(typed), ANSWER_WIDTH, strictWidth);
  return {
    opened: { typed: '' },
    press: (state, key) => {
      if (isEnter(key)) return { ...state, end: 'accepted' };
      if (key.name === 'escape' || (key.ctrl && key.name === 'd')) return { ...state, end: 'cancelled' };
      return { typed: typedOn(state.typed, key) };
    },
    draw: (state, screen) => {
      const { above, row } = introduce(screen, ROOM);
      const answered = rowOf(row, shown(state));
      return {
        above,
        rows: [answered, style.dim('y yes  n no  Enter accept  Esc cancel')],
        cursor: { row: 0, column: stringWidth(answered) },
      };
    },
    drawClosed: (state, screen) => {
      const answer = state.end ? (isYes(state) ? 'y' : 'n') : shown(state);
      return [rowOf(introduce(screen, ROOM).row, answer)];
    },
  };
}

/** The whole answer counts, not its last letter: a line that was pasted by accident ends in one, too. */
export function isYes({ typed, end }: Confirmation): boolean {
  return end === 'accepted' && /^y(es)?$/i.test(typed.trim());
}

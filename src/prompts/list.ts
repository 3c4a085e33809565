import type { Style } from '../output/styled.ts';
import { type ChoiceList, press } from './choice-list.ts';
import { drawClosed, drawList, filterRow, pageSize } from './choice-list-view.ts';
import type { Introduce } from './introduction.ts';
import type { Question } from './question.ts';
import type { ScreenSize } from './screen.ts';

/**
 * A list to choose from. It takes the whole screen, so that no piece of it is left behind however often that is
 * resized; what stays is the question, and what was chosen.
 */
export function listQuestion(introduce: Introduce, style: Style, opened: ChoiceList): Question<ChoiceList> {
  const words = (screen: ScreenSize) => {
    const { above, row } = introduce(screen, 0);
    return { above, question: { row, rowsAbove: above.length } };
  };
  return {
    opened,
    isFullScreen: true,
    press: (list, key, screen) => press(list, key, pageSize(words(screen).question, screen)),
    draw: (list, screen) => {
      const { above, question } = words(screen);
      const rows = drawList(list, question, screen, style);
      return { above, rows, cursor: filterRow(list, question, screen) };
    },
    drawClosed: (list, screen) => {
      const { above, question } = words(screen);
      const closed = drawClosed(list, question, screen, style);
      return closed.trim() === '' ? above : [...above, ...closed.split('\n')];
    },
  };
}

import stringWidth from 'string-width';
import type { Introduce } from './introduction.ts';
import { isEnter, typedOn } from './keys.ts';
import type { Answer, Question } from './question.ts';

interface Hidden extends Answer {
  readonly typed: string;
}

/** A secret that is typed or pasted: nothing of it, not even its length, comes to stand on the screen. */
export function hiddenInput(introduce: Introduce): Question<Hidden> {
  return {
    opened: { typed: '' },
    press: ({ typed }, key) => {
      if (isEnter(key)) return { typed, end: 'accepted' };
      if (key.name === 'escape' || (key.ctrl && key.name === 'd')) return { typed, end: 'cancelled' };
      return { typed: typedOn(typed, key) };
    },
    draw: (_, screen) => {
      const { above, row } = introduce(screen, 1);
      return { above, rows: [row], cursor: { row: 0, column: stringWidth(row) + 1 } };
    },
    drawClosed: (_, screen) => [introduce(screen, 1).row],
  };
}

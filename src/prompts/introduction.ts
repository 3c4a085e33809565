import { strictWidth, wrapped } from '../output/fit.ts';
import { type Style, styled } from '../output/styled.ts';
import type { Text } from '../text/text.ts';
import type { ScreenSize } from './screen.ts';

/** The words of a question: rows that stand above the answer, and those in its row, empty where it has a row of its own. */
export interface Introduction {
  readonly above: readonly string[];
  readonly row: string;
}

/** @param room columns for the answer in the row of the question */
export type Introduce = (screen: ScreenSize, room: number) => Introduction;

/** How a question is laid out on a screen. The last column stays free: some terminals begin a new row behind it. */
export function introduction(question: Text, style: Style): Introduce {
  return ({ columns }, room) => {
    const width = Math.max(room, columns - 1);
    const rows = styled(question, style)
      .split('\n')
      .flatMap((line) => wrapped(line, width));
    const last = rows.at(-1) ?? '';
    const shares = strictWidth(last) + room <= width;
    return shares ? { above: rows.slice(0, -1), row: last } : { above: rows, row: '' };
  };
}

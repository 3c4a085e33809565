import { createPrompt, useState } from '@inquirer/core';
import { type ChoiceList, press } from './choice-list.ts';
import { drawClosed, drawList, pageSize } from './choice-list-view.ts';
import { type PromptConfig, useEnd, useScreenSize } from './prompt-hooks.ts';

interface ListConfig extends PromptConfig {
  /** How many rows of the question stand above the list. */
  readonly rowsAbove: number;
  readonly list: ChoiceList;
}

/** A list in a terminal; answers it as it was when it was accepted or cancelled. */
export const listPrompt = createPrompt<ChoiceList, ListConfig>(
  ({ question: row, rowsAbove, list: opened, output, style, signal }, done) => {
    const question = { row, rowsAbove };
    const [list, setList] = useState(opened);
    const screen = useScreenSize(output, (size) => drawList(list, question, size, style).length - 1);
    const end = useEnd<ChoiceList>(done, { ...opened, end: 'cancelled' }, signal, (key, line, settle) => {
      // The library echoes what is typed into its own line, which this prompt draws itself.
      line.clearLine(0);
      const next = press(list, key, pageSize(question, screen));
      setList(next);
      if (next.end) settle(next);
    });
    if (end !== undefined)
      return drawClosed(end === 'interrupted' ? list : end.answer, question, screen, style);
    const [first = '', ...rest] = drawList(list, question, screen, style);
    return [first, rest.join('\n')];
  },
);

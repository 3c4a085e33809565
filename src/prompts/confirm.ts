import { createPrompt, useState } from '@inquirer/core';
import { clip, strictWidth } from '../output/fit.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { type PromptConfig, useEnd, useScreenSize } from './prompt-hooks.ts';
import { isEnter, typedOn } from './typing.ts';

/** Columns of the longest answer that is shown whole. */
const ANSWER_WIDTH = 'yes~'.length;

/** Columns that stand behind the question. */
export const CONFIRM_ROOM = ' (y/N) '.length + ANSWER_WIDTH;

/** A question answered by y or yes and Enter; anything else is a no. The line below it says so. */
export const confirmPrompt = createPrompt<boolean, PromptConfig>(
  ({ question, style, output, signal }, done) => {
    const [typed, setTyped] = useState('');
    useScreenSize(output, () => 1);
    const end = useEnd<boolean>(done, false, signal, (key, line, settle) => {
      // The library's own line could grow longer than the screen.
      line.clearLine(0);
      // The whole answer counts, not its last letter: a line that was pasted by accident ends in one, too.
      if (isEnter(key)) settle(/^y(es)?$/i.test(typed.trim()));
      else if (key.name === 'escape') settle(false);
      else setTyped(typedOn(typed, key));
    });
    const answered = end !== undefined && end !== 'interrupted';
    const answer = answered ? (end.answer ? 'y' : 'n') : clip(terminalSafe(typed), ANSWER_WIDTH, strictWidth);
    const row = `${question && `${question} `}${style.dim('(y/N)')} ${answer}`;
    return end === undefined ? [row, style.dim('y yes  n no  Enter accept  Esc cancel')] : row;
  },
);

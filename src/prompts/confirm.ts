import { createPrompt, isEnterKey, useEffect, useKeypress, useState } from '@inquirer/core';
import type { Style } from '../output/style.ts';
import { terminalSafe } from '../output/terminal-safe.ts';

interface ConfirmConfig {
  readonly question: string;
  readonly style: Style;
}

/** A question answered by y or yes and Enter; anything else is a no. The line below it says so. */
export const confirmPrompt = createPrompt<boolean, ConfirmConfig>(({ question, style }, done) => {
  const [answer, setAnswer] = useState('');
  const [settled, setSettled] = useState(false);
  const settle = (yes: boolean): void => {
    setAnswer(yes ? 'y' : 'n');
    setSettled(true);
    done(yes);
  };
  // Ctrl-D ends the input: nobody would ever answer.
  useEffect((readline) => {
    readline.on('close', () => settle(false));
  }, []);
  useKeypress((key, readline) => {
    // The whole answer counts, not its last letter: a line that was pasted by accident ends in one, too.
    if (isEnterKey(key)) settle(/^y(es)?$/i.test(answer.trim()));
    else if (key.name === 'escape') settle(false);
    else setAnswer(readline.line);
  });
  const line = `${question} ${style.dim('(y/N)')} ${terminalSafe(answer)}`;
  return settled ? line : [line, style.dim('y yes  n no  Enter accept  Esc cancel')];
});

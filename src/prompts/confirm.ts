import { createPrompt, isBackspaceKey, isEnterKey, useKeypress, useState } from '@inquirer/core';
import type { Style } from '../output/style.ts';

interface ConfirmConfig {
  readonly question: string;
  readonly style: Style;
}

type Answer = '' | 'y' | 'n';

/** A question answered by y or n and Enter. The line below it says so. */
export const confirmPrompt = createPrompt<boolean, ConfirmConfig>(({ question, style }, done) => {
  const [answer, setAnswer] = useState<Answer>('');
  const [settled, setSettled] = useState(false);
  const settle = (yes: boolean): void => {
    setAnswer(yes ? 'y' : 'n');
    setSettled(true);
    done(yes);
  };
  useKeypress((key, readline) => {
    // The library echoes what is typed into its own line, which this prompt draws itself.
    readline.clearLine(0);
    if (isEnterKey(key)) settle(answer === 'y');
    else if (key.name === 'escape') settle(false);
    else if (isBackspaceKey(key)) setAnswer('');
    else if (key.name === 'y' || key.name === 'n') setAnswer(key.name);
  });
  const line = `${question} ${style.dim('(y/N)')} ${answer}`;
  return settled ? line : [line, style.dim('y yes  n no  Enter accept  Esc cancel')];
});

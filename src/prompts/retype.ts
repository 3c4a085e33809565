import { createPrompt, isEnterKey, useKeypress, useState } from '@inquirer/core';
import type { Style } from '../output/style.ts';
import { terminalSafe } from '../output/terminal-safe.ts';

interface RetypeConfig {
  readonly question: string;
  readonly expected: string;
  readonly style: Style;
}

/** Asks to type a given text, for what cannot be undone. Answers whether it was typed. */
export const retypePrompt = createPrompt<boolean, RetypeConfig>(({ question, expected, style }, done) => {
  const [typed, setTyped] = useState('');
  const [settled, setSettled] = useState(false);
  const settle = (matches: boolean): void => {
    setSettled(true);
    done(matches);
  };
  useKeypress((key, readline) => {
    if (isEnterKey(key)) settle(typed.trim() === expected);
    else if (key.name === 'escape') settle(false);
    else setTyped(readline.line);
  });
  const line = `${question} ${terminalSafe(typed)}`;
  return settled ? line : [line, style.dim('Enter accept · Esc cancel')];
});

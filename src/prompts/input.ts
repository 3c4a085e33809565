import { createPrompt, isEnterKey, useEffect, useKeypress, useState } from '@inquirer/core';
import type { Style } from '../output/style.ts';
import { terminalSafe } from '../output/terminal-safe.ts';

interface InputConfig {
  readonly question: string;
  readonly style: Style;
  /** What is wrong with an answer; undefined lets it through. */
  readonly problemOf: (answer: string) => string | undefined;
}

/** A line of text; undefined on Escape. */
export const inputPrompt = createPrompt<string | undefined, InputConfig>(
  ({ question, style, problemOf }, done) => {
    const [typed, setTyped] = useState('');
    const [problem, setProblem] = useState('');
    const [settled, setSettled] = useState(false);
    const settle = (answer: string | undefined): void => {
      setSettled(true);
      done(answer);
    };
    // Ctrl-D ends the input: nobody would ever answer.
    useEffect((readline) => {
      readline.on('close', () => settle(undefined));
    }, []);
    useKeypress((key, readline) => {
      if (isEnterKey(key)) {
        const found = problemOf(typed);
        if (found === undefined) settle(typed);
        else {
          // Enter emptied the library's line: what was typed stays to be mended.
          readline.write(typed);
          setProblem(found);
        }
      } else if (key.name === 'escape') settle(undefined);
      else {
        setProblem('');
        setTyped(readline.line);
      }
    });
    const line = `${question} ${terminalSafe(typed)}`;
    const below = problem === '' ? style.dim('Enter accept  Esc cancel') : style.red(problem);
    return settled ? line : [line, below];
  },
);

import { createPrompt, useState } from '@inquirer/core';
import { clip, strictWidth, styledInOneRow } from '../output/fit.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import type { Text } from '../text.ts';
import { type PromptConfig, useEnd, useScreenSize } from './prompt-hooks.ts';
import { isEnter } from './typing.ts';

/** Columns that should be free behind a question. */
export const INPUT_ROOM = 20;

interface InputConfig extends PromptConfig {
  /** What is wrong with an answer; undefined lets it through. */
  readonly problemOf: (answer: string) => Text | undefined;
}

/** A line of text; undefined on Escape. */
export const inputPrompt = createPrompt<string | undefined, InputConfig>(
  ({ question, style, output, signal, problemOf }, done) => {
    const [typed, setTyped] = useState('');
    const [problem, setProblem] = useState<Text | undefined>(undefined);
    const { columns } = useScreenSize(output, () => 1);
    const end = useEnd<string | undefined>(done, undefined, signal, (key, line, settle) => {
      if (isEnter(key)) {
        const found = problemOf(typed);
        if (found === undefined) settle(typed);
        else {
          // Enter emptied the library's line: what was typed stays to be mended.
          line.write(typed);
          setProblem(found);
        }
      } else if (key.name === 'escape') settle(undefined);
      else {
        setProblem(undefined);
        setTyped(line.line);
      }
    });
    // The library puts a line break behind a row that holds nothing.
    const row = `${question || '>'} ${terminalSafe(typed)}`;
    // Below a line that is longer than the screen, or not in simple characters, the library loses its place.
    if (end !== undefined || strictWidth(row) >= columns) return row;
    const width = columns - 1;
    const keys = style.dim(clip('Enter accept  Esc cancel', width));
    return [row, problem === undefined ? keys : style.red(styledInOneRow(problem, style, width))];
  },
);

import { AbortPromptError, CancelPromptError, ExitPromptError } from '@inquirer/core';
import { Failure, Interrupted } from '../errors.ts';
import type { Io } from '../output/io.ts';
import { type Style, styled } from '../output/style.ts';
import type { Text } from '../text.ts';
import { confirmPrompt } from './confirm.ts';
import { retypePrompt } from './retype.ts';

/** Asks the person at the terminal. Questions are drawn on stderr, so that stdout stays the result's. */
export interface Prompter {
  /** Yes or no, no being what a bare Enter means. Escape is a no. @throws Interrupted on Ctrl-C */
  confirm(question: Text): Promise<boolean>;
  /** Whether the person typed `expected`: for what cannot be undone. Escape is a no. @throws Interrupted */
  retype(question: Text, expected: string): Promise<boolean>;
}

/**
 * @param signal ends a question with its reason
 * @throws Failure TTY_REQUIRED where nobody can be asked
 */
export function createPrompter(io: Io, style: Style, signal: AbortSignal): Prompter {
  if (!io.interactive) throw new Failure('TTY_REQUIRED', ['this needs a terminal to ask its questions in']);
  const streams = { input: io.stdin, output: io.stderr.stream, signal };
  return {
    confirm: (question) =>
      answered(confirmPrompt({ question: styled(question, style), style }, streams), signal),
    retype: (question, expected) =>
      answered(retypePrompt({ question: styled(question, style), expected, style }, streams), signal),
  };
}

async function answered(answer: Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AbortPromptError && signal.aborted) throw signal.reason;
    if (error instanceof ExitPromptError) throw new Interrupted('SIGINT', undefined, { cause: error });
    if (error instanceof CancelPromptError) return false;
    throw error;
  }
}

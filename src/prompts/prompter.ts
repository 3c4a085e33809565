import { AbortPromptError, CancelPromptError, ExitPromptError } from '@inquirer/core';
import { Failure, Interrupted } from '../errors.ts';
import { enterAlternateScreen, leaveAlternateScreen } from '../output/alternate-screen.ts';
import { strictWidth, wrapped } from '../output/fit.ts';
import type { Io } from '../output/io.ts';
import { type Style, styled } from '../output/styled.ts';
import { terminalSafe } from '../output/terminal-safe.ts';
import { type Text, text } from '../text.ts';
import { type Choice, type ChoiceList, highlighted, openList } from './choice-list.ts';
import { drawClosed } from './choice-list-view.ts';
import { CONFIRM_ROOM, confirmPrompt } from './confirm.ts';
import { askHidden } from './hidden.ts';
import { INPUT_ROOM, inputPrompt } from './input.ts';
import { listPrompt } from './list-prompt.ts';
import { sizeOf } from './prompt-hooks.ts';

export type { Choice } from './choice-list.ts';

/** Asks the person at the terminal. Questions are drawn on stderr, so that stdout stays the result's. */
export interface Prompter {
  /** Yes or no, no being what a bare Enter means. Escape is a no. @throws Interrupted on Ctrl-C */
  confirm(question: Text): Promise<boolean>;
  /** Whether the person typed `expected`: for what cannot be undone. Escape is a no. @throws Interrupted */
  retype(question: Text, expected: string): Promise<boolean>;
  /** A line of text that `problemOf` has nothing to say against. @throws Failure CANCELLED, Interrupted */
  ask(question: Text, problemOf: (answer: string) => Text | undefined): Promise<string>;
  /** A secret, of which nothing is shown. @throws Failure CANCELLED, Interrupted on Ctrl-C */
  askSecret(question: Text): Promise<string>;
  /** One of the choices. @throws Failure CANCELLED on Escape, Interrupted on Ctrl-C */
  choose(question: Text, choices: readonly Choice[]): Promise<string>;
  /** The ids of those that are checked in the end, in the order of the choices. @throws as above */
  check(question: Text, choices: readonly Choice[], checked: readonly string[]): Promise<string[]>;
}

/** Where a person is asked. @throws Failure TTY_REQUIRED where nobody can be */
export function asksFrom(io: Io): { input: Io['stdin']; output: Io['stderr']['stream'] } {
  if (!io.interactive) throw new Failure('TTY_REQUIRED', text`this command requires an interactive terminal`);
  return { input: io.stdin, output: io.stderr.stream };
}

/**
 * Questions that are drawn on the screen, and drawn again with each key.
 *
 * @param signal ends a question with its reason
 * @throws Failure TTY_REQUIRED where nobody can be asked
 */
export function createPrompter(io: Io, style: Style, signal: AbortSignal): Prompter {
  const streams = { ...asksFrom(io), signal };

  async function settled<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof AbortPromptError && signal.aborted) throw signal.reason;
      if (error instanceof ExitPromptError) throw new Interrupted('SIGINT', undefined, { cause: error });
      throw error;
    }
  }

  /** A yes-or-no question; one that is cancelled is a no. */
  async function answered(answer: Promise<boolean>): Promise<boolean> {
    try {
      return await settled(answer);
    } catch (error) {
      if (error instanceof CancelPromptError) return false;
      throw error;
    }
  }

  const common = { style, output: io.stderr, signal };

  /**
   * Writes what there is to read before the answer, and answers what stands in its row. A prompt draws that
   * row again with every key; of more rows than the screen has it would leave copies behind.
   *
   * @param room columns for the answer in the same row
   */
  function introduced(question: Text, room: number): { question: string; rowsAbove: number } {
    const width = Math.max(room, sizeOf(io.stderr.stream).columns - 1);
    const rows = styled(question, style)
      .split('\n')
      .flatMap((line) => wrapped(line, width));
    const last = rows.at(-1) ?? '';
    const shares = strictWidth(last) + room <= width;
    const above = shares ? rows.slice(0, -1) : rows;
    if (above.length > 0) io.stderr.stream.write(`${above.join('\n')}\n`);
    return { question: shares ? last : '', rowsAbove: above.length };
  }

  function typed(
    question: Text,
    problemOf: (answer: string) => Text | undefined,
  ): Promise<string | undefined> {
    return settled(inputPrompt({ ...common, ...introduced(question, INPUT_ROOM), problemOf }, streams));
  }

  /**
   * A list takes the whole screen while it is shown, so that no piece of it is left behind however often that is
   * resized; what is left is the question, and what was chosen.
   */
  async function listed(question: Text, list: ChoiceList): Promise<ChoiceList> {
    let end = list;
    enterAlternateScreen(io.stderr.stream);
    try {
      end = await settled(listPrompt({ ...common, ...introduced(question, 0), list }, streams));
    } finally {
      leaveAlternateScreen();
      leave(question, end);
    }
    if (end.end === 'accepted') return end;
    throw new Failure('CANCELLED', text`nothing was chosen, and nothing changed`);
  }

  /** What stays on the usual screen of a list. */
  function leave(question: Text, end: ChoiceList): void {
    const { question: row, rowsAbove } = introduced(question, 0);
    const closed = drawClosed(end, { row, rowsAbove }, sizeOf(io.stderr.stream), style).trimEnd();
    if (closed !== '') io.stderr.stream.write(`${closed}\n`);
  }

  return {
    confirm: (question) =>
      answered(confirmPrompt({ ...common, ...introduced(question, CONFIRM_ROOM) }, streams)),
    retype: async (question, expected) => (await typed(question, () => undefined))?.trim() === expected,
    ask: async (question, problemOf) => {
      const answer = await typed(question, problemOf);
      if (answer === undefined) throw new Failure('CANCELLED', text`nothing was changed`);
      return answer;
    },
    askSecret: (question) => askHidden(io, question, style, signal),
    choose: async (question, choices) => {
      const chosen = highlighted(await listed(question, openList(choices.map(safe))))?.id;
      if (chosen === undefined) throw new Failure('CANCELLED', text`there is nothing to choose from`);
      return chosen;
    },
    check: async (question, choices, checked) => {
      const end = await listed(question, openList(choices.map(safe), new Set(checked)));
      return choices.map(({ id }) => id).filter((id) => end.checked?.has(id));
    },
  };
}

function safe({ id, label, detail, group }: Choice): Choice {
  return {
    id,
    label: terminalSafe(label),
    detail: terminalSafe(detail),
    group: group && terminalSafe(group),
  };
}

import type { Io } from '../output/io.ts';
import type { Style } from '../output/styled.ts';
import { Failure } from '../text/errors.ts';
import { terminalSafe } from '../text/terminal-safe.ts';
import { type Text, text } from '../text/text.ts';
import { type Choice, type ChoiceList, highlighted, openList } from './choice-list.ts';
import { confirmation, isYes } from './confirm.ts';
import { hiddenInput } from './hidden.ts';
import { input } from './input.ts';
import { introduction } from './introduction.ts';
import { keyboardOf } from './keyboard.ts';
import { textOf } from './line.ts';
import { listQuestion } from './list.ts';
import { type Answer, answerTo, type Question } from './question.ts';

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

/**
 * Questions that are drawn on the screen, and drawn again with each key.
 *
 * @param signal ends a question with its reason
 * @throws Failure TTY_REQUIRED where nobody can be asked
 */
export function createPrompter(io: Io, style: Style, signal: AbortSignal): Prompter {
  // Before anything else is done.
  keyboardOf(io);
  const answer = <State extends Answer>(question: Question<State>): Promise<State> =>
    answerTo(question, io, signal);
  const introduce = (question: Text) => introduction(question, style);

  /** The text; undefined where the question was cancelled. */
  async function typed(
    question: Text,
    problemOf: (answer: string) => Text | undefined,
  ): Promise<string | undefined> {
    const { line, end } = await answer(input(introduce(question), style, problemOf));
    return end === 'accepted' ? textOf(line) : undefined;
  }

  async function listed(question: Text, list: ChoiceList): Promise<ChoiceList> {
    const end = await answer(listQuestion(introduce(question), style, list));
    if (end.end === 'accepted') return end;
    throw new Failure('CANCELLED', text`nothing was chosen, and nothing changed`);
  }

  return {
    confirm: async (question) => isYes(await answer(confirmation(introduce(question), style))),
    retype: async (question, expected) => (await typed(question, () => undefined))?.trim() === expected,
    ask: async (question, problemOf) => {
      const given = await typed(question, problemOf);
      if (given === undefined) throw nothingGiven();
      return given;
    },
    askSecret: (question) => askSecret(question, io, style, signal),
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

/** As {@link Prompter.askSecret}, on any terminal. */
export async function askSecret(question: Text, io: Io, style: Style, signal: AbortSignal): Promise<string> {
  const { typed, end } = await answerTo(hiddenInput(introduction(question, style)), io, signal);
  if (end !== 'accepted') throw nothingGiven();
  return typed;
}

function nothingGiven(): Failure {
  return new Failure('CANCELLED', text`nothing was changed`);
}

function safe({ id, label, detail, group }: Choice): Choice {
  return {
    id,
    label: terminalSafe(label),
    detail: terminalSafe(detail),
    group: group && terminalSafe(group),
  };
}

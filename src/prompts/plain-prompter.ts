import { createInterface, type Interface } from 'node:readline';
import type { Io } from '../output/io.ts';
import { type Style, styled } from '../output/styled.ts';
import { Failure } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import { onSuspension } from '../values/suspension.ts';
import { type Choice, type ChoiceList, openList, shownChoices } from './choice-list.ts';
import { keyboardOf } from './keyboard.ts';
import { numbersIn } from './numbers.ts';
import { askSecret, type Prompter } from './prompter.ts';

/** Choices that are written at once: words narrow a longer list down. */
const MOST_LISTED = 40;
/** What cancels a list: the word is no number, and filters nothing by itself. */
const CANCEL = /^(c|cancel)$/i;

/**
 * Asks one line at a time and draws nothing twice, for a screen reader and for a terminal that cannot move its
 * cursor: lists are numbered, and answered by number. The terminal's own line editing does the typing.
 *
 * @param signal ends a question with its reason
 * @throws Failure TTY_REQUIRED where nobody can be asked
 */
export function createPlainPrompter(io: Io, style: Style, signal: AbortSignal): Prompter {
  // Before anything else is done.
  keyboardOf(io);
  const output = io.stderr.stream;
  const reader = new LineReader(io.stdin, signal);
  const write = (words: Text, end = '\n'): void => void output.write(`${styled(words, style)}${end}`);
  const answerTo = async (question: Text): Promise<string | undefined> => {
    const ask = (): void => write(question, ' ');
    ask();
    // A line that was begun is gone after a suspension.
    const letGo = onSuspension({ suspend: () => {}, resume: ask });
    const answer = await reader.next().finally(letGo);
    // Nothing that was typed ended the line.
    if (answer === undefined) output.write('\n');
    return answer?.trim();
  };

  /** Shows what the filter leaves, as far as that is of a bearable length. */
  const showList = (list: ChoiceList): void => {
    const shown = shownChoices(list);
    let group: string | undefined;
    shown.slice(0, MOST_LISTED).forEach((choice, index) => {
      if (choice.group !== undefined && choice.group !== group) write(text`${unstyled(choice.group)}:`);
      group = choice.group;
      const mark = list.checked?.has(choice.id) ? text`, checked` : text``;
      const detail = choice.detail === '' ? text`` : text`, ${unstyled(choice.detail)}`;
      write(text`${unstyled(index + 1)}. ${unstyled(choice.label)}${detail}${mark}`);
    });
    const more = shown.length - MOST_LISTED;
    if (shown.length === 0) write(text`Nothing matches ${list.filter}.`);
    else if (more > 0) write(text`And ${unstyled(more)} more: type words to narrow the list.`);
  };

  /** Asks until the list is answered. @param take what numbers do to it; undefined where they are not fit */
  const askList = async (
    question: Text,
    opened: ChoiceList,
    keys: Text,
    take: (list: ChoiceList, numbers: readonly number[]) => ChoiceList | undefined,
  ): Promise<ChoiceList> => {
    write(question);
    let list = opened;
    showList(list);
    for (;;) {
      const answer = await answerTo(keys);
      if (answer === undefined || CANCEL.test(answer)) throw nothingChosen();
      if (answer === '' && list.checked) return list;
      if (answer === '') {
        list = { ...list, filter: '' };
        showList(list);
        continue;
      }
      const numbers = numbersIn(answer, Math.min(MOST_LISTED, shownChoices(list).length));
      if (numbers === 'not numbers') {
        list = { ...list, filter: answer };
        showList(list);
        continue;
      }
      const taken = numbers === 'out of range' ? undefined : take(list, numbers);
      if (taken === undefined) write(text`${answer} is not on the list.`);
      else if (taken.end) return taken;
      else {
        list = taken;
        showList(list);
      }
    }
  };

  return {
    confirm: async (question) =>
      /^y(es)?$/i.test((await answerTo(lines(question, text`Yes or no (y/N):`))) ?? ''),
    retype: async (question, expected) => (await answerTo(question)) === expected,
    ask: async (question, problemOf) => {
      for (;;) {
        const answer = await answerTo(question);
        if (answer === undefined) throw new Failure('CANCELLED', text`nothing was changed`);
        const problem = problemOf(answer);
        if (problem === undefined) return answer;
        write(problem);
      }
    },
    askSecret: (question) => askSecret(question, io, style, signal),
    choose: async (question, choices) => {
      const keys = text`A number, words to narrow the list, or c to cancel:`;
      let chosen: Choice | undefined;
      await askList(question, openList(choices), keys, (list, numbers) => {
        const [number, ...others] = numbers;
        if (number === undefined || others.length > 0) return undefined;
        chosen = shownChoices(list)[number - 1];
        return { ...list, end: 'accepted' };
      });
      if (chosen === undefined) throw nothingChosen();
      return chosen.id;
    },
    check: async (question, choices, checked) => {
      const keys = text`Numbers to check or uncheck (1 3-5), words to narrow the list, Enter to accept, or c to cancel:`;
      const opened = openList(choices, new Set(checked));
      const end = await askList(question, opened, keys, toggledAt);
      return choices.map(({ id }) => id).filter((id) => end.checked?.has(id));
    },
  };
}

/** All choices are shown again once something has been checked: the whole is what is accepted. */
function toggledAt(list: ChoiceList, numbers: readonly number[]): ChoiceList | undefined {
  if (numbers.length === 0) return undefined;
  const checked = new Set(list.checked);
  const shown = shownChoices(list);
  for (const number of numbers) {
    const id = shown[number - 1]?.id;
    if (id !== undefined && !checked.delete(id)) checked.add(id);
  }
  return { ...list, checked, filter: '' };
}

function nothingChosen(): Failure {
  return new Failure('CANCELLED', text`nothing was chosen, and nothing changed`);
}

/**
 * Lines of the terminal, one at a time. It is listened to only while somebody waits for one: a command that is
 * run meanwhile may read from the same terminal. A line that was pasted along stays for the next question.
 */
class LineReader {
  private readonly input: NodeJS.ReadableStream;
  private readonly signal: AbortSignal;
  private readonly typed: string[] = [];
  private reader: Interface | undefined;
  private hasEnded = false;
  private onChange: () => void = () => {};

  constructor(input: NodeJS.ReadableStream, signal: AbortSignal) {
    this.input = input;
    this.signal = signal;
  }

  /** The next line; undefined at the end of the input. Rejects with the reason of the signal. */
  async next(): Promise<string | undefined> {
    this.signal.throwIfAborted();
    const reader = this.open();
    // One that is closed can neither go on nor be stopped.
    if (!this.hasEnded) reader.resume();
    try {
      while (this.typed.length === 0 && !this.hasEnded) await this.change();
      return this.typed.shift();
    } finally {
      if (!this.hasEnded) reader.pause();
    }
  }

  private open(): Interface {
    if (this.reader) return this.reader;
    const reader = createInterface({ input: this.input, terminal: false });
    reader.on('line', (line) => {
      this.typed.push(line);
      this.onChange();
    });
    reader.on('close', () => {
      this.hasEnded = true;
      this.onChange();
    });
    this.reader = reader;
    return reader;
  }

  private change(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(this.signal.reason);
      this.signal.addEventListener('abort', onAbort, { once: true });
      this.onChange = () => {
        this.signal.removeEventListener('abort', onAbort);
        resolve();
      };
    });
  }
}

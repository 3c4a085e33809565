import { useEffect, useKeypress, useRef, useState } from '@inquirer/core';
import { clearAlternateScreen } from '../output/alternate-screen.ts';
import type { OutputStream } from '../output/io.ts';
import type { Style } from '../output/styled.ts';
import type { Key } from './typing.ts';

/** What every prompt is given. */
export interface PromptConfig {
  /** The words in the row of the answer, empty where the question stands above it; safe for a terminal. */
  readonly question: string;
  readonly style: Style;
  readonly output: OutputStream;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

/** What the library's line editor offers to a prompt. */
export interface Line {
  readonly line: string;
  write(text: string): void;
  clearLine(direction: 0): void;
}

/** How a prompt ended: with an answer, or with the whole command. */
export type End<Answer> = { readonly answer: Answer } | 'interrupted';

/**
 * The one end of a prompt. What comes first counts: a key, the end of the input, or what ends the command.
 * Nothing that comes later, keys that were pasted along or the closing of the line editor, changes the
 * answer or what stands on the screen.
 *
 * @param done the library's own way to answer
 * @param atEndOfInput the answer once nobody can give one any more (Ctrl-D)
 * @param signal ends the command
 * @param onKey called for every key up to the end
 */
export function useEnd<Answer>(
  done: (answer: Answer) => void,
  atEndOfInput: Answer,
  signal: AbortSignal,
  onKey: (key: Key, line: Line, settle: (answer: Answer) => void) => void,
): End<Answer> | undefined {
  const [end, setEnd] = useState<End<Answer> | undefined>(undefined);
  // The state is what this very draw began with; several events may come before the next one.
  const isOver = useRef(false);
  const endWith = (how: End<Answer>): void => {
    if (isOver.current) return;
    isOver.current = true;
    setEnd(how);
    if (how !== 'interrupted') done(how.answer);
  };
  useEffect((line) => {
    const onClose = (): void => endWith({ answer: atEndOfInput });
    const onInterruption = (): void => endWith('interrupted');
    line.on('close', onClose);
    line.on('SIGINT', onInterruption);
    signal.addEventListener('abort', onInterruption);
    return () => {
      line.removeListener('close', onClose);
      line.removeListener('SIGINT', onInterruption);
      signal.removeEventListener('abort', onInterruption);
    };
  }, []);
  useKeypress((key, line) => {
    if (!isOver.current) onKey(key, line, (answer) => endWith({ answer }));
  });
  return end;
}

/** The terminal's size in characters. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The size of the screen; the prompt is drawn anew when that changes. Most terminals break the rows that
 * stand there already to their new width, so that the library would erase too few of them: they are erased
 * here, from the row of the cursor on. What stands above is left alone, although it may be a piece of the
 * prompt: terminals differ in where they put the cursor, and there may be what nobody can print again. On the
 * alternate screen there is nothing else, and all of it is erased.
 *
 * @param rowsBelow how many rows stand below the one with the cursor
 */
export function useScreenSize({ stream }: OutputStream, rowsBelow: (size: ScreenSize) => number): ScreenSize {
  const [size, setSize] = useState(sizeOf(stream));
  const below = useRef(0);
  useEffect(() => {
    const onResize = (): void => {
      // The library goes down that far, and up again: there has to be room for it.
      const room = below.current;
      const erased = clearAlternateScreen() ? '' : '\r\u001b[J';
      stream.write(`${erased}${'\n'.repeat(room)}${up(room)}`);
      setSize(sizeOf(stream));
    };
    stream.on('resize', onResize);
    return () => void stream.off('resize', onResize);
  }, []);
  below.current = rowsBelow(size);
  return size;
}

function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}A` : '';
}

/** @param stream one that is no terminal has the size of an old one */
export function sizeOf(stream: OutputStream['stream']): ScreenSize {
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 0;
  const rows = 'rows' in stream && typeof stream.rows === 'number' ? stream.rows : 0;
  return { columns: columns || 80, rows: rows || 24 };
}

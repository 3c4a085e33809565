import { createPrompt, useEffect, useKeypress, useState } from '@inquirer/core';
import type { OutputStream } from '../output/io.ts';
import type { Style } from '../output/style.ts';
import { type ChoiceList, type Key, press } from './choice-list.ts';
import { drawClosed, drawList, pageSize, type Screen } from './choice-list-view.ts';

interface ListConfig {
  readonly question: string;
  readonly list: ChoiceList;
  readonly output: OutputStream;
  readonly style: Style;
}

/** A list in a terminal; answers it as it was when it was accepted or cancelled. */
export const listPrompt = createPrompt<ChoiceList, ListConfig>(
  ({ question, list: opened, output, style }, done) => {
    const [list, setList] = useState(opened);
    const [screen, setScreen] = useState(sizeOf(output));
    useEffect(() => {
      const onResize = (): void => setScreen(sizeOf(output));
      output.stream.on('resize', onResize);
      return () => output.stream.off('resize', onResize);
    }, []);
    // Ctrl-D ends the input: nobody would ever choose.
    useEffect((readline) => {
      readline.on('close', () => done({ ...opened, end: 'cancelled' }));
    }, []);
    useKeypress((event, readline) => {
      // The library echoes what is typed into its own line, which this prompt draws itself.
      readline.clearLine(0);
      const key: Key = event;
      const next = press(list, key, pageSize(screen));
      setList(next);
      if (next.end) done(next);
    });
    if (list.end) return drawClosed(list, question, screen, style);
    const [first = '', ...rest] = drawList(list, question, screen, style);
    return [first, rest.join('\n')];
  },
);

function sizeOf({ stream }: OutputStream): Screen {
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 80;
  const rows = 'rows' in stream && typeof stream.rows === 'number' ? stream.rows : 24;
  return { columns, rows };
}

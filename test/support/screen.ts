import xterm from '@xterm/headless';

/** What a person sees: a terminal emulator without a window, fed with what a program writes. */
export interface Screen {
  readonly columns: number;
  /** Takes bytes as a terminal would. `onShown` is called once they are on the screen. */
  write(data: string, onShown?: () => void): void;
  resize(columns: number, rows: number): void;
  /** Resolves once all that was written is on the screen. */
  shown(): Promise<void>;
  /**
   * The rows from the first one of the scrollback to the last one that holds anything, blanks at their
   * ends left out. A line that was wrapped by the terminal is as many rows as it takes.
   */
  rows(): string[];
  /** As {@link rows}, but what the terminal wrapped is one line, and a line break stands between two. */
  text(): string;
  /** Whether anything on the screen is bold, dim or coloured. */
  isStyled(): boolean;
  readonly showsCursor: boolean;
  /** What was sent to the window's title, the bell and the clipboard: things that no output of ours is to do. */
  readonly deeds: readonly string[];
  /** What the terminal answers to a program that asks it something. */
  onReply(listener: (data: string) => void): void;
  /** Calls back with what an operating system command (OSC) of that number says, once all before it is shown. */
  onCommand(number: number, listener: (data: string) => void): void;
}

export function createScreen(columns = 80, rows = 24): Screen {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  let showsCursor = true;
  const deeds: string[] = [];
  const cursorMode = (shows: boolean) => (modes: (number | number[])[]) => {
    if (modes.includes(25)) showsCursor = shows;
    return false;
  };
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, cursorMode(true));
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, cursorMode(false));
  terminal.onBell(() => deeds.push('bell'));
  terminal.onTitleChange((title) => deeds.push(`title ${title}`));
  terminal.parser.registerOscHandler(52, () => {
    deeds.push('clipboard');
    return false;
  });

  const lines = (): { text: string; isWrapped: boolean }[] => {
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, index) => {
      const line = active.getLine(index);
      const next = active.getLine(index + 1);
      // The blanks at the end of a row that goes on in the next one are part of the line.
      return {
        text: line?.translateToString(next?.isWrapped !== true) ?? '',
        isWrapped: line?.isWrapped === true,
      };
    });
    return all.slice(0, all.findLastIndex(({ text }) => text.trim() !== '') + 1);
  };

  return {
    get columns() {
      return terminal.cols;
    },
    write: (data, onShown) => terminal.write(data, onShown),
    resize: (width, height) => terminal.resize(width, height),
    shown: () => new Promise((resolve) => terminal.write('', resolve)),
    rows: () => lines().map(({ text }) => text.trimEnd()),
    text: () =>
      lines()
        .map(({ text, isWrapped }, index) => `${index === 0 || isWrapped ? '' : '\n'}${text}`)
        .join(''),
    isStyled: () => {
      const { active } = terminal.buffer;
      return Array.from({ length: active.length }, (_, row) => active.getLine(row)).some((line) =>
        Array.from({ length: terminal.cols }, (_, column) => line?.getCell(column)).some(
          (cell) => cell !== undefined && !cell.isAttributeDefault(),
        ),
      );
    },
    get showsCursor() {
      return showsCursor;
    },
    deeds,
    onReply: (listener) => void terminal.onData(listener),
    onCommand: (number, listener) =>
      void terminal.parser.registerOscHandler(number, (data) => {
        listener(data);
        return true;
      }),
  };
}

import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bar, silentProgress, terminalProgress } from '../../src/output/progress.ts';
import { createStyle } from '../../src/output/style.ts';
import { text } from '../../src/text/text.ts';
import { createScreen, type Screen } from '../support/screen.ts';

/** A terminal in memory, with the calls that a spinner moves the cursor with, and a screen behind it. */
class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  readonly screen: Screen;

  constructor(columns = 80) {
    super();
    this.screen = createScreen(columns, 24);
    this.setEncoding('utf8').on('data', (chunk: string) => this.screen.write(chunk.replaceAll('\n', '\r\n')));
  }

  get columns(): number {
    return this.screen.columns;
  }

  async rows(): Promise<string[]> {
    await new Promise((resolve) => setImmediate(resolve));
    await this.screen.shown();
    return this.screen.rows();
  }

  cursorTo(column: number): boolean {
    return this.write(`\u001b[${column + 1}G`);
  }

  moveCursor(_columns: number, rows: number): boolean {
    return rows === 0 || this.write(`\u001b[${Math.abs(rows)}${rows < 0 ? 'A' : 'B'}`);
  }

  clearLine(direction: number): boolean {
    return this.write(direction > 0 ? '\u001b[K' : '\u001b[2K');
  }
}

/** The spinner is loaded on first use, so it takes a moment to appear. */
async function showing(terminal: FakeTerminal, words: string): Promise<void> {
  while (!(await terminal.rows()).join('\n').includes(words)) {
    // Each look takes a turn of the event loop.
  }
}

describe('without colour', () => {
  test('progress is one plain line for each message', async () => {
    const terminal = new FakeTerminal();
    const progress = terminalProgress(terminal, createStyle(false));
    progress.start(text`Fetching tokens of ${'acme'}`);
    progress.start(text`Waiting`);
    progress.update(text`Waiting: 1 of 80`);
    progress.stop();
    expect(await terminal.rows()).toEqual(['Fetching tokens of acme', 'Waiting']);
  });

  test('what a terminal would obey is shown', async () => {
    const terminal = new FakeTerminal();
    terminalProgress(terminal, createStyle(false)).start(text`Deleting ${'\u001b[2J'}`);
    expect(await terminal.rows()).toEqual(['Deleting \\e[2J']);
  });
});

describe.each([80, 40])('with colour, %i columns wide', (columns) => {
  let terminal: FakeTerminal;
  beforeEach(() => {
    // The spinner keeps still where it finds CI or a dumb terminal.
    vi.stubEnv('CI', undefined);
    vi.stubEnv('TERM', 'xterm');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    terminal = new FakeTerminal(columns);
    terminal.write('before\n');
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  test('progress is a spinner that turns until it is stopped, and then is gone', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Fetching ${'acme'}`);
    await showing(terminal, 'acme');
    expect(vi.getTimerCount()).toBe(1);
    expect(await terminal.rows()).toEqual(['before', expect.stringMatching(/^. Fetching acme$/)]);
    expect(terminal.screen.showsCursor).toBe(false);
    progress.stop();
    expect(vi.getTimerCount()).toBe(0);
    terminal.write('after\n');
    expect(await terminal.rows()).toEqual(['before', 'after']);
    expect(terminal.screen.showsCursor).toBe(true);
  });

  test('a message that is longer than the screen is wide takes one row, and leaves none behind', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Fetching ${`${'名前-'.repeat(30)}e\u0301`} of ${'acme'}`);
    await showing(terminal, 'Fetching');
    for (let turn = 0; turn < 5; turn += 1) vi.advanceTimersByTime(100);
    const rows = await terminal.rows();
    expect(rows).toEqual(['before', expect.stringMatching(/^. Fetching 名前-.*~$/)]);
    progress.update(text`Deleting ${'x'.repeat(columns)}`);
    expect(await terminal.rows()).toEqual(['before', expect.stringMatching(/^. Deleting x+~$/)]);
    progress.stop();
    expect(await terminal.rows()).toEqual(['before']);
  });

  test('a narrower terminal has one row of it as well, and nothing in the end', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Fetching ${'x'.repeat(100)}`);
    await showing(terminal, 'Fetching');
    terminal.screen.resize(columns - 15, 24);
    terminal.emit('resize');
    expect(await terminal.rows()).toEqual(['before', expect.stringMatching(/^. Fetching x+~$/)]);
    expect(vi.getTimerCount()).toBe(1);
    progress.stop();
    expect(await terminal.rows()).toEqual(['before']);
    terminal.emit('resize');
    expect(await terminal.rows()).toEqual(['before']);
    expect(terminal.listenerCount('resize')).toBe(0);
  });

  test('what is written meanwhile stands above it', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Fetching`);
    await showing(terminal, 'Fetching');
    terminal.write(`Warning: ${'w'.repeat(50)}\n`);
    progress.stop();
    expect((await terminal.rows()).join('')).toBe(`beforeWarning: ${'w'.repeat(50)}`);
  });

  test('a command that is done before the spinner is there never shows it', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Fetching`);
    progress.stop();
    await import('yocto-spinner');
    expect(await terminal.rows()).toEqual(['before']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a second message takes the place of the first one, and stopping ends them both', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Creating`);
    await showing(terminal, 'Creating');
    progress.start(text`Waiting`);
    await showing(terminal, 'Waiting');
    expect(vi.getTimerCount()).toBe(1);
    expect(await terminal.rows()).toEqual(['before', expect.stringMatching(/^. Waiting$/)]);
    progress.stop();
    expect(await terminal.rows()).toEqual(['before']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an update puts other words to the same spinner, before it is there and after', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Deleting: 0`);
    progress.update(text`Deleting: 1`);
    await showing(terminal, 'Deleting: 1');
    progress.update(text`Deleting: ${'2\u001b[2J'}`);
    expect(await terminal.rows()).toEqual(['before', expect.stringMatching(/^. Deleting: 2\\e\[2J$/)]);
    expect(vi.getTimerCount()).toBe(1);
    progress.stop();
    expect(vi.getTimerCount()).toBe(0);
    progress.update(text`Deleting: 3`);
    expect(await terminal.rows()).toEqual(['before']);
  });

  test('stopping twice, or without a start, does nothing', async () => {
    const progress = terminalProgress(terminal, createStyle(true));
    progress.stop();
    progress.stop();
    expect(await terminal.rows()).toEqual(['before']);
  });
});

test('silent progress shows nothing and can be used like any other', () => {
  expect(silentProgress.start(text`x`)).toBeUndefined();
  expect(silentProgress.update(text`x`)).toBeUndefined();
  expect(silentProgress.stop()).toBeUndefined();
});

test.each([
  [0, 13, '[....................] 0 of 13'],
  [12, 13, '[##################..] 12 of 13'],
  [13, 13, '[####################] 13 of 13'],
  [0, 0, '[####################] 0 of 0'],
])('bar shows %i of %i as %s', (done, total, shown) => {
  expect(bar(done, total)).toBe(shown);
});

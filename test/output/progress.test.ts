import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bar, silentProgress, terminalProgress } from '../../src/output/progress.ts';
import { createStyle } from '../../src/output/style.ts';
import { text } from '../../src/text.ts';

/** A terminal in memory: it knows the calls that a spinner moves the cursor with. */
class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  readonly columns = 80;
  shown = '';

  constructor() {
    super();
    this.setEncoding('utf8').on('data', (chunk: string) => {
      this.shown += chunk;
    });
  }

  cursorTo(): boolean {
    return true;
  }

  moveCursor(): boolean {
    return true;
  }

  clearLine(): boolean {
    return this.write('<cleared>');
  }
}

/** The spinner is loaded on first use, so it takes a moment to appear. */
async function showing(terminal: FakeTerminal, words: string): Promise<void> {
  while (!terminal.shown.includes(words)) await new Promise((resolve) => setImmediate(resolve));
}

describe('without colour', () => {
  test('progress is one plain line for each message', () => {
    const terminal = new FakeTerminal();
    const progress = terminalProgress(terminal, createStyle(false));
    progress.start(text`Fetching tokens of ${'acme'}`);
    progress.start(text`Waiting`);
    progress.update(text`Waiting: 1 of 80`);
    progress.stop();
    expect(terminal.shown).toBe('Fetching tokens of acme\nWaiting\n');
  });

  test('what a terminal would obey is shown', () => {
    const terminal = new FakeTerminal();
    terminalProgress(terminal, createStyle(false)).start(text`Deleting ${'\u001b[2J'}`);
    expect(terminal.shown).toBe('Deleting \\e[2J\n');
  });
});

describe('with colour', () => {
  beforeEach(() => {
    // The spinner keeps still where it finds CI or a dumb terminal.
    vi.stubEnv('CI', undefined);
    vi.stubEnv('TERM', 'xterm');
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  test('progress is a spinner that turns until it is stopped, and then is gone', async () => {
    const terminal = new FakeTerminal();
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Fetching ${'acme'}`);
    await showing(terminal, 'acme');
    expect(vi.getTimerCount()).toBe(1);
    progress.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(terminal.shown).toMatch(/<cleared>/);
    expect(terminal.shown).toContain('\u001b[?25h');
  });

  test('a command that is done before the spinner is there never shows it', async () => {
    const terminal = new FakeTerminal();
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Fetching`);
    progress.stop();
    await import('yocto-spinner');
    await new Promise((resolve) => setImmediate(resolve));
    expect(terminal.shown).toBe('');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a second message takes the place of the first one, and stopping ends them both', async () => {
    const terminal = new FakeTerminal();
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Creating`);
    await showing(terminal, 'Creating');
    progress.start(text`Waiting`);
    await showing(terminal, 'Waiting');
    expect(vi.getTimerCount()).toBe(1);
    progress.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an update puts other words to the same spinner, before it is there and after', async () => {
    const terminal = new FakeTerminal();
    const progress = terminalProgress(terminal, createStyle(true));
    progress.start(text`Deleting: 0`);
    progress.update(text`Deleting: 1`);
    await showing(terminal, 'Deleting: 1');
    expect(terminal.shown).not.toContain('Deleting: 0');
    progress.update(text`Deleting: ${'2\u001b[2J'}`);
    expect(terminal.shown).toContain('2\\e[2J');
    expect(vi.getTimerCount()).toBe(1);
    progress.stop();
    expect(vi.getTimerCount()).toBe(0);
    progress.update(text`Deleting: 3`);
    expect(terminal.shown).not.toContain('Deleting: 3');
  });

  test('stopping twice, or without a start, does nothing', () => {
    const terminal = new FakeTerminal();
    const progress = terminalProgress(terminal, createStyle(true));
    progress.stop();
    progress.stop();
    expect(terminal.shown).toBe('');
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

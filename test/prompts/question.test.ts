import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Io } from '../../src/output/io.ts';
import { PLAIN_STYLE } from '../../src/output/styled.ts';
import { askSecret, createPrompter } from '../../src/prompts/prompter.ts';
import { text } from '../../src/text/text.ts';

/** A terminal of which each change is written down. */
function openTerminal(): { io: Io; events: string[]; stdin: PassThrough } {
  const events: string[] = [];
  const stdin = Object.assign(new PassThrough(), {
    setRawMode: (isRaw: boolean) => void events.push(isRaw ? 'echo off' : 'echo on'),
  });
  const stream = new Writable({
    write: (chunk, _, done) => {
      events.push(`shows ${JSON.stringify(String(chunk))}`);
      done();
    },
  });
  const output = { stream, isTerminal: true, colourLevel: 0, width: 80 } as const;
  return {
    events,
    stdin,
    io: {
      stdin,
      stdout: output,
      stderr: output,
      interactive: true,
      stdinIsTerminal: true,
      hasTerminal: true,
      discardsStdout: false,
      stderrReachesLog: true,
    },
  };
}

test('the terminal shows nothing of what is typed from before a question is shown until it is closed', async () => {
  const { io, events, stdin } = openTerminal();
  const answer = askSecret(text`secret:`, io, PLAIN_STYLE, new AbortController().signal);
  expect(events[0]).toBe('echo off');
  expect(events[1]).toContain('secret:');
  stdin.write('pscale_tkn_typed\r');
  expect(await answer).toBe('pscale_tkn_typed');
  expect(events.at(-1)).toBe('echo on');
  expect(events.join()).not.toContain('tkn');
});

test('keys that came in one go are drawn at once', async () => {
  const { io, events, stdin } = openTerminal();
  const answer = createPrompter(io, PLAIN_STYLE, new AbortController().signal).choose(text`Which?`, [
    { id: 'a', label: 'a', detail: '' },
  ]);
  const before = events.length;
  stdin.write('pasted by accident '.repeat(500));
  await new Promise((resolve) => setImmediate(resolve));
  expect(events.length).toBe(before + 1);
  stdin.write('\u0003');
  await expect(answer).rejects.toThrow('interrupted by SIGINT');
});

test('the end of the input cancels, and the reason of the signal is passed on', async () => {
  const { io, stdin } = openTerminal();
  const ended = askSecret(text`secret:`, io, PLAIN_STYLE, new AbortController().signal);
  stdin.end();
  await expect(ended).rejects.toMatchObject({ code: 'CANCELLED' });
  const controller = new AbortController();
  const aborted = askSecret(text`secret:`, openTerminal().io, PLAIN_STYLE, controller.signal);
  controller.abort(new Error('over'));
  await expect(aborted).rejects.toThrow('over');
});

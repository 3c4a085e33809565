import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Console } from '../../src/output/console.ts';
import { ClosedOutput } from '../../src/output/io.ts';
import type { Result } from '../../src/output/result.ts';
import type { Format } from '../../src/settings/variables.ts';
import { Interrupted } from '../../src/text/errors.ts';
import { plain, text } from '../../src/text/text.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import { isPending } from '../support/api.ts';
import { FakeClock, untoldTime } from '../support/fake-clock.ts';
import { createHost, failureOf } from '../support/host.ts';

const RESULT: Result = {
  data: { id: 'k3j9' },
  table: { columns: [{ header: 'ID' }], rows: [['k3j9']] },
  human: { kind: 'sentence', text: text`Token ${'k3j9'} is there.` },
};

interface Setup {
  readonly format?: Format;
  readonly secrets?: readonly string[];
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  readonly discardsStdout?: boolean;
}

/** A console of a run in memory, and what it has written. */
function opened({ format = 'human', secrets = [], stdout, stderr, discardsStdout = false }: Setup = {}) {
  const { io, written } = createHost();
  const clock = new FakeClock({ held: true });
  const interruption = createInterruption();
  const console = new Console({
    io: {
      ...io,
      discardsStdout,
      stdout: { ...io.stdout, ...(stdout && { stream: stdout }) },
      stderr: { ...io.stderr, ...(stderr && { stream: stderr }) },
    },
    clock,
    time: untoldTime(clock),
    isWide: false,
    isPlain: false,
    interruption,
    colour: { refused: true, forced: undefined },
    format: async () => format,
    secrets,
  });
  return { console, clock, interruption, written };
}

/** A stream whose every write fails with this error. */
function failing(code: string): Writable {
  const stream = new Writable({
    write(_, __, done) {
      done(Object.assign(new Error('write failed'), { code }));
    },
  });
  stream.on('error', () => {});
  return stream;
}

/** A stream that nobody reads: no write is ever done. */
const unread = (): Writable => new Writable({ write() {} });

describe('a result', () => {
  test.each<[Format, string]>([
    ['human', 'Token k3j9 is there.\n'],
    ['json', '{\n  "id": "k3j9"\n}\n'],
    ['csv', 'ID\nk3j9\n'],
  ])('goes to stdout as %s, and its notes to stderr', async (format, expected) => {
    const { console, written } = opened({ format });
    await console.print(RESULT, [text`Mind the gap.`, text`And the step.`]);
    expect(written).toEqual({ stdout: expected, stderr: 'Mind the gap.\nAnd the step.\n' });
    expect(console.hasWritten).toBe(true);
  });

  test.each<Format>(['human', 'json', 'csv'])(
    'that is shown goes to stderr for people in %s',
    async (format) => {
      const { console, written } = opened({ format });
      await console.show(RESULT);
      expect(written).toEqual({ stdout: '', stderr: 'Token k3j9 is there.\n' });
      expect(console.hasWritten).toBe(false);
    },
  );
});

describe('a secret', () => {
  test('is left out of everything on stderr, those known from the start and those kept later', async () => {
    const { console, written } = opened({ secrets: ['first-secret'] });
    console.keepSecrets(['later-secret']);
    await console.warn(text`${'first-secret'}`);
    await console.tellFailure(text`${'later-secret'}`);
    await console.tell(text`pscale_tkn_abc`);
    expect(written.stderr).toBe('Warning: [redacted]\nError: [redacted]\n[redacted]\n');
  });

  test('is left out as a terminal would show it, too', async () => {
    const { console, written } = opened({ secrets: ['se\u001bcret'] });
    await console.tell(text`${'se\u001bcret'}`);
    expect(written.stderr).toBe('[redacted]\n');
  });

  test('is left out of the envelope of a failure', async () => {
    const { console, written } = opened({ secrets: ['hunter2secret'] });
    expect(await console.printEnvelope({ error: 'it is hunter2secret' })).toBe(true);
    expect(JSON.parse(written.stdout)).toEqual({ error: 'it is [redacted]' });
    expect(console.redacted('hunter2secret')).toBe('[redacted]');
  });

  test('is masked in a log as it is, percent signs as the CI system wants them', async () => {
    const { console, written } = opened({ secrets: ['50%secret'] });
    await console.maskInLog('50%secret');
    expect(written).toEqual({ stdout: '', stderr: '::add-mask::50%25secret\n' });
  });
});

describe('the envelope of a failure', () => {
  test('has no place behind a result, not even behind one that was cut off', async () => {
    const { console, written } = opened();
    await console.write('half of');
    expect(await console.printEnvelope({ error: 'x' })).toBe(false);
    expect(written.stdout).toBe('half of');

    const full = opened({ stdout: failing('ENOSPC') });
    await failureOf(() => full.console.write('x'));
    expect(await full.console.printEnvelope({ error: 'x' })).toBe(false);
  });

  test('has no place where stdout goes nowhere or takes nothing', async () => {
    const discarding = opened({ discardsStdout: true });
    expect(await discarding.console.printEnvelope({ error: 'x' })).toBe(false);
    expect(discarding.written.stdout).toBe('');
    expect(await opened({ stdout: failing('EPIPE') }).console.printEnvelope({ error: 'x' })).toBe(false);
  });
});

describe('what cannot be written', () => {
  test.each(['EPIPE', 'ERR_STREAM_DESTROYED'])(
    'to a reader who has gone (%s) is told apart',
    async (code) => {
      const { console } = opened({ stdout: failing(code) });
      await expect(console.write('x')).rejects.toThrow(ClosedOutput);
    },
  );

  test('for another reason is a failure that names it', async () => {
    const failure = await failureOf(() => opened({ stdout: failing('ENOSPC') }).console.write('x'));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(plain(failure.text)).toMatch(/^cannot write to stdout: .+ \(ENOSPC\)$/);
  });

  test('to stderr is no reason to fail', async () => {
    const { console } = opened({ stderr: failing('EPIPE') });
    await console.warn(text`x`);
    await console.told();
  });
});

describe('a reader who does not read', () => {
  test('is waited for until the first signal', async () => {
    const { console, interruption } = opened({ stdout: unread() });
    const work = console.write('x');
    expect(await isPending(work)).toBe(true);
    interruption.interrupt('SIGTERM');
    const failure = await failureOf(() => work);
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure).toBe(interruption.cause());
  });

  test('is waited for behind the first signal until the second one', async () => {
    const { console, interruption } = opened({ stderr: unread() });
    interruption.interrupt('SIGINT');
    const work = console.tell(text`x`);
    expect(await isPending(work)).toBe(true);
    interruption.interrupt('SIGINT');
    await work;
  });

  test.each([1, 2])('is waited for behind %i signals for five seconds at most', async (signals) => {
    const { console, interruption, clock } = opened({ stderr: unread() });
    for (let count = 0; count < signals; count += 1) interruption.interrupt('SIGINT');
    const work = console.tell(text`x`);
    clock.advance(4_999);
    expect(await isPending(work)).toBe(true);
    clock.advance(1);
    await work;
  });

  test('of warnings that nobody waited for is waited for at the end', async () => {
    let release = (): void => {};
    const stderr = new Writable({
      write(_, __, done) {
        release = done;
      },
    });
    const { console } = opened({ stderr });
    void console.warn(text`x`);
    const told = console.told();
    expect(await isPending(told)).toBe(true);
    release();
    await told;
  });
});

test('a silent run tells nothing, and writes what it was asked for', async () => {
  const { console, written } = opened();
  console.isSilent = true;
  await console.warn(text`x`);
  await console.tellFailure(text`x`);
  await console.show(RESULT);
  await console.write('candidate\n');
  expect(written).toEqual({ stdout: 'candidate\n', stderr: '' });
});

test('once the end is being reported, nothing is handed over any more, and messages still are', async () => {
  const { console, written } = opened();
  console.abandon();
  for (const work of [
    () => console.write('secret'),
    () => console.print(RESULT),
    () => console.maskInLog('secret'),
  ])
    expect((await failureOf(work)).code).toBe('COMMAND_FAILED');
  await console.tellFailure(text`unexpected error`);
  expect(written).toEqual({ stdout: '', stderr: 'Error: unexpected error\n' });
  expect(await console.printEnvelope({ error: 'x' })).toBe(true);
});

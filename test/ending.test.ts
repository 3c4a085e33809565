import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Host } from '../src/context.ts';
import { type Emulator, startEmulator } from '../src/emulator/index.ts';
import { type DefectWatch, Stalled, watchDefects } from '../src/text/defect.ts';
import { type HeldRequest, holdAt } from './support/faults.ts';
import { createHost, type HostOptions, type Ran, runInMemory, type TestHost } from './support/host.ts';
import { run, runToEnd } from './support/program.ts';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

function variablesOf({ url, administrator }: Emulator): Record<string, string> {
  return {
    PLANETSCALE_API_URL: url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: administrator.userToken,
  };
}

/** A run that stands at its n-th request, and what can happen to it there. */
interface StandingRun {
  readonly host: TestHost;
  readonly report: DefectWatch['report'];
  readonly held: HeldRequest;
  readonly ended: ReturnType<typeof runToEnd>;
}

async function standingAt(
  index: number,
  argv: readonly string[],
  { when = 'arrived', ...options }: HostOptions & { when?: 'arrived' | 'carried out' } = {},
): Promise<StandingRun> {
  const variables = { ...variablesOf(emulator), ...options.variables };
  const { defect, report } = watchDefects();
  const host = { ...createHost({ ...options, variables }), defect };
  const held = holdAt(emulator, index, when);
  const ended = runToEnd(argv, host);
  await held.reached;
  return { host, report, held, ended };
}

describe('a defect', () => {
  test.each([
    ['an exception', new Error('boom'), 'boom'],
    ['a rejection with anything', { some: 'thing' }, '[object Object]'],
    ['a rejection with nothing that can be a text', Object.create(null), 'object'],
    ['an event loop that has nothing left to do', new Stalled(), 'the command stopped before it was done'],
  ])('that is %s ends the run with 2, in words', async (_, error, message) => {
    const { host, report, ended } = await standingAt(1, ['list']);
    report(error);
    expect(await ended).toEqual({ status: 2 });
    expect(host.written).toEqual({
      stdout: '',
      stderr: `Error: unexpected error: ${message}\nThis is a defect of pscale-service-token. Run it again with --debug and report what it prints.\n`,
    });
  });

  test('is one JSON object on stdout in JSON', async () => {
    const { host, report, ended } = await standingAt(1, ['list', '--format', 'json']);
    report(new Error('boom'));
    expect(await ended).toEqual({ status: 2 });
    expect(host.written.stderr).toBe('');
    expect(JSON.parse(host.written.stdout)).toMatchObject({
      status: 'error',
      issues: [{ code: 'COMMAND_FAILED' }],
    });
  });

  test('shows no secret, no more than a part of a long message, and its stack only with --debug', async () => {
    const secret = 'hunter2secret';
    for (const flags of [[], ['--debug']]) {
      const argv = ['list', '--api-token', secret, ...flags];
      const { host, report, ended } = await standingAt(1, argv);
      report(new Error(`${secret} pscale_tkn_abc ${'x'.repeat(100_000)}`));
      await ended;
      expect(host.written.stderr).not.toMatch(/hunter2secret|pscale_tkn_abc/);
      expect(host.written.stderr.includes('ending.test.ts')).toBe(flags.length > 0);
      if (flags.length === 0) expect(host.written.stderr.length).toBeLessThan(1_000);
    }
  });

  test('of a command that runs another one has the status of its own failures', async () => {
    const argv = ['exec', '--access', 'read_databases', '--', 'true'];
    const { report, ended } = await standingAt(1, argv);
    report(new Error('boom'));
    expect(await ended).toEqual({ status: 125 });
  });

  test('that was there before the run, or comes behind it, is no unhandled rejection', async () => {
    const { defect, report } = watchDefects();
    report(new Error('boom'));
    report(new Error('bang'));
    expect(await run(['--version'], { ...createHost(), defect })).toBe(2);
    expect(await run(['--version'], createHost())).toBe(0);
  });
});

describe('a defect while a token is created', () => {
  const CREATE = ['create', '--name', 'ci', '--access', 'read_databases'];

  test.each(['arrived', 'carried out'] as const)('says that it may exist: %s', async (when) => {
    for (const format of ['human', 'json']) {
      const { host, report, ended } = await standingAt(1, ['create', '--format', format], { when });
      report(new Stalled());
      expect(await ended).toEqual({ status: 2 });
      const told = format === 'json' ? host.written.stdout : host.written.stderr;
      expect(told).toContain('A token may have been created.');
      expect(told).toContain('pscale-service-token list --org acme');
      await emulator.close();
      emulator = await startEmulator();
    }
  });

  test('names it once its id is known', async () => {
    const { host, report, ended } = await standingAt(2, CREATE);
    const [token] = emulator.snapshot().service_tokens.filter(({ name }) => name === 'ci');
    report(new Error('boom'));
    expect(await ended).toEqual({ status: 2 });
    expect(token?.id).toMatch(/^[a-z0-9]{12}$/);
    expect(host.written.stderr).toContain(`Service token ${token?.id} may still exist.\n`);
    expect(host.written.stderr).toContain(`pscale-service-token delete ${token?.id} --org acme --force`);
  });

  test('hands nothing over any more, even if the answer comes', async () => {
    const { host, report, held, ended } = await standingAt(1, ['create', '--format', 'json']);
    report(new Error('boom'));
    held.release();
    await ended;
    // What goes on behind that end has the token, finds no way to hand it over, and so takes it back.
    await vi.waitFor(() => expect(emulator.requests.at(-1)?.method).toBe('DELETE'), { timeout: 10_000 });
    expect(host.written.stdout + host.written.stderr).not.toContain('pscale_tkn_');
    expect(host.written.stdout.match(/"status"/g)).toHaveLength(1);
  });

  test('has nothing to say of a token that has been delivered', async () => {
    const variables = variablesOf(emulator);
    const idOf = ({ stdout }: Ran): string => z.object({ id: z.string() }).parse(JSON.parse(stdout)).id;
    const first = idOf(await runInMemory(['create', '--format', 'json'], { variables }));
    const before = emulator.requests.length;
    const second = idOf(await runInMemory(['rotate', first, '--format', 'json'], { variables }));
    // The last request of all deletes the old one.
    const last = emulator.requests.length - before;
    const { host, report, ended } = await standingAt(last, ['rotate', second, '--format', 'json']);
    expect(emulator.requests.at(-1)?.method).toBe('DELETE');
    report(new Error('boom'));
    expect(await ended).toEqual({ status: 2 });
    expect(host.written.stdout).toContain('pscale_tkn_');
    expect(host.written.stderr).toContain('unexpected error: boom');
    expect(host.written.stderr).not.toContain('may still exist');
  });
});

describe('a signal', () => {
  test('is how a run ends, and its status what a shell makes of it', async () => {
    const { host, ended } = await standingAt(1, ['list']);
    host.interruption.interrupt('SIGTERM');
    expect(await ended).toEqual({ status: 143, signal: 'SIGTERM' });
  });

  test('that is no reason to end is not how a run ends', async () => {
    const base = createHost();
    let printed = (): void => {};
    const isPrinted = new Promise<void>((resolve) => {
      printed = resolve;
    });
    const stream = new Writable({
      write: (_, __, done) => {
        done();
        setImmediate(printed);
      },
    });
    const host = { ...base, io: { ...base.io, stdout: { ...base.io.stdout, stream } } };
    const ended = runToEnd(['emulator', 'start'], host);
    await isPrinted;
    base.interruption.interrupt('SIGTERM');
    expect(await ended).toEqual({ status: 0 });
  });
});

/** A host whose stdout takes a part of what is written, and is never done with it. */
function blocked(host: Host): { host: Host; reached: Promise<void> } {
  let reach = (): void => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const stream = new Writable({ write: () => reach() });
  return { host: { ...host, io: { ...host.io, stdout: { ...host.io.stdout, stream } } }, reached };
}

describe('a reader who does not read', () => {
  test.each(['human', 'json'])(
    'does not keep a run from its signal, told on stderr in %s',
    async (format) => {
      const base = createHost({ variables: variablesOf(emulator) });
      const { host, reached } = blocked(base);
      const ended = runToEnd(['list', '--format', format], host);
      await reached;
      base.interruption.interrupt('SIGTERM');
      expect(await ended).toEqual({ status: 143, signal: 'SIGTERM' });
      expect(base.written.stderr).toBe('Error: interrupted by SIGTERM\n');
    },
  );

  test('of a new token does not get it after a signal', async () => {
    const base = createHost({ variables: variablesOf(emulator) });
    const { host, reached } = blocked(base);
    const ended = runToEnd(['create', '--format', 'json'], host);
    await reached;
    base.interruption.interrupt('SIGINT');
    expect(await ended).toEqual({ status: 130, signal: 'SIGINT' });
    expect(emulator.requests.at(-1)?.method).toBe('DELETE');
  });
});

test('a stdout that is closed before the command is done is a failure', async () => {
  const base = createHost();
  const stream = new Writable({
    write: (_, __, done) => done(Object.assign(new Error('write failed'), { code: 'EPIPE' })),
  });
  stream.on('error', () => {});
  const host = { ...base, io: { ...base.io, stdout: { ...base.io.stdout, stream } } };
  expect(await run(['emulator', 'start'], host)).toBe(2);
  expect(base.written.stderr).toContain('stdout was closed before the command was done');
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, finished, type Home, runCli, startCli } from '../support/cli.ts';
import { atEveryRequest, FAULT_NAMES, faultAt, holdAt, RETRIES } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { SIGNAL_PLANS, signalAtEveryRequest } from '../support/interrupted.ts';
import { issueVariables } from '../support/issue-promise.ts';

const EXEC = [
  'exec',
  '--access',
  'read_databases',
  '--ttl',
  '15m',
  '--keep-alive',
  '--',
  'sh',
  '-c',
  'exit 7',
];
const MINUTES = 60_000;

const variablesOf = (emulator: Emulator): Record<string, string> => ({
  ...issueVariables(emulator),
  PATH: process.env.PATH ?? '',
});

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

/** Whatever happened, what may be left is told of, and is void within its short life. */
function check({ status, stderr }: Ended, emulator: Emulator): void {
  const left = emulator.snapshot().service_tokens;
  expect(left.length).toBeLessThanOrEqual(1);
  const isExtended = emulator.requests.some(({ method }) => method === 'PATCH');
  // The command runs only once the token is known to be extended.
  if (status === 7) expect(isExtended).toBe(true);
  for (const { id, expires_at } of left) {
    expect(Date.parse(expires_at ?? '') - Date.now()).toBeLessThanOrEqual(15 * MINUTES);
    expect(stderr).toMatch(new RegExp(`${id} may still exist|A token may have been created|delete ${id} `));
  }
}

describe('exec --keep-alive', () => {
  let home: Home;
  let emulator: Emulator;
  beforeEach(async () => {
    home = createHome();
    emulator = await startEmulator();
  });
  afterEach(async () => {
    await emulator.close();
    home.remove();
  });

  const run = (...argv: readonly string[]) => runCli(argv, { home, env: variablesOf(emulator) });

  test('extends the token before the command starts, and deletes it behind it', async () => {
    const ran = await run(...EXEC);
    expect(ran).toMatchObject({ status: 7, stderr: '' });
    expect(emulator.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'PATCH', 'DELETE']);
    expect(emulator.requests[2]).toMatchObject({ body: { ttl: 900 } });
    expect(emulator.snapshot().service_tokens).toEqual([]);
  });

  test.each([403, 404, 422])(
    'runs nothing where the extension is answered %i, and leaves no token',
    async (answer) => {
      emulator.inject({ answer, count: 1, method: 'PATCH' });
      const ran = await run(...EXEC);
      expect(ran.status).toBe(125);
      expect(ran.stderr).toContain('was created and then rolled back');
      expect(emulator.snapshot().service_tokens).toEqual([]);
    },
  );

  test('does not believe an API that ignores it', async () => {
    await emulator.close();
    // An end that is not moved is one of fifteen minutes as well: a shorter one tells.
    emulator = await startEmulator({ ignores: ['PATCH ttl'], clock: drifting() });
    const ran = await run(...EXEC);
    expect(ran.status).toBe(125);
    expect(ran.stderr).toContain('was not confirmed');
    expect(emulator.snapshot().service_tokens).toEqual([]);
  });

  test.each([
    [['--ttl', '59s', '--keep-alive'], 'at least 1m'],
    [['--ttl', '2h', '--keep-alive', '--keep-alive-max', '1h'], 'longer than --keep-alive-max'],
    [['--keep-alive-max', '1h'], 'needs --keep-alive'],
    [['--keep-alive', '--keep-alive-max', '10s'], 'at least 1m'],
  ])('%j cannot be meant: nothing is sent', async (flags, message) => {
    const ran = await run('exec', '--access', 'read_databases', ...flags, '--', 'true');
    expect(ran.status).toBe(125);
    expect(ran.stderr).toContain(message);
    expect(emulator.requests).toEqual([]);
  });

  test('kill -9 at every request leaves a token that is void within its short life', async () => {
    for (let index = 1; ; index += 1) {
      const one = await startEmulator();
      try {
        const held = holdAt(one, index, 'carried out');
        const child = startCli(EXEC, { home, env: variablesOf(one) });
        const end = finished(child);
        const isReached = await Promise.race([held.reached.then(() => true), end.then(() => false)]);
        if (!isReached) break;
        child.kill('SIGKILL');
        await end;
        for (const { expires_at } of one.snapshot().service_tokens) {
          expect(Date.parse(expires_at ?? '') - Date.now()).toBeLessThanOrEqual(15 * MINUTES);
        }
      } finally {
        await one.close();
      }
    }
  });
});

/** A clock that goes a minute further with each look: an extension moves the end by more than its tolerance. */
function drifting(): { now(): number } {
  let looks = 0;
  return { now: () => Date.now() - 60 * MINUTES + looks++ * MINUTES };
}

describe('exec --keep-alive with something wrong at every request in turn', () => {
  test.each(FAULT_NAMES)('%s, once and for all tries', async (name) => {
    for (const times of [1, RETRIES]) {
      await atEveryRequest({ seed: {} }, async (one, index) => {
        one.inject(faultAt(index, name, times));
        check(await runInMemory(EXEC, { variables: variablesOf(one) }), one);
      });
    }
  });

  test.each(SIGNAL_PLANS)('a signal, $when, $reaction', async (plan) => {
    await signalAtEveryRequest(EXEC, { seed: {}, variablesOf }, plan, ({ ended, emulator }) => {
      check(ended, emulator);
    });
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, finished, type Home, runCli, startCli } from '../support/cli.ts';
import { type FaultName, faultAt, holdAt } from '../support/faults.ts';
import { checkPrunePromise, PLAN, PRUNE, PRUNE_SEED, pruneVariables } from '../support/prune-promise.ts';

// prune-faults.test.ts plays every fault and every signal at every request, in memory. Here some of them
// are played on the real executable.

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: PRUNE_SEED });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

describe('a real signal', () => {
  test.each([
    ['SIGINT', 'arrived', 1, 130],
    ['SIGINT', 'carried out', 2, 130],
    ['SIGTERM', 'arrived', 4, 143],
    ['SIGTERM', 'carried out', 1 + PLAN.length, 143],
  ] as const)('%s when a request has been %s: number %i', async (signal, when, index, status) => {
    const held = holdAt(emulator, index, when);
    const child = startCli(PRUNE, { home, env: pruneVariables(emulator) });
    const ended = finished(child);
    await held.reached;
    child.kill(signal);
    const result = await ended;
    held.release();
    await vi.waitFor(() => expect(emulator.inFlight).toBe(0));
    expect(result.status).toBe(status);
    expect(checkPrunePromise(result, emulator) === undefined).toBe(index === 1);
    if (index > 1) expect(result.stderr).toContain(`interrupted by ${signal}`);
  });
});

describe('a reader that has gone away', () => {
  test('ends it quietly where all was done', async () => {
    const child = startCli(PRUNE, { home, env: pruneVariables(emulator) });
    child.stdout?.destroy();
    const { status, stderr } = await finished(child);
    expect(status).toBe(0);
    expect(stderr).not.toContain('Error');
    expect(emulator.snapshot().service_tokens).toHaveLength(PRUNE_SEED.tokens.length - PLAN.length);
  });

  test('does not hide that something was not', async () => {
    emulator.inject(faultAt(4, 'status 403'));
    const child = startCli(PRUNE, { home, env: pruneVariables(emulator) });
    child.stdout?.destroy();
    const { status, stderr } = await finished(child);
    expect(status).toBe(2);
    expect(stderr).toContain('1 of 8 service tokens may still exist');
  });
});

describe('a real failure', () => {
  test.each<[FaultName, number, number]>([
    ['lost', 3, 0],
    ['status 500', 3, 2],
    ['status 500, done', 9, 0],
    ['status 403', 5, 2],
  ])('%s at request %i', async (name, index, status) => {
    emulator.inject(faultAt(index, name));
    const result = await runCli(PRUNE, { home, env: pruneVariables(emulator) });
    expect(checkPrunePromise(result, emulator)).toHaveLength(PLAN.length);
    expect(result.status).toBe(status);
  });
});

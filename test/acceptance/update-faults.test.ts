import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { atEveryRequest, FAULT_NAMES, faultAt, RETRIES } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { SIGNAL_PLANS, signalAtEveryRequest } from '../support/interrupted.ts';
import { issueVariables } from '../support/issue-promise.ts';

const SEED = { tokens: [{ id: 'tok000000001', name: 'ci', cidrs: ['203.0.113.0/24'] }] };
const UPDATE = ['update', 'tok000000001', '--name', 'new', '--cidrs', '10.0.0.0/8', '--format', 'json'];

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What was said is what is: done, not done, or not known; never a part of it. */
function checkUpdate({ status, stdout, stderr }: Ended, emulator: Emulator): void {
  const [token] = emulator.snapshot().service_tokens;
  expect(emulator.snapshot().service_tokens).toHaveLength(1);
  const isDone = token?.name === 'new';
  expect(token?.cidrs).toEqual(isDone ? ['10.0.0.0/8'] : ['203.0.113.0/24']);
  if (status === 0) {
    expect(JSON.parse(stdout)).toMatchObject({ name: 'new', cidrs: ['10.0.0.0/8'] });
    expect(isDone).toBe(true);
  } else if (isDone) {
    expect(stdout + stderr).toMatch(/may have been changed|was not confirmed/);
  }
}

describe('update with something wrong at every request in turn', () => {
  test.each(FAULT_NAMES)('%s, once and for all tries', async (name) => {
    for (const times of [1, RETRIES, 1_000]) {
      const played = await atEveryRequest({ seed: SEED }, async (emulator, index) => {
        emulator.inject(faultAt(index, name, times));
        const ended = await runInMemory(UPDATE, { variables: issueVariables(emulator) });
        expect([0, 1, 2]).toContain(ended.status);
        checkUpdate(ended, emulator);
      });
      expect(played).toBeGreaterThanOrEqual(1);
    }
  });

  test('a lost answer is settled by sending it again', async () => {
    await atEveryRequest({ seed: SEED }, async (emulator, index) => {
      emulator.inject(faultAt(index, 'lost', 1));
      expect((await runInMemory(UPDATE, { variables: issueVariables(emulator) })).status).toBe(0);
    });
  });

  test.each(SIGNAL_PLANS)('a signal, $when, $reaction', async (plan) => {
    const surroundings = { seed: SEED, variablesOf: issueVariables };
    await signalAtEveryRequest(UPDATE, surroundings, plan, ({ ended, emulator, status }) => {
      expect(ended.status).toBe(status);
      checkUpdate(ended, emulator);
    });
  });
});

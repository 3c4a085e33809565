import { describe, expect, test, vi } from 'vitest';
import type { InterruptSignal } from '../../src/text/errors.ts';
import { atEveryRequest, FAULT_NAMES, type FaultName, faultAt, holdAt, RETRIES } from '../support/faults.ts';
import { createHost, runInMemory } from '../support/host.ts';
import { run } from '../support/program.ts';
import { checkPrunePromise, PLAN, PRUNE, PRUNE_SEED, pruneVariables } from '../support/prune-promise.ts';

/** One list and a deletion for each token: what there is to fail at, at least. */
const REQUESTS = 1 + PLAN.length;

/** The outcomes of a prune with a fault at its n-th request, for each n. */
async function outcomesWith(name: FaultName, times: number): Promise<(string[] | undefined)[]> {
  const all: (string[] | undefined)[] = [];
  const played = await atEveryRequest({ seed: PRUNE_SEED }, async (emulator, index) => {
    emulator.inject(faultAt(index, name, times));
    const ran = await runInMemory(PRUNE, { variables: pruneVariables(emulator) });
    expect([0, 1, 2]).toContain(ran.status);
    // Nothing but the plan, and the list, is ever asked for.
    for (const { method, url } of emulator.requests) {
      if (method === 'GET') expect(url).toBe('/v1/organizations/acme/service-tokens?per_page=100');
      else expect(PLAN.map((id) => `DELETE ${id}`)).toContain(`${method} ${url.split('/').at(-1)}`);
    }
    expect(emulator.maxInFlight).toBeLessThanOrEqual(6);
    all.push(checkPrunePromise(ran, emulator));
  });
  expect(played).toBeGreaterThanOrEqual(REQUESTS);
  return all;
}

describe('prune with a fault at every request in turn', () => {
  test.each(FAULT_NAMES)('once: %s', async (name) => {
    const [atList, ...atDeletions] = await outcomesWith(name, 1);
    const isRetried = ['drop', 'lost', 'status 429', 'status 504, done'].includes(name);
    expect(atList !== undefined).toBe(isRetried);
    const expected: Partial<Record<FaultName, string>> = {
      'status 500': 'failed',
      html: 'failed',
      'status 401': 'failed',
      'status 403': 'failed',
    };
    for (const outcomes of atDeletions.slice(0, PLAN.length)) {
      const odd = outcomes?.filter((outcome) => outcome !== 'deleted' && outcome !== 'not_tried');
      expect(odd).toEqual(expected[name] === undefined ? [] : [expected[name]]);
    }
  });

  test.each(FAULT_NAMES)('as often as one request is tried: %s', async (name) => {
    await outcomesWith(name, RETRIES);
  });

  test.each(FAULT_NAMES)('and ever after: %s', async (name) => {
    await outcomesWith(name, 1_000);
  });
});

test('refused credentials end it: what was not tried is said to be so', async () => {
  const [, first = []] = await outcomesWith('status 401', 1_000);
  expect(first.filter((outcome) => outcome === 'failed')).toHaveLength(6);
  expect(first.filter((outcome) => outcome === 'not_tried')).toHaveLength(2);
});

describe('prune with a signal at every request in turn', () => {
  test.each<[InterruptSignal, 'arrived' | 'carried out', number]>([
    ['SIGINT', 'arrived', 130],
    ['SIGINT', 'carried out', 130],
    ['SIGTERM', 'arrived', 143],
    ['SIGTERM', 'carried out', 143],
  ])('%s when it has been %s', async (signal, when, expected) => {
    const played = await atEveryRequest({ seed: PRUNE_SEED }, async (emulator, index) => {
      const host = createHost({ variables: pruneVariables(emulator) });
      const held = holdAt(emulator, index, when);
      const ended = run(PRUNE, host);
      const isReached = await Promise.race([held.reached.then(() => true), ended.then(() => false)]);
      host.interruption.interrupt(signal);
      const status = await ended;
      // What had been sent goes on without the client.
      held.release();
      await vi.waitFor(() => expect(emulator.inFlight).toBe(0));
      if (!isReached) return;
      expect(status).toBe(expected);
      const outcomes = checkPrunePromise({ status, ...host.written }, emulator);
      expect(outcomes === undefined).toBe(index === 1);
      if (outcomes) expect(outcomes).toContain('unknown');
      expect(emulator.requests.length).toBeLessThanOrEqual(REQUESTS);
    });
    expect(played).toBe(REQUESTS);
  });
});

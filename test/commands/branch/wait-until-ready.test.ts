import { describe, expect, test } from 'vitest';
import { waitUntilReady } from '../../../src/commands/branch/wait-until-ready.ts';
import { createInterruption } from '../../../src/values/interruption.ts';
import {
  type Answer,
  branchRow,
  brokenConnection,
  createTestOrganization,
  failureOf,
  hintOf,
  interceptApi,
  json,
  noAnswer,
} from '../../support/api.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const api = interceptApi();

const GET = 'GET /v1/organizations/acme/databases/shop/branches/feature-1';
const notYet = json(branchRow);
const ready = json({ ...branchRow, ready: true });

function waiting(clock = new FakeClock(), interruption = createInterruption()) {
  const organization = createTestOrganization({ clock, signal: interruption.signal });
  return waitUntilReady('shop', 'feature-1', organization, { clock, interruption });
}

/** Answers that so many looks come too early. */
const afterLooks = (count: number): Answer[] => [...Array.from({ length: count }, () => notYet), ready];

describe('a branch', () => {
  test('that becomes ready is answered', async () => {
    api().answers(notYet, notYet, ready);
    expect((await waiting()).ready).toBe(true);
    expect(api().log).toEqual([GET, GET, GET]);
  });

  test('is looked at soon at first, and every five seconds during the first minute', async () => {
    const clock = new FakeClock();
    api().answers(...afterLooks(6));
    await waiting(clock);
    expect(clock.slept).toEqual([500, 1_000, 2_000, 5_000, 5_000, 5_000, 5_000]);
  });

  test('is looked at every ten seconds after that', async () => {
    const clock = new FakeClock();
    api().answers(...afterLooks(20));
    await waiting(clock);
    let passed = 0;
    for (const wait of clock.slept) {
      expect(wait).toBe(passed > 60_000 ? 10_000 : Math.min(wait, 5_000));
      passed += wait;
    }
    expect(clock.slept.slice(-4)).toEqual([10_000, 10_000, 10_000, 10_000]);
  });

  test('that is not ready after ten minutes is TIMEOUT: it exists, and may become ready', async () => {
    const clock = new FakeClock();
    api().always(notYet);
    const failure = await failureOf(waiting(clock));
    expect(failure.code).toBe('TIMEOUT');
    expect(failure.message).toBe('branch feature-1 was created, but is not ready after ten minutes');
    expect(hintOf(failure)).toContain('branch show');
    expect(clock.waited).toBeGreaterThanOrEqual(600_000);
    expect(clock.waited).toBeLessThanOrEqual(620_000);
  });

  test('the ten minutes include the time that answers take', async () => {
    const clock = new FakeClock();
    api().always((request) => {
      clock.advance(60_000);
      return notYet(request);
    });
    await failureOf(waiting(clock));
    expect(api().requests.length).toBeLessThanOrEqual(11);
  });

  test('is looked at again after a passing trouble', async () => {
    api().answers(brokenConnection, ready);
    expect((await waiting()).ready).toBe(true);
  });

  test('that cannot be looked at any more ends the wait with that failure', async () => {
    api().answers(notYet, json({ message: 'Not Found' }, 404));
    expect((await failureOf(waiting())).code).toBe('NOT_FOUND');
    expect(api().log).toEqual([GET, GET]);
  });
});

describe('an interruption', () => {
  test('ends the wait between two looks at once', async () => {
    const clock = new FakeClock({ held: true });
    const interruption = createInterruption();
    const asleep = clock.nextSleep();
    const work = failureOf(waiting(clock, interruption));
    await asleep;
    interruption.interrupt('SIGINT');
    expect(await work).toBe(interruption.cause());
    expect(api().log).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  test('ends a look at once', async () => {
    const interruption = createInterruption();
    api().always(noAnswer);
    const work = failureOf(waiting(new FakeClock(), interruption));
    await api().received(1);
    interruption.interrupt('SIGTERM');
    expect(await work).toBe(interruption.cause());
  });
});

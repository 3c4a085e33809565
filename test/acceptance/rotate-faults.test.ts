import { describe, expect, test } from 'vitest';
import { atEveryRequest, FAULT_NAMES, type FaultName, faultAt, RETRIES } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { SIGNAL_PLANS, signalAtEveryRequest } from '../support/interrupted.ts';
import {
  checkIssuePromise,
  type Ended,
  expectEnvelope,
  type Fate,
  ISSUE_SEED,
  issueVariables,
  OLD,
} from '../support/issue-promise.ts';

const ROTATE = ['rotate', OLD, '--format', 'json'];

/** The old token and its grants; the new one, the list, three scopes; its grants and a try with it; the old one's end. */
const REQUESTS = 10;
/** Where the token is made; before it there is none. */
const CREATION = 3;
/** Where the new token authenticates. */
const TRY = 9;

/** What is of no use without its answer: what is read, and the creation. */
const UNREADABLE = [1, 2, CREATION, CREATION + 1, TRY - 1, TRY];

/** Until the new token is handed over the old one stays; from then on stdout stays. */
function checkRotate(ended: Ended, fate: Fate): void {
  if (!fate.handedOver) {
    expect(fate.isOldThere).toBe(true);
    expectEnvelope(ended);
    return;
  }
  expect(JSON.parse(ended.stdout)).toMatchObject({ id: fate.handedOver.id, name: 'ci' });
  expect(fate.handedOver.name).toBe('ci');
  if (ended.status === 0) expect(fate.isOldThere).toBe(false);
  else expect(ended.stderr).toContain(`delete ${OLD} --org acme`);
}

/** The ends of a rotation with a fault at its n-th request, for each n. */
async function endsWith(name: FaultName, times: number): Promise<(Ended & Fate)[]> {
  const all: (Ended & Fate)[] = [];
  const played = await atEveryRequest({ seed: ISSUE_SEED }, async (emulator, index) => {
    emulator.inject(faultAt(index, name, times));
    const ended = await runInMemory(ROTATE, { variables: issueVariables(emulator) });
    expect([0, 1, 2]).toContain(ended.status);
    const fate = checkIssuePromise(ended, emulator);
    checkRotate(ended, fate);
    if (index > CREATION) expect([0, 2]).toContain(ended.status);
    all.push({ ...ended, ...fate });
  });
  expect(played).toBeGreaterThanOrEqual(REQUESTS);
  return all;
}

describe('rotate with a fault at every request in turn', () => {
  test.each(FAULT_NAMES)('once: %s', async (name) => {
    const ends = (await endsWith(name, 1)).slice(0, REQUESTS);
    for (const { reported, unknown } of ends.toSpliced(CREATION - 1, 1))
      expect([...reported, ...unknown]).toEqual([]);
    const failed = ends.flatMap(({ status }, index) => (status === 0 ? [] : [index + 1]));
    const all = ends.map((_, index) => index + 1);
    // Whatever can be sent again is, but the creation.
    const expected: Record<FaultName, number[]> = {
      drop: [CREATION],
      lost: [CREATION],
      'status 429': [CREATION],
      'status 504, done': [CREATION],
      'status 500': all,
      html: all,
      'status 403': all,
      // A new token may take a moment until it works.
      'status 401': all.filter((index) => index !== TRY),
      // Grants, and the end of the old one, are looked after.
      malformed: UNREADABLE,
      'status 500, done': UNREADABLE,
      'html, done': UNREADABLE,
      'status 202, done': UNREADABLE,
    };
    expect(failed).toEqual(expected[name]);
  });

  test.each(FAULT_NAMES)('as often as one request is tried: %s', async (name) => {
    await endsWith(name, RETRIES);
  });

  test.each(FAULT_NAMES)('and ever after: %s', async (name) => {
    await endsWith(name, 1_000);
  });
});

describe('rotate with a signal at every request in turn', () => {
  const surroundings = { seed: ISSUE_SEED, variablesOf: issueVariables };

  test.each(SIGNAL_PLANS)('$when, $reaction', async (plan) => {
    const played = await signalAtEveryRequest(
      ROTATE,
      surroundings,
      plan,
      ({ ended, emulator, index, status }) => {
        expect(ended.status).toBe(status);
        const fate = checkIssuePromise(ended, emulator);
        checkRotate(ended, fate);
        // The last request is the end of the old one: all before it hand nothing over.
        expect(fate.handedOver !== undefined).toBe(index === REQUESTS);
        if (plan.reaction === 'answer') expect([...fate.reported, ...fate.unknown]).toEqual([]);
        if (plan.reaction !== 'answer') expect(fate.unknown).toHaveLength(index === CREATION ? 1 : 0);
      },
    );
    expect(played).toEqual([REQUESTS, REQUESTS]);
  });
});

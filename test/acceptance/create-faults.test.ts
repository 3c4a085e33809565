import { describe, expect, test } from 'vitest';
import {
  atEveryRequest,
  DONE_WITHOUT_A_WORD,
  FAULT_NAMES,
  type FaultName,
  faultAt,
  RETRIES,
} from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { SIGNAL_PLANS, signalAtEveryRequest } from '../support/interrupted.ts';
import {
  ACCESS,
  checkIssuePromise,
  type Ended,
  expectEnvelope,
  type Fate,
  ISSUE_SEED,
  issueVariables,
} from '../support/issue-promise.ts';

const CREATE = ['create', '--name', 'ci', ...ACCESS, '--format', 'json'];

/** Two databases to look up, the token to make, three scopes to grant. */
const REQUESTS = 6;
/** Where the token is made; before it there is none. */
const CREATION = 3;

function checkCreate(ended: Ended, fate: Fate): void {
  expect(ended.status === 0).toBe(fate.handedOver !== undefined);
  expect(fate.isOldThere).toBe(true);
  if (!fate.handedOver) expectEnvelope(ended);
}

/** The ends of a creation with a fault at its n-th request, for each n. */
async function endsWith(name: FaultName, times: number): Promise<(Ended & Fate)[]> {
  const all: (Ended & Fate)[] = [];
  const played = await atEveryRequest({ seed: ISSUE_SEED }, async (emulator, index) => {
    emulator.inject(faultAt(index, name, times));
    const ended = await runInMemory(CREATE, { variables: issueVariables(emulator) });
    expect([0, 1, 2]).toContain(ended.status);
    const fate = checkIssuePromise(ended, emulator);
    checkCreate(ended, fate);
    // Before the token is made nobody speaks of one; from then on the caller cannot just act and go on.
    if (index < CREATION) expect(ended.stdout + ended.stderr).not.toMatch(/token \w+ (had been|was) created/);
    if (index > CREATION && !fate.handedOver) expect(ended.status).toBe(2);
    all.push({ ...ended, ...fate });
  });
  expect(played).toBeGreaterThanOrEqual(REQUESTS);
  return all;
}

describe('create --access with a fault at every request in turn', () => {
  test.each(FAULT_NAMES)('once: %s', async (name) => {
    const ends = (await endsWith(name, 1)).slice(0, REQUESTS);
    const isRetried = ['drop', 'lost', 'status 429', 'status 504, done'].includes(name);
    const isDone = ends.map(({ handedOver }) => handedOver !== undefined);
    // Whatever can be sent again is, and a grant is looked after; a creation never.
    const isGranted = isRetried || DONE_WITHOUT_A_WORD.includes(name);
    expect(isDone).toEqual([isRetried, isRetried, false, isGranted, isGranted, isGranted]);
    for (const { reported, unknown } of ends.toSpliced(CREATION - 1, 1))
      expect([...reported, ...unknown]).toEqual([]);
    const isMadeUnseen = ['lost', 'status 504, done', ...DONE_WITHOUT_A_WORD].includes(name);
    expect(ends[CREATION - 1]?.unknown).toHaveLength(isMadeUnseen ? 1 : 0);
  });

  test.each(FAULT_NAMES)('as often as one request is tried: %s', async (name) => {
    await endsWith(name, RETRIES);
  });

  test.each(FAULT_NAMES)('and ever after: %s', async (name) => {
    const ends = await endsWith(name, 1_000);
    // The deletion meets it as well: the token is left, and told of, unless the deletion was carried out.
    const isDeletedUnseen = ['lost', 'status 504, done', ...DONE_WITHOUT_A_WORD].includes(name);
    for (const { reported } of ends.slice(CREATION, REQUESTS))
      expect(reported).toHaveLength(isDeletedUnseen ? 0 : 1);
  });
});

test('a grant that fails is named', async () => {
  const [, , , shop, blog, organization] = await endsWith('status 403', 1);
  expect(shop?.stdout).toContain('granting read_branch, create_branch on database shop failed: Forbidden');
  expect(blog?.stdout).toContain('granting connect_branch on database blog failed: Forbidden');
  expect(organization?.stdout).toContain('granting read_databases on the organization failed: Forbidden');
});

describe('create --access with a signal at every request in turn', () => {
  const surroundings = { seed: ISSUE_SEED, variablesOf: issueVariables };

  test.each(SIGNAL_PLANS)('$when, $reaction', async (plan) => {
    const played = await signalAtEveryRequest(
      CREATE,
      surroundings,
      plan,
      ({ ended, emulator, index, status }) => {
        expect(ended.status).toBe(status);
        const fate = checkIssuePromise(ended, emulator);
        checkCreate(ended, fate);
        expect(fate.handedOver).toBeUndefined();
        if (plan.reaction === 'answer') expect([...fate.reported, ...fate.unknown]).toEqual([]);
        if (plan.reaction !== 'answer') expect(fate.unknown).toHaveLength(index === CREATION ? 1 : 0);
      },
    );
    expect(played).toEqual([REQUESTS, REQUESTS]);
  });
});

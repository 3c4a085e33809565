import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { createHome } from '../support/cli.ts';
import {
  atEveryRequest,
  DONE_WITHOUT_A_WORD,
  FAULT_NAMES,
  type FaultName,
  faultAt,
  RETRIES,
} from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { runInterrupted, SIGNAL_PLANS, signalAtEveryRequest, WHENS } from '../support/interrupted.ts';
import {
  ACCESS,
  checkIssuePromise,
  type Ended,
  type Fate,
  ISSUE_SEED,
  issueVariables,
} from '../support/issue-promise.ts';

const home = createHome();
afterAll(() => home.remove());
/** What the command was given; there only if it ran. */
const seen = join(home.path, 'seen');

/** A status that is nothing that this program ends with by itself. */
const STATUS = 7;
const COMMAND = [
  'sh',
  '-c',
  `echo "$PLANETSCALE_SERVICE_TOKEN_ID $PLANETSCALE_SERVICE_TOKEN" > '${seen}'; exit ${STATUS}`,
];
const EXEC = ['exec', ...ACCESS, '--format', 'json', '--', ...COMMAND];

/** Two databases to look up, the token to make, three scopes to grant; its end. */
const REQUESTS = 7;
const CREATION = 3;

function variablesFor(emulator: Emulator): Record<string, string> {
  rmSync(seen, { force: true });
  return { ...issueVariables(emulator), PATH: process.env.PATH ?? '' };
}

/** The id that the command was given, if it ran. */
function idSeen(): string | undefined {
  if (!existsSync(seen)) return undefined;
  const [, id] = /^(\w{12}) pscale_tkn_\S+\n$/.exec(readFileSync(seen, 'utf8')) ?? [];
  expect(id).toBeDefined();
  return id;
}

function checkExec(ended: Ended, fate: Fate): void {
  // All that there is on stdout is the command's.
  expect(ended.stdout).toBe('');
  expect(fate.isOldThere).toBe(true);
  // What is left is bounded, and says what it was for.
  for (const { name, expires_at, created_at } of [...fate.reported, ...fate.unknown]) {
    expect(name).toBe('pscale-service-token exec sh');
    expect(Date.parse(expires_at ?? '') - Date.parse(created_at)).toBe(3_600_000);
  }
  const id = idSeen();
  expect(ended.status === STATUS).toBe(id !== undefined);
  if (id === undefined) {
    expect(ended.stderr).toMatch(/^Error: /m);
    return;
  }
  expect(fate.unknown).toEqual([]);
  expect(ended.stderr.includes(`service token ${id} may still exist; it works until 20`)).toBe(
    fate.reported.length > 0 || ended.stderr !== '',
  );
}

/** The ends of an exec with a fault at its n-th request, for each n. */
async function endsWith(name: FaultName, times: number): Promise<(Ended & Fate)[]> {
  const all: (Ended & Fate)[] = [];
  const played = await atEveryRequest({ seed: ISSUE_SEED }, async (emulator, index) => {
    emulator.inject(faultAt(index, name, times));
    const ended = await runInMemory(EXEC, { variables: variablesFor(emulator) });
    expect([STATUS, 125]).toContain(ended.status);
    const fate = checkIssuePromise(ended, emulator);
    checkExec(ended, fate);
    all.push({ ...ended, ...fate });
  });
  expect(played).toBeGreaterThanOrEqual(REQUESTS);
  return all;
}

describe('exec with a fault at every request in turn', () => {
  test.each(FAULT_NAMES)('once: %s', async (name) => {
    const ends = (await endsWith(name, 1)).slice(0, REQUESTS);
    const isRetried = ['drop', 'lost', 'status 429', 'status 504, done'].includes(name);
    const hasRun = ends.map(({ status }) => status === STATUS);
    // Before the command runs whatever can be sent again is; a creation never. Behind it nothing matters.
    const isGranted = isRetried || DONE_WITHOUT_A_WORD.includes(name);
    expect(hasRun).toEqual([isRetried, isRetried, false, isGranted, isGranted, isGranted, true]);
    const isLeft = ['status 500', 'status 401', 'status 403', 'html'].includes(name);
    expect(ends.at(-1)?.reported).toHaveLength(isLeft ? 1 : 0);
  });

  test.each(FAULT_NAMES)('as often as one request is tried: %s', async (name) => {
    await endsWith(name, RETRIES);
  });

  test.each(FAULT_NAMES)('and ever after: %s', async (name) => {
    await endsWith(name, 1_000);
  });
});

describe('exec with a signal at every request in turn', () => {
  const surroundings = { seed: ISSUE_SEED, variablesOf: variablesFor };

  test.each(SIGNAL_PLANS)('$when, $reaction', async (plan) => {
    const played = await signalAtEveryRequest(
      EXEC,
      surroundings,
      plan,
      ({ ended, emulator, index, status }) => {
        // The command has ended by the last request, and its status is what counts.
        expect(ended.status).toBe(index === REQUESTS ? STATUS : status);
        const fate = checkIssuePromise(ended, emulator);
        checkExec(ended, fate);
        if (plan.reaction === 'answer') expect([...fate.reported, ...fate.unknown]).toEqual([]);
        // Signals are the command's: they do not keep its token from being deleted.
        if (plan.reaction === 'answer' && index === REQUESTS) expect(ended.stderr).toBe('');
        if (plan.reaction !== 'answer') expect(fate.unknown).toHaveLength(index === CREATION ? 1 : 0);
      },
    );
    expect(played).toEqual([REQUESTS, REQUESTS]);
  });
});

describe('a signal, and then a deletion that fails as well', () => {
  test.each(WHENS)('%s: the token is named, and the command that deletes it', async (when) => {
    const plan = { when, signal: 'SIGTERM', reaction: 'answer' } as const;
    const played = await atEveryRequest({ seed: ISSUE_SEED }, async (emulator, index) => {
      emulator.inject({ answer: 403, count: 1, method: 'DELETE' });
      // The last of all is the deletion itself.
      if (index === REQUESTS) return;
      const variables = variablesFor(emulator);
      const ended = await runInterrupted(EXEC, emulator, { ...plan, index }, { variables });
      if (!ended) return;
      expect(ended.status).toBe(143);
      const fate = checkIssuePromise(ended, emulator);
      checkExec(ended, fate);
      expect(fate.reported).toHaveLength(index < CREATION ? 0 : 1);
    });
    expect(played).toBe(REQUESTS - 1);
  });
});

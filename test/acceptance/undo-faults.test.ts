import { expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { atEveryRequest, FAULT_NAMES, faultAt } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { SIGNAL_PLANS, signalAtEveryRequest } from '../support/interrupted.ts';
import { issueVariables, OLD } from '../support/issue-promise.ts';

const UNTIL = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
const BEFORE = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 19)}Z`;
const MARKED = `ci (until ${UNTIL}, before ${BEFORE}, replaced by toknew000001)`;
const seed = {
  tokens: [
    { id: OLD, name: MARKED, created_at: '2026-04-01T00:00:00Z', expires_at: UNTIL },
    { id: 'toknew000001', name: 'ci', created_at: '2026-04-02T00:00:00Z' },
  ],
};

const UNDO = ['rotate', OLD, '--undo'];
/** The list, the token, the change. */
const REQUESTS = 3;

/** The old token is marked or restored, never half of each, and the new one is as it was; answers which. */
function stateOf(emulator: Emulator): 'marked' | 'restored' {
  const [old, replacement] = emulator.snapshot().service_tokens;
  expect(replacement).toMatchObject({ name: 'ci', expires_at: null });
  const isMarked = old?.name === MARKED;
  expect(old?.name).toBe(isMarked ? MARKED : 'ci');
  const end = Date.parse(old?.expires_at ?? '');
  expect(Math.abs(end - Date.parse(isMarked ? UNTIL : BEFORE))).toBeLessThan(60_000);
  return isMarked ? 'marked' : 'restored';
}

/** Undoes it once more: it is restored then, whatever the first run came to. */
async function undoAgain(emulator: Emulator): Promise<void> {
  const before = stateOf(emulator);
  const again = await runInMemory(UNDO, { variables: issueVariables(emulator) });
  expect(again.status, again.stderr).toBe(before === 'marked' ? 0 : 1);
  expect(stateOf(emulator)).toBe('restored');
}

test.each(SIGNAL_PLANS)('a signal while a request of --undo has $when, and then: $reaction', async (plan) => {
  const left: Emulator[] = [];
  const played = await signalAtEveryRequest(
    UNDO,
    { seed, variablesOf: issueVariables },
    plan,
    ({ ended, emulator, index, status }) => {
      expect(ended.status, ended.stderr).toBe(status);
      const state = stateOf(emulator);
      if (index < REQUESTS) expect(state).toBe('marked');
      // What is not known to be restored is not said to be.
      expect(ended.stdout).toBe('');
      expect(ended.stderr).not.toContain('was restored');
      left.push(emulator);
    },
  );
  expect(played).toEqual([REQUESTS, REQUESTS]);
  expect(left).toHaveLength(2 * REQUESTS);
});

test.each(FAULT_NAMES)(
  '%s at a request of --undo leaves it marked or restored, and it can be undone',
  async (name) => {
    const played = await atEveryRequest({ seed }, async (emulator, index) => {
      emulator.inject(faultAt(index, name));
      const ran = await runInMemory(UNDO, { variables: issueVariables(emulator) });
      if (ran.status === 0) expect(stateOf(emulator)).toBe('restored');
      if (emulator.faultsMet > 0) await undoAgain(emulator);
    });
    expect(played).toBeGreaterThanOrEqual(REQUESTS);
  },
);

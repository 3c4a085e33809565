import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import { createHome, type Home } from '../support/cli.ts';
import { atEveryRequest, FAULT_NAMES, type FaultName, faultAt } from '../support/faults.ts';
import type { Ran } from '../support/host.ts';
import { runInterrupted, SIGNAL_PLANS } from '../support/interrupted.ts';
import { ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';
import { runWithCommands } from '../support/patient.ts';

/** What a store holds is a token that works, and what no store holds is gone or told of: whatever fails, and where. */

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const stored = (): string => join(home.path, 'stored');
const options = (emulator: Emulator) => ({
  home: home.path,
  variables: { ...issueVariables(emulator), PATH: process.env.PATH ?? '' },
});
const MAKING = {
  create: ['create', '--name', 'ci', '--access', 'read_databases'],
  rotate: ['rotate', OLD],
};
const lineOf = (name: keyof typeof MAKING, command = 'cat >"$0"'): string[] => [
  ...MAKING[name],
  '--pipe',
  'secret',
  '--',
  'sh',
  '-c',
  command,
  stored(),
];

/** @param name whether there is an old token that has to outlive all but a delivery */
function checkPromise({ stdout, stderr }: Ran, emulator: Emulator, name: keyof typeof MAKING): boolean {
  const output = stdout + stderr;
  expect(output).not.toContain('pscale_tkn_');
  const tokens = emulator.snapshot().service_tokens;
  const secret = existsSync(stored()) ? readFileSync(stored(), 'utf8') : undefined;
  rmSync(stored(), { force: true });
  const seeded = ISSUE_SEED.tokens.map(({ id }) => id);
  const fresh = tokens.filter(({ id }) => !seeded.includes(id));
  const isOldThere = tokens.some(({ id }) => id === OLD);
  expect(fresh.length).toBeLessThanOrEqual(1);
  if (secret === undefined) {
    expect(isOldThere).toBe(true);
    for (const { id } of fresh)
      expect(
        output.includes(`delete ${id} --org acme`) || output.includes('A token may have been created'),
      ).toBe(true);
    return false;
  }
  expect(fresh.map((token) => token.secret_sha256)).toEqual([digestOf(secret)]);
  expect(output).toContain(fresh[0]?.id);
  if (isOldThere && name === 'rotate') expect(output).toContain(`delete ${OLD} --org acme`);
  return true;
}

describe.each(['create', 'rotate'] as const)('%s --pipe', (name) => {
  test.each(FAULT_NAMES)('with a fault at every request in turn: %s', async (fault: FaultName) => {
    const delivered: boolean[] = [];
    const played = await atEveryRequest({ seed: ISSUE_SEED }, async (emulator, index) => {
      emulator.inject(faultAt(index, fault));
      const ended = await runWithCommands(lineOf(name), options(emulator));
      expect([0, 1, 2]).toContain(ended.status);
      const isDelivered = checkPromise(ended, emulator, name);
      if (ended.status === 0) expect(isDelivered).toBe(true);
      delivered.push(isDelivered);
    });
    expect(played).toBeGreaterThanOrEqual(2);
    // Without a fault it is.
    expect(delivered.at(-1)).toBe(true);
  });

  test.each(SIGNAL_PLANS)('with a signal at every request in turn: $when, $reaction', async (plan) => {
    const played = await atEveryRequest({ seed: ISSUE_SEED }, async (emulator, index) => {
      const ended = await runInterrupted(
        lineOf(name),
        emulator,
        { index, signal: 'SIGTERM', ...plan },
        options(emulator),
      );
      if (!ended) rmSync(stored(), { force: true });
      if (!ended) return;
      expect(ended.status).toBe(143);
      checkPromise(ended, emulator, name);
    });
    expect(played).toBeGreaterThanOrEqual(2);
  });

  test('with a command that fails, and a fault at every request of what follows', async () => {
    await atEveryRequest({ seed: ISSUE_SEED }, async (emulator, index) => {
      emulator.inject(faultAt(index, 'lost'));
      const ended = await runWithCommands(lineOf(name, 'cat >/dev/null; exit 1'), options(emulator));
      expect([1, 2]).toContain(ended.status);
      checkPromise(ended, emulator, name);
    });
  });
});

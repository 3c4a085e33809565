import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteToken } from '../../action/delete-token.ts';
import type { LeftBehind } from '../../action/state.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createHost } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { run } from '../support/program.ts';

/** The second half of the action, from its source and in memory. */

const NAME = 'github acme/shop 4711/2 deploy 01234567';
const ID = 'tokofthejob1';
const LIST = { method: 'GET', path: /\/service-tokens$/ };

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ seed: { tokens: [{ id: ID, name: NAME }] } });
});
afterEach(() => emulator.close());

async function post(left: Partial<LeftBehind> = {}, clock = new FakeClock()) {
  const variables = issueVariables(emulator);
  const behind: LeftBehind = { variables, name: NAME, id: ID, expiresAt: undefined, hasEnded: true, ...left };
  const command = deleteToken(behind);
  const host = { ...createHost({ variables }), clock };
  const status = await run(['delete'], host, [
    { name: 'delete', summary: '', load: () => Promise.resolve(command) },
  ]);
  return { status, ...host.written };
}

const ids = () => emulator.snapshot().service_tokens.map(({ id }) => id);

describe('a deletion that is answered with 404', () => {
  test('is done where the list does not show the token any more', async () => {
    emulator.inject({ answer: 404, method: 'DELETE', carriedOut: true, count: 1 });
    expect(await post()).toMatchObject({ status: 0, stderr: expect.stringContaining(`${ID} was deleted`) });
    expect(ids()).toEqual([]);
  });

  test('is not done while the list shows the token', async () => {
    emulator.inject({ answer: 404, method: 'DELETE', count: 1 });
    const { status, stderr } = await post({ expiresAt: '2026-05-01T11:00:00Z' });
    expect(status).toBe(2);
    expect(stderr).toContain(`service token ${ID} may still exist; it works until 2026-05-01T11:00:00Z`);
    expect(ids()).toEqual([ID]);
  });

  test('is not known to be done where the list cannot be read', async () => {
    emulator.inject({ answer: 404, method: 'DELETE', count: 1 }, { ...LIST, answer: 403, count: 1 });
    const { status, stderr } = await post();
    expect(status).toBe(2);
    expect(stderr).toContain(`service token ${ID} may still exist`);
  });
});

describe('a token whose creation was cut off', () => {
  const EMPTY = { ...LIST, answer: 200, body: '{"type":"list","data":[]}' };

  test('is deleted where it comes within ten seconds', async () => {
    emulator.inject({ ...EMPTY, count: 10 });
    const clock = new FakeClock();
    const ran = await post({ id: undefined, hasEnded: false }, clock);
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining(`${ID} was deleted`) });
    expect(ids()).toEqual([]);
    expect(clock.waited).toBe(10_000);
  });

  test('is looked for no longer than that, and told of', async () => {
    emulator.inject({ ...EMPTY, count: 11 });
    const ran = await post({ id: undefined, hasEnded: false });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('ends by its ttl') });
    expect(ids()).toEqual([ID]);
  });

  test('is looked for once where the first half has come to its end', async () => {
    emulator.inject({ ...EMPTY, count: 1 });
    const clock = new FakeClock();
    const ran = await post({ id: undefined }, clock);
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('No service token is left.') });
    expect(clock.waited).toBe(0);
  });
});

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateFromSeed } from '../../../src/emulator/state/seed.ts';
import type { State } from '../../../src/emulator/state/state.ts';
import { StateFile } from '../../../src/emulator/state/state-file.ts';
import { StateKeeper } from '../../../src/emulator/state/state-keeper.ts';
import { StateLock } from '../../../src/emulator/state/state-lock.ts';
import { column, startApi, TOKENS } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A state that counts how often it is turned into text, which is once a write. */
function countingState(): { state: State; writes: () => number } {
  let writes = 0;
  const state = stateFromSeed({}, 'the seed of this test', 0);
  const toJSON = () => {
    writes += 1;
    return { name: state.organization.name };
  };
  return { state: Object.assign(state, { toJSON }), writes: () => writes };
}

/** Locked for an emulator that nobody asks for. */
async function lockedFile(path: string): Promise<StateFile> {
  const lock = new StateLock(path);
  await lock.acquire('http://127.0.0.1:1');
  return new StateFile(lock);
}

test('changes that arrive together share a write, changes during a write share the next', async () => {
  const path = join(temporaryFolder(), 'state.json');
  const { state, writes } = countingState();
  const keeper = new StateKeeper(await lockedFile(path), state);
  const first = Array.from({ length: 50 }, () => keeper.save());
  await Promise.resolve();
  await Promise.resolve();
  state.organization.name = 'changed';
  const second = Array.from({ length: 50 }, () => keeper.save());
  await Promise.all([...first, ...second]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ name: 'changed' });
  expect(writes()).toBeLessThanOrEqual(2);
});

test('nothing is written for a touch alone until the end', async () => {
  const { state, writes } = countingState();
  const keeper = new StateKeeper(await lockedFile(join(temporaryFolder(), 'state.json')), state);
  keeper.touch();
  await Promise.resolve();
  expect(writes()).toBe(0);
  await keeper.flush();
  await keeper.flush();
  expect(writes()).toBe(1);
});

test('a write that fails is answered with 500; what it was for goes with the next one', async () => {
  const folder = join(temporaryFolder(), 'states');
  mkdirSync(folder);
  const stateFile = join(folder, 'state.json');
  const api = await startApi({ stateFile });
  rmSync(folder, { recursive: true });
  const failed = await api.call('POST', TOKENS, { json: { name: 'unwritten' } });
  expect(failed).toMatchObject({ status: 500, body: { code: 'internal' } });
  mkdirSync(folder);
  expect(await api.call('POST', TOKENS, { json: { name: 'written' } })).toMatchObject({ status: 200 });
  expect(column(await api.call('GET', TOKENS), 'name')).toEqual(['unwritten', 'written']);
  expect(readFileSync(stateFile, 'utf8')).toMatch(/"unwritten".*"written"/);
});

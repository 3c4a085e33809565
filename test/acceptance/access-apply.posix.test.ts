import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createFolder, EVERY_CHANGE, expectEveryChange, type Folder, World } from '../access/world.ts';
import { createHome, finished, type Home, startCli } from '../support/cli.ts';
import { NOW } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { KEYS, openTerminal } from '../support/terminal.ts';

let home: Home;
let folder: Folder;
let emulator: Emulator;
let now: number;
beforeEach(async () => {
  now = NOW;
  home = createHome();
  folder = createFolder();
  folder.write(EVERY_CHANGE.file);
  emulator = await startEmulator({ seed: EVERY_CHANGE.seed, clock: { now: () => now } });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
  folder.remove();
});

const APPLY = ['access', ...EVERY_CHANGE.apply];

describe('kill -9', () => {
  test.each([
    ['the answer of the first rename', 'PATCH', 1, 'carried out'],
    ['the removal of a permission', 'DELETE', 1, 'carried out'],
    ['the answer of the creation', 'POST', 3, 'carried out'],
    ['a grant to the new token', 'POST', 5, 'carried out'],
    ['the last rename, the secret having been handed over', 'PATCH', 5, 'arrived'],
  ] as const)('at %s: the next apply goes on from there', async (_, method, count, when) => {
    let reached = (): void => {};
    const isReached = new Promise<void>((resolve) => {
      reached = resolve;
    });
    emulator.inject({
      answer: 'usual',
      count: 1,
      method,
      after: count - 1,
      carriedOut: when === 'carried out',
      hold: () => {
        reached();
        return new Promise<void>(() => {});
      },
    });
    const child = startCli(APPLY, { home, cwd: folder.path, env: issueVariables(emulator) });
    const ended = finished(child);
    await Promise.race([isReached, ended]);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL', stdout: '' });

    const world = new World(emulator, folder);
    now += 9 * 60_000;
    const isUnfinished = world
      .tokens()
      .some(({ name, id }) => name === 'ci-new (unfinished)' && id !== 'tokunfin0001');
    if (isUnfinished) {
      const early = await world.run(...EVERY_CHANGE.apply);
      expect(early).toMatchObject({ status: 2 });
      expect(early.stderr).toContain('another apply may be running');
    }
    now += 2 * 60_000;
    const rest = await world.run(...EVERY_CHANGE.apply);
    expect(rest, rest.stderr).toMatchObject({ status: 0 });
    expectEveryChange(world);
  });
});

describe('on a terminal', () => {
  const open = () =>
    openTerminal(['access', 'apply', 'tokens.yml', '--max-deletions', '3', '-e', '{name}.env'], {
      home,
      cwd: folder.path,
      env: issueVariables(emulator),
      columns: 80,
      rows: 60,
    });

  test('the plan is shown, and made after a yes', async () => {
    const terminal = open();
    await terminal.until('Make these');
    expect(emulator.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect((await terminal.screen()).text()).toContain('granted create_branch on database shop');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toEqual({ status: 0 });
    expect((await terminal.screen()).text()).toMatch(/\d+ of \d+ changes were made in organization acme\./);
    expectEveryChange(new World(emulator, folder));
  });

  test('a no changes nothing', async () => {
    const terminal = open();
    await terminal.until('Make these');
    terminal.type(`n${KEYS.enter}`);
    expect(await terminal.ended).toEqual({ status: 1 });
    expect((await terminal.screen()).text()).toContain('Cancelled. Nothing changed.');
    expect(emulator.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('a plan that has become another one is shown, and not made', async () => {
    const terminal = open();
    await terminal.until('Make these');
    const world = new World(emulator, folder);
    const { administrator, url } = emulator;
    await fetch(`${url}/v1/organizations/acme/service-tokens/tokgone00001`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${administrator.userToken}` },
    });
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toEqual({ status: 1 });
    expect((await terminal.screen()).text()).toContain('the plan became another one while you read it');
    expect(world.changesSent()).toEqual(['DELETE /tokgone00001 null']);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { inWorld } from '../access/world.ts';
import { NOW, runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';

const COMPOSED = 'caf\u00e9';
const DECOMPOSED = 'cafe\u0301';
const CREATED = '2026-04-01T00:00:00Z';
const ID = 'tokold000001';

let emulator: Emulator;
beforeEach(async () => {
  const tokens = [{ id: ID, name: DECOMPOSED, created_at: CREATED }];
  emulator = await startEmulator({ seed: { tokens }, clock: { now: () => NOW } });
});
afterEach(() => emulator.close());

const play = (...argv: readonly string[]) => runInMemory(argv, { variables: issueVariables(emulator) });
const named = () => emulator.snapshot().service_tokens.map(({ name }) => name);

describe('a token is found by a name that is canonically equal to its own', () => {
  test.each([
    ['show', COMPOSED],
    ['show', `name:${COMPOSED}`],
    ['show-access', COMPOSED],
    ['rotate', COMPOSED],
    ['rotate', COMPOSED, '--keep-old'],
    ['update', COMPOSED, '--ttl', '1h'],
    ['delete', COMPOSED, '--force'],
    ['list', '--name', `${COMPOSED}*`, '--quiet'],
    ['list', '--name', 'caf?', '--quiet'],
  ])('%s %s %s', async (...words) => {
    const ran = await play(...words.filter((word) => word !== undefined));
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    if (words[0] === 'list') expect(ran.stdout).toBe(`${ID}\n`);
  });

  test('after a rotation, to undo it', async () => {
    expect(await play('rotate', ID, '--delete-old-after', '1h')).toMatchObject({ status: 0 });
    expect(await play('rotate', COMPOSED, '--undo')).toMatchObject({ status: 0 });
    expect(named()).toEqual([DECOMPOSED, DECOMPOSED]);
  });

  test('and of two forms of it, neither is meant', async () => {
    expect(await play('create', '--name', COMPOSED)).toMatchObject({ status: 0 });
    const ran = await play('delete', COMPOSED, '--force');
    expect(ran).toMatchObject({ status: 1 });
    expect(ran.stderr).toContain(`2 service tokens in acme are named ${COMPOSED}`);
  });
});

test('a name is sent as it was typed', async () => {
  await play('create', '--name', DECOMPOSED);
  await play('update', ID, '--name', COMPOSED);
  expect(named()).toEqual([COMPOSED, DECOMPOSED]);
});

describe('in an access file', () => {
  const token = (id: string, name: string) => ({ id, name, created_at: CREATED });
  const file = (rest: string) => `version: 1\norganization: acme\nowns: ["caf*"]\n${rest}`;

  test.each([
    ['a listed name is there already', `tokens: {${COMPOSED}: {}}`, [ID, DECOMPOSED], []],
    ['a former name is found', `tokens: {cafe2: {previously: [${COMPOSED}]}}`, [ID, DECOMPOSED], ['rename']],
    ['an absent name is found', `absent: [${COMPOSED}]`, [ID, DECOMPOSED], ['delete']],
    [
      'what a cut apply left is found',
      `tokens: {${COMPOSED}: {}}`,
      [ID, `${DECOMPOSED} (unfinished)`],
      ['create', 'delete'],
    ],
  ] as const)('%s', (_, rest, [id, name], actions) =>
    inWorld([token(id, name)], async (world) => {
      world.folder.write(file(rest));
      const { stdout } = await world.run('plan', 'tokens.yml', '--format', 'json');
      expect(JSON.parse(stdout).changes.map(({ action }: { action: string }) => action)).toEqual(actions);
    }),
  );

  test('two forms of a name are two tokens of it', () =>
    inWorld([token('tok1', COMPOSED), token('tok2', DECOMPOSED)], async (world) => {
      world.folder.write(file(`tokens: {${COMPOSED}: {}}`));
      const plan = await world.run('plan', 'tokens.yml', '--format', 'json');
      expect(plan.stdout).toContain('2 tokens are named');
      const { stdout } = await world.run('export', '--comments');
      expect(stdout.match(/several tokens have this name/g)).toHaveLength(2);
    }));
});

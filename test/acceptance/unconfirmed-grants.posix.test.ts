import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type Fault, startEmulator } from '../../src/emulator/index.ts';
import { createFolder, type Folder } from '../access/world.ts';
import { type Ran, runInMemory } from '../support/host.ts';
import { ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';

/** An API whose answer to a grant lists nothing of what it granted. */

let emulator: Emulator;
let folder: Folder;
beforeEach(async () => {
  emulator = await startEmulator({ seed: ISSUE_SEED });
  folder = createFolder();
});
afterEach(async () => {
  await emulator.close();
  folder.remove();
});

const GRANT = { method: 'POST', path: /\/access$/, answer: 200, body: '{"type":"list","data":[]}', count: 9 };
const LOOK = { method: 'GET', path: /\/access$/, count: 9 };

/** What a look at the token tells then. */
const LOOKS: Record<string, readonly Fault[]> = {
  'it holds nothing of it': [{ ...GRANT, carriedOut: false }],
  'a look is refused': [
    { ...GRANT, carriedOut: true },
    { ...LOOK, answer: 403 },
  ],
  'a look is answered by a page': [
    { ...GRANT, carriedOut: true },
    { ...LOOK, answer: 200, body: '<html>Sign in</html>' },
  ],
};

function play(...argv: readonly string[]): Promise<Ran> {
  const variables = { ...issueVariables(emulator), PATH: process.env.PATH ?? '' };
  return runInMemory(argv, { variables, workingDirectory: folder.path });
}

function newTokens(): string[] {
  const known = ISSUE_SEED.tokens.map(({ id }) => id);
  return emulator
    .snapshot()
    .service_tokens.map(({ id }) => id)
    .filter((id) => !known.includes(id));
}

const ACCESS = ['--access', 'shop=read_branch', '--access', 'read_databases'];

describe.each(Object.entries(LOOKS))('a grant that the answer does not show, and %s', (_, faults) => {
  beforeEach(() => emulator.inject(...faults));

  test('create hands the token over, names it, and ends with 2', async () => {
    const { status, stdout, stderr } = await play('create', '--name', 'x', ...ACCESS, '--format', 'json');
    const [id] = newTokens();
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ id, token: expect.stringMatching(/^pscale_tkn_/) });
    expect(stderr).toContain(`the grant of read_branch on database shop to token ${id} was not confirmed`);
    expect(stderr).toContain(
      `the grant of read_databases on the organization to token ${id} was not confirmed`,
    );
    expect(stderr).toContain(`Token ${id} was created and kept.`);
    expect(stderr).toContain(`pscale-service-token show-access ${id} --org acme`);
  });

  test('add-access says so, and ends with 2', async () => {
    const { status, stderr } = await play('add-access', OLD, 'delete_branch', '--database', 'shop');
    expect(status).toBe(2);
    expect(stderr).toContain(`the grant of delete_branch on database shop to token ${OLD} was not confirmed`);
  });

  test('exec does not run, and takes the token back', async () => {
    const { status, stderr } = await play('exec', ...ACCESS, '--', 'touch', join(folder.path, 'ran'));
    expect(status).toBe(125);
    expect(stderr).toContain('was not confirmed');
    expect(existsSync(join(folder.path, 'ran'))).toBe(false);
    expect(newTokens()).toEqual([]);
  });

  test('a copy is not made of it', async () => {
    emulator.inject({ answer: 403, method: 'GET', path: /\/grants/, count: 9, after: 1 });
    expect((await play('duplicate', OLD)).status).toBe(2);
    expect(newTokens()).toEqual([]);
  });

  test('apply delivers the token under its own name, says so, and ends with 2', async () => {
    folder.write(
      'version: 1\norganization: acme\nowns: [x]\ntokens: {x: {access: {databases: {shop: [read_branch]}}}}\n',
    );
    const { status, stderr } = await play('access', 'apply', 'tokens.yml', '--force', '-e', '{name}.env');
    const [id] = newTokens();
    expect(status).toBe(2);
    expect(stderr).toContain(`to token ${id} was not confirmed`);
    expect(emulator.snapshot().service_tokens.find((token) => token.id === id)?.name).toBe('x');
    expect(existsSync(join(folder.path, 'x.env'))).toBe(true);
  });
});

describe('a grant that the answer does not show, and a look at the token does', () => {
  beforeEach(() => emulator.inject({ ...GRANT, carriedOut: true }));

  test.each([
    ['create', ['create', '--name', 'x', ...ACCESS]],
    ['add-access', ['add-access', OLD, 'delete_branch', '--database', 'shop']],
    ['exec', ['exec', ...ACCESS, '--', 'true']],
    ['duplicate', ['duplicate', OLD]],
  ])('is confirmed for %s', async (_, argv) => {
    expect(await play(...argv)).toMatchObject({ status: 0 });
  });
});

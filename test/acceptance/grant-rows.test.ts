import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createFolder, type Folder } from '../access/world.ts';
import { type Ran, runInMemory } from '../support/host.ts';
import { issueVariables, OLD } from '../support/issue-promise.ts';

/** Grants that come in other rows than one for each database and one for the organization. */

let emulator: Emulator;
let folder: Folder;
beforeEach(async () => {
  emulator = await startEmulator({
    seed: { databases: [{ name: 'shop' }], tokens: [{ id: OLD, name: 'ci' }] },
  });
  folder = createFolder();
});
afterEach(async () => {
  await emulator.close();
  folder.remove();
});

function play(...argv: readonly string[]): Promise<Ran> {
  return runInMemory(argv, { variables: issueVariables(emulator), workingDirectory: folder.path });
}

/** One row of grants on a database. */
function row(resource_name: string, ...accesses: readonly string[]) {
  const named = accesses.map((access) => ({ access }));
  return { resource_id: 'd1', resource_name, resource_type: 'Database', accesses: named };
}

function answerGrants(...data: readonly unknown[]): void {
  const body = JSON.stringify({ type: 'list', data });
  emulator.inject({ method: 'GET', path: /\/grants$/, answer: 200, body, count: 9 });
}

const FILE = (access: string): string =>
  `version: 1\norganization: acme\nowns: [ci]\ntokens: {ci: {id: ${OLD}, access: {${access}}}}\n`;

describe('two rows of one database', () => {
  beforeEach(() => answerGrants(row('shop', 'read_branch'), row('shop', 'read_branch', 'delete_branch')));

  test('are shown as one', async () => {
    const { stdout } = await play('show-access', OLD, '--format', 'json');
    expect(JSON.parse(stdout)).toEqual([
      { resource_name: 'shop', resource_type: 'Database', accesses: ['read_branch', 'delete_branch'] },
    ]);
  });

  test('both answer what the token may do', async () => {
    expect(await play('access', 'explain', OLD, 'shop=delete_branch')).toMatchObject({ status: 0 });
    const { stdout } = await play('list', '--holds', 'shop=delete_branch', '--quiet');
    expect(stdout.split('\n')).toContain(OLD);
  });

  test('are both removed by --all', async () => {
    expect(await play('delete-access', OLD, '--all', '--database', 'shop')).toMatchObject({
      stderr: '',
      status: 0,
    });
    const sent = emulator.requests.find(({ method }) => method === 'DELETE');
    expect(sent?.body).toEqual({ database: 'shop', access: ['read_branch', 'delete_branch'] });
  });

  test('are both in a plan', async () => {
    folder.write(FILE('databases: {shop: [read_branch]}'));
    const { stdout } = await play('access', 'plan', 'tokens.yml', '--format', 'json');
    expect(stdout).toContain('delete_branch');
  });
});

describe('a row of a database with an empty name', () => {
  beforeEach(() => answerGrants(row('', 'read_branch')));

  test('is unknown, and not the organization', async () => {
    const { stdout } = await play('access', 'explain', OLD, 'shop=read_branch', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ answer: 'perhaps' });
    expect((await play('list', '--holds', 'read_branch')).stdout).not.toMatch(/ yes/);
  });

  test('is not copied', async () => {
    const { status, stderr } = await play('duplicate', OLD);
    expect(status).toBe(2);
    expect(stderr).toContain('a kind of grant that this program does not understand');
  });

  test('is neither removed from the organization nor granted there by apply', async () => {
    folder.write(FILE('organization: [read_branch]'));
    await play('access', 'apply', 'tokens.yml', '--force');
    folder.write(FILE(''));
    await play('access', 'apply', 'tokens.yml', '--force');
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { FAULTS, type FaultName } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';

const ID = 'tok000000001';

let emulator: Emulator;
beforeEach(async () => {
  const branches = [{ name: 'main', production: true }, { name: 'old' }];
  emulator = await startEmulator({
    seed: {
      databases: [{ name: 'shop', kind: 'mysql', branches }],
      tokens: [{ id: ID, access: [{ database: 'shop', access: ['read_branch', 'create_branch'] }] }],
    },
  });
});
afterEach(() => emulator.close());

/** Every command that deletes one thing, where it is looked for, and what is said of it. */
const DELETIONS: [string, string[], RegExp, string][] = [
  ['delete', ['delete', ID], /service-tokens\?/, `token ${ID}`],
  [
    'delete-access',
    ['delete-access', ID, 'read_branch', 'create_branch', '--database', 'shop'],
    /grants\?/,
    `permissions read_branch, create_branch of token ${ID}`,
  ],
  ['branch delete', ['branch', 'delete', 'shop', 'old', '--force'], /branches\?/, 'branch shop/old'],
];

/** What confirms nothing; done or not. */
const DOUBTFUL: FaultName[] = [
  'html',
  'html, done',
  'status 202, done',
  'malformed',
  'status 500',
  'status 500, done',
];

describe.each(DELETIONS)('%s', (_, argv, look, what) => {
  const variables = (): Record<string, string> => issueVariables(emulator);
  const deletions = (): number => emulator.requests.filter(({ method }) => method === 'DELETE').length;
  const isThere = (): boolean => {
    const { service_tokens: tokens, databases } = emulator.snapshot();
    if (argv[0] === 'delete') return tokens.length > 0;
    if (argv[0] === 'delete-access') return tokens.some(({ grants }) => grants.length > 0);
    return databases.some(({ branches }) => branches.some(({ name }) => name === 'old'));
  };

  test.each(DOUBTFUL)('tells the truth where the answer is: %s', async (name) => {
    emulator.inject({ ...FAULTS[name], count: 1, method: 'DELETE' });
    const { status, stdout, stderr } = await runInMemory(argv, { variables: variables() });
    expect(status).toBe(isThere() ? 2 : 0);
    expect(stdout === '').toBe(isThere());
    expect(stderr).not.toContain('may still exist');
    expect(deletions()).toBe(1);
    expect(emulator.requests.at(-1)?.url).toMatch(look);
  });

  test.each(DOUBTFUL)('says that it may still exist where no look is possible, either: %s', async (name) => {
    emulator.inject({ ...FAULTS[name], count: 1, method: 'DELETE' });
    emulator.inject({ answer: 403, count: 1, method: 'GET', path: look });
    const { status, stdout } = await runInMemory([...argv, '--format', 'json'], { variables: variables() });
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'error',
      issues: [{ code: 'COMMAND_FAILED', message: expect.stringContaining(`${what} may still exist: `) }],
    });
  });

  test('that was refused is not looked after', async () => {
    emulator.inject({ answer: 403, count: 1, method: 'DELETE' });
    expect((await runInMemory(argv, { variables: variables() })).status).toBe(2);
    expect(emulator.requests.at(-1)?.method).toBe('DELETE');
  });
});

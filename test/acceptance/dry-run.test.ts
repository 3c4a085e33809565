import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/all.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { leavesOf } from '../support/tree.ts';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  writeFileSync(
    join(home.path, 'tokens.yml'),
    'version: 1\norganization: acme\nowns: ["*"]\ntokens: {ci: {access: {}}, new: {}}\n',
  );
  emulator = await startEmulator({
    seed: {
      databases: [{ name: 'shop', branches: [{ name: 'main', production: true }, { name: 'old' }] }],
      tokens: [
        { id: 'tok000000001', name: 'ci', access: [{ database: 'shop', access: ['read_branch'] }] },
        { id: 'tok000000002' },
      ],
    },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

/** A command line for each command that changes something; those that only ask in lists cannot be rehearsed. */
const LINES: Readonly<Record<string, string | undefined>> = {
  create: 'create --access shop=read_branch -e .env',
  duplicate: 'duplicate ci -e .env',
  rotate: 'rotate ci -e .env',
  update: 'update ci --name other',
  delete: 'delete ci tok000000002 --force',
  'add-access': 'add-access ci shop=create_branch read_databases',
  'delete-access': 'delete-access ci shop=read_branch',
  'branch create': 'branch create shop feature-1 --from main',
  'branch delete': 'branch delete shop old --force',
  edit: undefined,
  'access apply': 'access apply tokens.yml -e .env',
};

test('every command that changes something can be rehearsed', async () => {
  const changing = (await leavesOf(COMMANDS))
    .filter(({ command }) => command.changes)
    .map(({ path }) => path);
  expect(Object.keys(LINES).sort()).toEqual(changing.sort());
});

const REHEARSED = Object.values(LINES).filter((line) => line !== undefined);

test.each(REHEARSED)(
  '%s --dry-run sends nothing that changes something, and writes no file',
  async (line) => {
    const env = issueVariables(emulator);
    const { status, stdout } = await runCli([...line.split(' '), '--dry-run', '--format', 'json'], {
      home,
      env,
    });
    expect(status).toBe(0);
    const { dry_run, requests } = JSON.parse(stdout);
    expect(dry_run).toBe(true);
    expect(requests.length).toBeGreaterThan(0);
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(existsSync(join(home.path, '.env'))).toBe(false);
  },
);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { openTerminal } from '../support/terminal.ts';

/** A name of 255 characters: wide ones, combining ones, and words. */
const LONG = `商店-данные e\u0301te\u0301 🔑 ${'a-rather-long-name '.repeat(14)}`.slice(0, 255);
const MANY = [
  'read_branch',
  'create_branch',
  'delete_branch',
  'read_backups',
  'write_backups',
  'connect_branch',
];

let home: Home;
let emulator: Emulator;
beforeAll(async () => {
  home = createHome();
  writeFileSync(
    join(home.path, 'tokens.yml'),
    'version: 1\norganization: acme\nowns: ["*"]\ntokens: {ci: {access: {databases: {shop: [read_branch, create_branch, delete_branch, read_backups]}}}}\n',
  );
  emulator = await startEmulator({
    seed: {
      databases: [
        {
          name: 'shop',
          branches: [{ name: 'main', production: true }, { name: 'a-branch-with-a-long-name' }],
        },
      ],
      tokens: [
        {
          id: 'tok000000001',
          name: LONG,
          created_at: '2026-01-05T08:00:00Z',
          access: [{ database: 'shop', access: MANY }],
        },
        {
          id: 'tok000000002',
          name: 'ci',
          expires_at: '2026-02-05T08:00:00Z',
          cidrs: ['203.0.113.0/24', '198.51.100.7/32'],
        },
        { id: 'tok000000003' },
      ],
    },
  });
});
afterAll(async () => {
  await emulator.close();
  home.remove();
});

async function screenOf(
  line: string,
  columns: number,
): Promise<{ rows: string[]; text: string; status: number }> {
  const terminal = openTerminal(line.split(' '), { home, columns, rows: 24, env: issueVariables(emulator) });
  const { status } = await terminal.ended;
  const screen = await terminal.screen();
  return { rows: screen.rows(), text: screen.text(), status };
}

/** Every view that has rows. */
const VIEWS = [
  'list',
  'list --columns id,name,cidrs,last-used-ip,created-at',
  'list --holds shop=read_branch',
  'show tok000000001',
  'show tok000000002',
  'show-access tok000000001',
  'prune --name *',
  'permissions',
  'permissions backup',
  'permissions --for create_branch',
  'permissions --of tok000000001',
  'access explain tok000000001',
  'access explain tok000000001 shop=list_branches',
  'access explain tok000000003 shop=get_database',
  'branch list shop',
  'branch show shop main',
  'whoami',
  'access plan tokens.yml',
  'doctor',
  'config show',
  'agent-guide',
];

describe.each([80, 60, 40])('at %d columns', (columns) => {
  test.each(VIEWS)('%s: no line is longer than the terminal', async (line) => {
    const { text, rows } = await screenOf(line, columns);
    // The terminal has wrapped no line of a table: each line is a row of the screen.
    const table = text.split('\n').filter((one) => one.startsWith('  '));
    expect(table.length).toBeGreaterThan(0);
    for (const one of table) expect(stringWidth(one), one).toBeLessThanOrEqual(columns);
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe.each([60, 40])('help at %d columns', (columns) => {
  test.each(['--help', 'create --help', 'list --help', 'help flags', 'help environment'])(
    '%s',
    async (line) => {
      const { text } = await screenOf(line, columns);
      // Usage lines and examples are command lines to copy: no line break is put into those.
      const prose = text
        .split('\n')
        .filter((one) => !/^(Usage:| {2}[$#] |.*: pscale-service-token )/.test(one));
      for (const one of prose) expect(stringWidth(one), one).toBeLessThanOrEqual(columns);
    },
  );
});

test('a name is whole, however narrow the terminal is', async () => {
  const { text } = await screenOf('show tok000000001', 40);
  const letters = (words: string) => words.replace(/\s/g, '');
  expect(letters(text)).toContain(letters(LONG));
});

test('--wide does not fit tables, and a pipe never does', async () => {
  const { text } = await screenOf('list --wide', 60);
  expect(text.split('\n')[0]).toContain('CREATED AT');
});

test('an end that has come is said to have, and a time is told where this machine is', async () => {
  const { text } = await screenOf('show tok000000002', 80);
  expect(text).toMatch(
    /EXPIRES AT +expired \d+ (days|months) ago \(2026-02-05 \d\d:\d\d (UTC|[+-]\d\d:\d\d)\)/,
  );
});

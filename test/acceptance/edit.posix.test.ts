import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { KEYS, openTerminal, SIZES, type Terminal } from '../support/terminal.ts';

const ID = 'k3j9x0q2m7ab';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: {
      databases: [
        ...Array.from({ length: 300 }, (_, i) => ({ name: `db-${i}` })),
        { name: 'shop' },
        { name: '商店-данные' },
      ],
      tokens: [
        { id: 'tok000000001', name: 'evil\u001b[31m\nname' },
        {
          id: ID,
          name: 'ci-deploy',
          access: [{ database: 'shop', access: ['read_branch', 'read_backups'] }],
        },
      ],
    },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function edit(
  args: readonly string[],
  screen: { columns: number; rows: number; env?: Record<string, string> },
): Terminal {
  const api = {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  };
  return openTerminal(['edit', ...args], { home, ...screen, env: { ...api, ...screen.env } });
}

/** What changed something, in order. */
const changes = (): string[] =>
  emulator.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, body }) => `${method} ${JSON.stringify(body)}`);

/** What is left on the screen in the end, scrollback included, lines joined that the terminal wrapped. */
async function left(terminal: Terminal): Promise<string> {
  await terminal.ended;
  const screen = await terminal.screen();
  expect({ showsCursor: screen.showsCursor, deeds: screen.deeds }).toEqual({ showsCursor: true, deeds: [] });
  const text = screen.text();
  // The filter, the choices and the keys are gone.
  expect(text).not.toMatch(/Filter: |Esc |^> /m);
  return text;
}

const onShop = [ID, '--database', 'shop'];
const DOWN = '\u001b[B';
const CTRL_A = '\u0001';

/** The question about shop and the one before a change, as they stand on the screen. */
const QUESTIONS = {
  80: {
    permissions: 'Permissions for k3j9x0q2m7ab on database shop:',
    change: 'Change these on database shop for token k3j9x0q2m7ab? (y/N)',
  },
  40: {
    permissions: 'Permissions for k3j9x0q2m7ab on\ndatabase shop:',
    change: 'Change these on database shop for token\nk3j9x0q2m7ab? (y/N)',
  },
} as const;

describe.each(SIZES)('edit at $columns x $rows', (size) => {
  const question = QUESTIONS[size.columns];

  test('takes a token by its name', async () => {
    const terminal = edit(['name:ci-deploy', '--database', 'shop'], size);
    await terminal.until('Permissions for k3j9x0q2m7ab on database shop:');
    terminal.type(KEYS.ctrlC);
    expect(await terminal.ended).toMatchObject({ status: 130 });
    expect(changes()).toEqual([]);
  });

  test('chooses token and database, shows the difference, and grants before it removes', async () => {
    const terminal = edit([], size);
    await terminal.until('Which service token in acme?');
    expect((await terminal.screen()).text()).toContain('evil\\e[31m\\nname');
    terminal.type('ci-d');
    await terminal.until('1 of 2');
    terminal.type(KEYS.enter);
    await terminal.until('Where should it have access?');
    terminal.type('shop');
    await terminal.until('1 of 303');
    terminal.type(KEYS.enter);
    await terminal.until('Permissions for k3j9x0q2m7ab on database shop:');
    await terminal.until('[x] read_branch');
    // Every row fits: nothing is broken, and nothing has left the screen.
    const drawn = (await terminal.screen()).rows();
    expect(drawn.length).toBeLessThan(size.rows + 5);
    for (const row of drawn) expect(row.length).toBeLessThan(size.columns);
    terminal.type('create_branch');
    await terminal.until('Filter: create_branch ');
    terminal.type(' ');
    await terminal.until('[x] create_branch');
    for (const _ of 'create_branch') terminal.type(KEYS.backspace);
    terminal.type('read_backups');
    await terminal.until('Filter: read_backups ');
    terminal.type(' ');
    await terminal.until('[ ] read_backups');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    await terminal.until('Esc cancel');
    expect(changes()).toEqual([]);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual([
      'POST {"database":"shop","access":["create_branch"]}',
      'DELETE {"database":"shop","access":["read_backups"]}',
    ]);
    expect(await left(terminal)).toBe(
      `Which service token in acme? ci-deploy
Where should it have access? shop
${question.permissions} 2 checked
+ create_branch
- read_backups
${question.change} y
${
  size.columns === 80
    ? '  RESOURCE NAME   RESOURCE TYPE   ACCESSES\n  shop            Database        read_branch, create_branch'
    : '  RESOURCE NAME   shop\n  RESOURCE TYPE   Database\n  ACCESSES        read_branch,\n                  create_branch'
}`,
    );
  });

  test('asks on one screen about more changes than it has rows, and draws each once', async () => {
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type(CTRL_A);
    await terminal.until('> [x]');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    await terminal.until('Esc cancel');
    terminal.type(`yes${KEYS.backspace.repeat(3)}n${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 1 });
    const lines = (await left(terminal)).split('\n');
    const added = lines.filter((line) => line.startsWith('+ '));
    expect(added.length).toBeGreaterThan(size.rows);
    expect(new Set(added).size).toBe(added.length);
    expect(lines.slice(lines.indexOf(added.at(-1) ?? '') + 1).join('\n')).toBe(
      `${question.change} n\nCancelled. Nothing changed.`,
    );
  });

  test('on the organization, with all that is shown checked at once', async () => {
    const terminal = edit([ID, '--organization-level'], size);
    await terminal.until('on the organization:');
    terminal.type('service_');
    await terminal.until('3 of 16');
    terminal.type(CTRL_A);
    await terminal.until('> [x]');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    await terminal.until('Esc cancel');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual([
      'POST {"database":"","access":["read_service_tokens","write_service_tokens","delete_service_tokens"]}',
    ]);
    expect(await left(terminal)).toMatch(/\n\+ delete_service_tokens\n.*\(y\/N\) y\n {2}RESOURCE /s);
  });

  test('with nothing changed says so and sends nothing', async () => {
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type(KEYS.enter);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(await left(terminal)).toMatch(/ 2 checked\nNothing changed\.\n/);
    expect(changes()).toEqual([]);
  });

  test.each([
    ['n', `n${KEYS.enter}`, 1, ' n\nCancelled. Nothing changed.'],
    ['Escape', KEYS.escape, 1, ' n\nCancelled. Nothing changed.'],
    ['Ctrl-C', KEYS.ctrlC, 130, '\nError: interrupted by SIGINT'],
  ])('changes nothing on %s at the question', async (_, keys, status, end) => {
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type(' ');
    await terminal.until('> [x]');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    await terminal.until('Esc cancel');
    terminal.type(keys);
    expect(await terminal.ended).toMatchObject({ status });
    expect(changes()).toEqual([]);
    expect(await left(terminal)).toMatch(
      new RegExp(`^${escaped(question.permissions)} 3 checked\n\\+ .*\n${escaped(question.change + end)}$`),
    );
  });

  test.each([
    ['the list of tokens', [], 'Which service token', 'Which service token in acme?'],
    ['the list of databases', [ID], 'Where should it', 'Where should it have access?'],
    ['the list of permissions', onShop, 'Space toggle', question.permissions],
  ])(
    'ends at %s: on Escape and Ctrl-D with 1, on Ctrl-C with 130, the question left without an answer',
    async (_, args, text, asked) => {
      for (const [key, status, end] of [
        [KEYS.escape, 1, 'Cancelled. Nothing changed.'],
        [KEYS.ctrlD, 1, 'Cancelled. Nothing changed.'],
        [KEYS.ctrlC, 130, 'Error: interrupted by SIGINT'],
      ] as const) {
        const terminal = edit(args, size);
        await terminal.until(text);
        await terminal.until('Esc cancel');
        terminal.type(key);
        expect(await terminal.ended).toMatchObject({ status });
        expect(await left(terminal)).toBe(`${asked}\n${end}`);
      }
      expect(changes()).toEqual([]);
    },
  );

  test('says what was done and what was not when a removal fails', async () => {
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type(`${' '}${DOWN.repeat(3)} `);
    await terminal.until('[ ] read_branch');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    await terminal.until('Esc cancel');
    emulator.inject({ answer: 500, count: 1, method: 'DELETE' });
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 2 });
    expect(await left(terminal)).toContain('Granted: read_database. May still exist: read_branch.');
  });

  test('says that nothing was removed when granting fails', async () => {
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type(`${' '}${DOWN.repeat(3)} `);
    await terminal.until('[ ] read_branch');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    await terminal.until('Esc cancel');
    emulator.inject({ answer: 422, count: 1, method: 'POST' });
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 2 });
    expect(await left(terminal)).toContain('Nothing was removed.');
    expect(emulator.requests.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  test('works without colour, among 300 databases in any script', async () => {
    const terminal = edit([ID], { ...size, env: { NO_COLOR: '1' } });
    await terminal.until('Where should it have access?');
    terminal.type('商店');
    await terminal.until('1 of 303');
    terminal.type(KEYS.enter);
    await terminal.until('Space toggle');
    expect((await terminal.screen()).isStyled()).toBe(false);
    terminal.type(KEYS.ctrlC);
    expect(await terminal.ended).toMatchObject({ status: 130 });
    expect(await left(terminal)).toMatch(/^Where should it have access\?[ \n]商店-данные$/m);
  });

  test('tells its keys on ?, in the place of the choices, and takes them away again', async () => {
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type('?');
    await terminal.until('Any key goes back');
    const told = (await terminal.screen()).text();
    for (const words of ['PgUp PgDn Home End', 'Ctrl-A', 'Enter', 'Esc', 'Ctrl-U'])
      expect(told).toContain(words);
    expect(told).not.toContain('[x]');
    for (const row of told.split('\n')) expect(row.length).toBeLessThan(size.columns);
    terminal.type('x');
    await terminal.until('Space toggle');
    expect((await terminal.screen()).text()).toContain('Filter: (type to filter)');
    terminal.type(KEYS.ctrlC);
    await terminal.ended;
  });

  test('takes a paste of 10 kB as one filter, and Ctrl-C right behind it', async () => {
    const terminal = edit([], size);
    await terminal.until('Filter:');
    const start = performance.now();
    terminal.type(`${'pasted by accident '.repeat(550)}${KEYS.ctrlC}`);
    expect(await terminal.ended).toMatchObject({ status: 130 });
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test('draws itself anew when the screen is resized', async () => {
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type('read_b');
    await terminal.until('Filter: read_b ');
    terminal.resize(size.columns - 12, size.rows - 2);
    await terminal.until(size.columns === 80 ? '^A all' : 'Ente~');
    const drawn = (await terminal.screen()).text().split('\n');
    expect(drawn.filter((row) => row.startsWith('Filter: '))).toEqual([
      expect.stringMatching(/^Filter: read_b /),
    ]);
    expect(drawn.filter((row) => /^> \[x\] read_b/.test(row))).toHaveLength(1);
    expect(drawn.at(-1)).toMatch(/^Space toggle/);
    for (const row of drawn) expect(row.length).toBeLessThan(size.columns - 12);
    terminal.type(KEYS.ctrlC);
    expect(await terminal.ended).toMatchObject({ status: 130 });
    const end = (await terminal.screen()).text().split('\n');
    // Not a piece of the list is left, and the question once.
    expect(end.join(' ')).toBe(`Permissions for ${ID} on database shop: Error: interrupted by SIGINT`);
  });

  test('keeps what the catalogue does not know', async () => {
    // The emulator knows the names that are published; an answer with another one stands in for the future.
    const grants = {
      data: [
        {
          resource_id: 'd1',
          resource_name: 'shop',
          resource_type: 'Database',
          accesses: [{ access: 'time_travel' }],
        },
      ],
      next_page: null,
    };
    emulator.inject({ answer: 200, count: 1, path: /grants/, body: JSON.stringify(grants) });
    const terminal = edit(onShop, size);
    await terminal.until('Space toggle');
    terminal.type('time_travel');
    await terminal.until('[x] time_travel');
    terminal.type(' ');
    await terminal.until('[ ] time_travel');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    expect((await terminal.screen()).text()).toContain('\n- time_travel\n');
    terminal.type(KEYS.ctrlC);
    await terminal.ended;
  });
});

test('edit without a terminal names the commands that do the same', async () => {
  const result = await runCli(['edit', ID, '--format', 'json'], { home });
  expect(result.status).toBe(1);
  expect(JSON.parse(result.stdout)).toMatchObject({
    status: 'action_required',
    issues: [
      {
        code: 'TTY_REQUIRED',
        remediation: expect.stringMatching(
          /add-access and delete-access with --database <database> or --organization-level/,
        ),
      },
    ],
  });
  expect(emulator.requests).toEqual([]);
});

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

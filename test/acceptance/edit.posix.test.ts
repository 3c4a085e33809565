import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

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
  screen: { columns?: number; rows?: number; env?: Record<string, string> } = {},
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

const onShop = [ID, '--database', 'shop'];
const DOWN = '\u001b[B';
const CTRL_A = '\u0001';

describe('edit', () => {
  test('takes a token by its name', async () => {
    const terminal = edit(['name:ci-deploy', '--database', 'shop']);
    await terminal.until('What may token k3j9x0q2m7ab do on database shop?');
    terminal.type(KEYS.ctrlC);
    expect(await terminal.ended).toMatchObject({ status: 130 });
    expect(changes()).toEqual([]);
  });

  test('chooses token and database, shows the difference, and grants before it removes', async () => {
    const terminal = edit([]);
    await terminal.until('Which service token of acme?');
    terminal.type('ci-d');
    await terminal.until('1 of 2');
    terminal.type(KEYS.enter);
    await terminal.until('Where should it have access?');
    terminal.type('shop');
    await terminal.until('1 of 303');
    terminal.type(KEYS.enter);
    await terminal.until('What may token k3j9x0q2m7ab do on database shop?');
    await terminal.until('[x] read_branch');
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
    await terminal.until('+ ');
    await terminal.until('Esc cancel');
    expect(changes()).toEqual([]);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual([
      'POST {"database":"shop","access":["create_branch"]}',
      'DELETE {"database":"shop","access":["read_backups"]}',
    ]);
    expect(terminal.output()).toContain('read_branch, create_branch');
    expect(terminal.output()).not.toContain('evil\u001b');
  });

  test('on the organization, with all that is shown checked at once', async () => {
    const terminal = edit([ID, '--organization-level']);
    await terminal.until('on the organization?');
    terminal.type('service_');
    await terminal.until('3 of 16');
    terminal.type(CTRL_A);
    await terminal.until('[x] delete_service_tokens');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual([
      'POST {"database":"","access":["read_service_tokens","write_service_tokens","delete_service_tokens"]}',
    ]);
  });

  test('with nothing changed says so and sends nothing', async () => {
    const terminal = edit(onShop);
    await terminal.until('Space toggle');
    terminal.type(KEYS.enter);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(terminal.output()).toContain('Nothing changed.');
    expect(changes()).toEqual([]);
  });

  test.each([
    ['n', `n${KEYS.enter}`, 1],
    ['Escape', KEYS.escape, 1],
    ['Ctrl-C', KEYS.ctrlC, 130],
  ])('changes nothing on %s at the question', async (_, keys, status) => {
    const terminal = edit(onShop);
    await terminal.until('Space toggle');
    terminal.type(' ');
    await terminal.until('> [x]');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    terminal.type(keys);
    expect(await terminal.ended).toMatchObject({ status });
    expect(changes()).toEqual([]);
  });

  test.each([
    ['the list of tokens', [], 'Which service token'],
    ['the list of databases', [ID], 'Where should it'],
    ['the list of permissions', onShop, 'Space toggle'],
  ])(
    'ends at %s: on Escape and Ctrl-D with 1, on Ctrl-C with 130, the cursor shown again',
    async (_, args, text) => {
      for (const [key, status] of [
        [KEYS.escape, 1],
        [KEYS.ctrlD, 1],
        [KEYS.ctrlC, 130],
      ] as const) {
        const terminal = edit(args);
        await terminal.until(text);
        terminal.type(key);
        expect(await terminal.ended).toMatchObject({ status });
        const output = terminal.output();
        expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(output.lastIndexOf('\u001b[?25l'));
      }
      expect(changes()).toEqual([]);
    },
  );

  test('says what was done and what was not when a removal fails', async () => {
    const terminal = edit(onShop);
    await terminal.until('Space toggle');
    terminal.type(`${' '}${DOWN.repeat(3)} `);
    await terminal.until('[ ] read_branch');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    emulator.inject({ answer: 500, count: 1, method: 'DELETE' });
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 2 });
    expect(withoutStyle(terminal.output())).toContain(
      'Granted: read_database. May still exist: read_branch.',
    );
  });

  test('says that nothing was removed when granting fails', async () => {
    const terminal = edit(onShop);
    await terminal.until('Space toggle');
    terminal.type(`${' '}${DOWN.repeat(3)} `);
    await terminal.until('[ ] read_branch');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    emulator.inject({ answer: 422, count: 1, method: 'POST' });
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 2 });
    expect(withoutStyle(terminal.output())).toContain('Nothing was removed.');
    expect(emulator.requests.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  test('works on a small screen, without colour, among 300 databases in any script', async () => {
    const terminal = edit([ID], { columns: 40, rows: 12, env: { NO_COLOR: '1' } });
    await terminal.until('Where should it have access?');
    terminal.type('商店');
    await terminal.until('1 of 303');
    terminal.type(KEYS.enter);
    await terminal.until('Space toggle  ^A all  Enter  Esc cancel');
    expect(terminal.output()).not.toMatch(/\u001b\[\d+m/);
    terminal.type(KEYS.enter);
    expect(await terminal.ended).toMatchObject({ status: 0 });
  });

  test('draws itself anew when the screen is resized', async () => {
    const terminal = edit(onShop);
    await terminal.until('Space toggle  Ctrl-A all shown');
    terminal.resize(40, 12);
    await terminal.until('Space toggle  ^A all');
    terminal.type(KEYS.ctrlC);
    expect(await terminal.ended).toMatchObject({ status: 130 });
  });

  test('without a terminal names the commands that do the same', async () => {
    const result = await runCli(['edit', ID, '--format', 'json'], { home });
    expect(result.status).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({
      status: 'action_required',
      issues: [{ code: 'TTY_REQUIRED' }],
      error: expect.stringMatching(
        /add-access and delete-access with --database <database> or --organization-level/,
      ),
    });
    expect(emulator.requests).toEqual([]);
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
    const terminal = edit(onShop);
    await terminal.until('Space toggle');
    terminal.type('time_travel');
    await terminal.until('[x] time_travel');
    terminal.type(' ');
    await terminal.until('[ ] time_travel');
    terminal.type(KEYS.enter);
    await terminal.until('(y/N)');
    expect(withoutStyle(terminal.output())).toContain('- time_travel');
    terminal.type(KEYS.ctrlC);
    await terminal.ended;
  });
});

function withoutStyle(output: string): string {
  return output.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '');
}

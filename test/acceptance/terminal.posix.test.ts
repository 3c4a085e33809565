import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

const ID = 'tok000000001';
/** A token with a past, and with accesses. */
const USED = 'tok000000002';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  const branches = [{ name: 'main', production: true }, { name: 'old' }];
  emulator = await startEmulator({
    seed: {
      databases: [{ name: 'blog', kind: 'mysql', branches }],
      tokens: [
        { id: ID, name: 'evil\u001b[31m\u009b2J\nname' },
        {
          id: USED,
          name: 'ci',
          secret: 'pscale_tkn_used',
          last_used_at: '2026-01-01T00:00:00Z',
          access: [
            { database: 'blog', access: ['read_branch'] },
            { access: ['read_databases', 'delete_service_tokens'] },
          ],
        },
      ],
    },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function open(args: readonly string[], env: Record<string, string> = {}): Terminal {
  return openTerminal(args, {
    home,
    // Wide enough for every sentence to stand on one line.
    columns: 160,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      ...env,
    },
  });
}

const deletions = (): string[] =>
  emulator.requests.filter(({ method }) => method === 'DELETE').map(({ url }) => url);

describe('delete on a terminal', () => {
  test('asks, says what is severed, and deletes on y and Enter', async () => {
    const terminal = open(['delete', ID]);
    await terminal.until('Connections that use it are severed.');
    await terminal.until('Esc cancel');
    expect(deletions()).toEqual([]);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(terminal.output()).toContain('was successfully deleted.');
    expect(deletions()).toEqual([`/v1/organizations/acme/service-tokens/${ID}`]);
  });

  test.each([
    ['n and Enter', `n${KEYS.enter}`],
    ['a bare Enter', KEYS.enter],
    ['Escape', KEYS.escape],
    ['a y taken back', `y${KEYS.backspace}${KEYS.enter}`],
    ['the end of input', KEYS.ctrlD],
    ['a y behind an n', `ny${KEYS.enter}`],
    ['a line that was pasted', `prune --apply${KEYS.enter}`],
  ])('takes %s for a no, exit 1', async (_, keys) => {
    const terminal = open(['delete', ID]);
    await terminal.until('Esc cancel');
    terminal.type(keys);
    expect(await terminal.ended).toMatchObject({ status: 1 });
    expect(terminal.output()).toContain('was not deleted');
    expect(deletions()).toEqual([]);
  });

  test('takes yes for a yes', async () => {
    const terminal = open(['delete', ID]);
    await terminal.until('Esc cancel');
    terminal.type(`yes${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(deletions()).toHaveLength(1);
  });

  test('ends with 130 on Ctrl-C, nothing deleted, the cursor shown again', async () => {
    const terminal = open(['delete', ID]);
    await terminal.until('Esc cancel');
    terminal.type(KEYS.ctrlC);
    expect(await terminal.ended).toMatchObject({ status: 130 });
    expect(deletions()).toEqual([]);
    const output = terminal.output();
    expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(output.lastIndexOf('\u001b[?25l'));
  });

  test('does not ask with --force', async () => {
    const terminal = open(['delete', ID, '--force']);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(terminal.output()).not.toContain('(y/N)');
    expect(deletions()).toHaveLength(1);
  });
});

describe('before it asks, delete shows', () => {
  test('the name, the last use and what the token reaches', async () => {
    const terminal = open(['delete', USED]);
    await terminal.until('Esc cancel');
    const shown = withoutStyle(terminal.output());
    expect(shown).toMatch(
      /Service token tok000000002 \(ci\) of acme: last used \d+ \w+ ago, reaches blog, acme\./,
    );
    terminal.type(`n${KEYS.enter}`);
    await terminal.ended;
    expect(deletions()).toEqual([]);
  });

  test('a token that was never used and holds nothing', async () => {
    const terminal = open(['delete', ID]);
    await terminal.until('Esc cancel');
    expect(withoutStyle(terminal.output())).toContain('never used, holds nothing.');
    terminal.type(KEYS.ctrlC);
    await terminal.ended;
  });

  test('that it may not look, where that is so, and asks all the same', async () => {
    const terminal = open(['delete', ID], {
      PLANETSCALE_SERVICE_TOKEN_ID: USED,
      PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_used',
    });
    await terminal.until('Esc cancel');
    expect(withoutStyle(terminal.output())).toContain('you may not see what it holds');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(deletions()).toHaveLength(1);
  });

  test('nothing for a token that is not there: it fails at once', async () => {
    const terminal = open(['delete', 'nope']);
    expect(await terminal.ended).toMatchObject({ status: 2 });
    expect(terminal.output()).not.toContain('(y/N)');
  });
});

describe('prune --apply on a terminal', () => {
  test('shows the tokens, asks, and deletes on y and Enter', async () => {
    const terminal = open(['prune', '--name', '*', '--apply']);
    await terminal.until('Esc cancel');
    const shown = withoutStyle(terminal.output());
    expect(shown).toMatch(/tok000000001 .*planned\s+tok000000002 .*planned/);
    expect(shown).toContain('evil\\e[31m');
    expect(shown).toContain('Delete these 2 service tokens of acme? Connections that use them are severed.');
    expect(shown).not.toContain('--apply');
    expect(deletions()).toEqual([]);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(withoutStyle(terminal.output())).toContain('Of 2 service tokens: 2 deleted.');
    expect(deletions()).toHaveLength(2);
  });

  test.each([
    ['n and Enter', `n${KEYS.enter}`, 1, 'no service token was deleted'],
    ['Escape', KEYS.escape, 1, 'no service token was deleted'],
    ['Ctrl-C', KEYS.ctrlC, 130, 'interrupted'],
  ])('deletes nothing on %s', async (_, keys, status, words) => {
    const terminal = open(['prune', '--never-used', '--apply']);
    await terminal.until('Delete this service token of');
    await terminal.until('Esc cancel');
    terminal.type(keys);
    expect(await terminal.ended).toMatchObject({ status });
    expect(terminal.output()).toContain(words);
    expect(deletions()).toEqual([]);
  });

  test('does not ask with --force, without --apply, or where there is nothing to delete', async () => {
    for (const args of [['--expired', '--apply'], ['--never-used'], ['--never-used', '--apply', '--force']]) {
      const terminal = open(['prune', ...args]);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      expect(terminal.output()).not.toContain('(y/N)');
    }
    expect(deletions()).toHaveLength(1);
  });

  test('counts what is done', async () => {
    await emulator.close();
    emulator = await startEmulator({
      seed: { tokens: Array.from({ length: 13 }, (_, i) => ({ id: `tok${i}`, name: 'old' })) },
    });
    const last = holdAt(emulator, 14, 'arrived');
    const terminal = open(['prune', '--name', 'old', '--apply', '--force']);
    await terminal.until('12 of 13');
    last.release();
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(deletions()).toHaveLength(13);
  });
});

describe('branch delete on a terminal', () => {
  test('deletes when the name is typed', async () => {
    const terminal = open(['branch', 'delete', 'blog', 'old']);
    await terminal.until('Enter accept');
    terminal.type(`blog/old${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(deletions()).toEqual(['/v1/organizations/acme/databases/blog/branches/old']);
  });

  test.each([
    ['another name', `blog/odl${KEYS.enter}`, 1],
    ['Escape', KEYS.escape, 1],
    ['Ctrl-C', KEYS.ctrlC, 130],
  ])('deletes nothing on %s', async (_, keys, status) => {
    const terminal = open(['branch', 'delete', 'blog', 'old']);
    await terminal.until('Enter accept');
    terminal.type(keys);
    expect(await terminal.ended).toMatchObject({ status });
    expect(deletions()).toEqual([]);
  });
});

describe('what a terminal shows', () => {
  test('a hostile name is shown, never obeyed', async () => {
    const terminal = open(['list']);
    await terminal.ended;
    expect(terminal.output()).toContain('evil\\e[31m\\x9b2J\\nname');
    expect(terminal.output()).not.toContain('evil\u001b');
  });

  test('colour is used, and not under NO_COLOR or --no-color', async () => {
    const coloured = open(['list']);
    await coloured.ended;
    expect(coloured.output()).toContain('\u001b[1mID');
    for (const plain of [open(['list'], { NO_COLOR: '1' }), open(['list', '--no-color'])]) {
      await plain.ended;
      expect(plain.output()).toContain('ID ');
      expect(plain.output()).not.toMatch(/\u001b\[\d+m/);
    }
  });

  test('progress is drawn while a request takes its time, and is gone afterwards', async () => {
    await emulator.close();
    emulator = await startEmulator({ latencyMs: 700 });
    const terminal = open(['list']);
    await terminal.until('Fetching service tokens from org');
    await terminal.ended;
    expect(terminal.output().trimEnd()).toMatch(/No service tokens have been created yet\.$/);
    const json = open(['list', '--format', 'json']);
    await json.ended;
    expect(json.output()).not.toContain('Fetching');
  });
});

function withoutStyle(output: string): string {
  return output.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '');
}

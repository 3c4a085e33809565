import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';
import { KEYS, openTerminal, SIZES, type Terminal } from '../support/terminal.ts';

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

type Size = (typeof SIZES)[number];

function open(args: readonly string[], size: Size, env: Record<string, string> = {}): Terminal {
  return openTerminal(args, {
    home,
    ...size,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      ...env,
    },
  });
}

/** What is left on the screen in the end, scrollback included, lines joined that the terminal wrapped. */
async function left(terminal: Terminal): Promise<string[]> {
  await terminal.ended;
  const screen = await terminal.screen();
  // Whatever happened, the cursor is back and nothing hostile was obeyed.
  expect({ showsCursor: screen.showsCursor, deeds: screen.deeds }).toEqual({ showsCursor: true, deeds: [] });
  return screen.text().split('\n');
}

const deletions = (): string[] =>
  emulator.requests.filter(({ method }) => method === 'DELETE').map(({ url }) => url);

/** The question of delete: rows are broken between words. */
const QUESTION = {
  80: [
    'Service token tok000000001 (evil\\e[31m\\x9b2J\\nname) in acme: never used, no',
    'permissions.',
    'Delete it? Anything using it will lose access. (y/N)',
  ],
  40: [
    'Service token tok000000001',
    '(evil\\e[31m\\x9b2J\\nname) in acme: never',
    'used, no permissions.',
    'Delete it? Anything using it will lose',
    'access. (y/N)',
  ],
} as const;

/** The question, the answer in its last row, and what follows. */
function answered({ columns }: Size, answer: string, ...after: readonly string[]): string[] {
  const question = QUESTION[columns];
  return [...question.slice(0, -1), `${question.at(-1)}${answer && ` ${answer}`}`, ...after];
}

describe.each(SIZES)('at $columns x $rows', (size) => {
  describe('delete', () => {
    test('asks, says what is severed, and deletes on y and Enter; the screen says y', async () => {
      const terminal = open(['delete', ID], size);
      await terminal.until('Esc cancel');
      expect((await terminal.screen()).rows()).toEqual([
        ...QUESTION[size.columns],
        'y yes  n no  Enter accept  Esc cancel',
      ]);
      expect(deletions()).toEqual([]);
      terminal.type(`y${KEYS.enter}`);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      expect(await left(terminal)).toEqual(
        answered(size, 'y', 'Token tok000000001 was successfully deleted.'),
      );
      expect(deletions()).toEqual([`/v1/organizations/acme/service-tokens/${ID}`]);
    });

    test.each([
      ['n and Enter', `n${KEYS.enter}`],
      ['a bare Enter', KEYS.enter],
      ['Escape', KEYS.escape],
      ['Escape, and Ctrl-C right behind it', `${KEYS.escape}${KEYS.ctrlC}`],
      ['a y taken back', `y${KEYS.backspace}${KEYS.enter}`],
      ['the end of input', KEYS.ctrlD],
      ['a y behind an n', `ny${KEYS.enter}`],
      ['a y in the line behind an n', `n${KEYS.enter}y${KEYS.enter}`],
      ['a long line that was pasted', `prune --apply ${'x'.repeat(100)}${KEYS.enter}`],
    ])('takes %s for a no, exit 1; the screen says n', async (_, keys) => {
      const terminal = open(['delete', ID], size);
      await terminal.until('Esc cancel');
      terminal.type(keys);
      expect(await terminal.ended).toMatchObject({ status: 1 });
      expect(await left(terminal)).toEqual(answered(size, 'n', 'Cancelled. Nothing changed.'));
      expect(deletions()).toEqual([]);
    });

    test('takes yes for a yes, and an n in the line behind it for nothing', async () => {
      const terminal = open(['delete', ID], size);
      await terminal.until('Esc cancel');
      terminal.type(`yes${KEYS.enter}n${KEYS.enter}`);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      expect(await left(terminal)).toEqual(
        answered(size, 'y', 'Token tok000000001 was successfully deleted.'),
      );
      expect(deletions()).toHaveLength(1);
    });

    test('ends with 130 on Ctrl-C, nothing deleted, no answer on the screen', async () => {
      const terminal = open(['delete', ID], size);
      await terminal.until('Esc cancel');
      terminal.type(KEYS.ctrlC);
      expect(await terminal.ended).toMatchObject({ status: 130 });
      expect(await left(terminal)).toEqual(answered(size, '', 'Error: interrupted by SIGINT'));
      expect(deletions()).toEqual([]);
    });

    test('does not ask with --force', async () => {
      const terminal = open(['delete', ID, '--force'], size);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      expect(await left(terminal)).toEqual(['Token tok000000001 was successfully deleted.']);
      expect(deletions()).toHaveLength(1);
    });

    test('shows the last use and what the token reaches, before it asks', async () => {
      const terminal = open(['delete', USED], size);
      await terminal.until('Esc cancel');
      expect((await terminal.screen()).rows().join(' ')).toMatch(
        /^Service token tok000000002 \(ci\) in acme: last used \d+ \w+ ago, has access to blog, acme\. Delete it\?/,
      );
      terminal.type(`n${KEYS.enter}`);
      await terminal.ended;
      expect(deletions()).toEqual([]);
    });

    test('says that it may not look, where that is so, and asks all the same', async () => {
      const terminal = open(['delete', ID], size, {
        PLANETSCALE_SERVICE_TOKEN_ID: USED,
        PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_used',
      });
      await terminal.until('Esc cancel');
      expect((await terminal.screen()).rows().join(' ')).toContain(
        'you are not allowed to view its permissions',
      );
      terminal.type(`y${KEYS.enter}`);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      expect(deletions()).toHaveLength(1);
    });

    test('fails at once for a token that is not there', async () => {
      const terminal = open(['delete', 'nope'], size);
      expect(await terminal.ended).toMatchObject({ status: 2 });
      expect((await left(terminal)).join('\n')).not.toContain('(y/N)');
    });
  });

  describe('prune --apply', () => {
    test('shows the tokens, asks, and deletes on y and Enter', async () => {
      const terminal = open(['prune', '--name', '*', '--apply'], size);
      await terminal.until('Esc cancel');
      const asked = (await terminal.screen()).text();
      expect(asked).toMatch(/tok000000001.*planned.*tok000000002.*planned/s);
      expect(asked).toContain('evil\\e[31m');
      expect(asked.replaceAll('\n', ' ')).toContain(
        'Delete these 2 service tokens in acme? Anything using them will lose access. (y/N)',
      );
      expect(asked).not.toContain('--apply');
      expect(deletions()).toEqual([]);
      terminal.type(`y${KEYS.enter}`);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      const end = (await left(terminal)).join('\n');
      expect(end.match(/\(y\/N\).*/g)).toEqual(['(y/N) y']);
      expect(end).toMatch(/\nOf 2 service tokens: 2 deleted\.$/);
      expect(end).not.toContain('Esc cancel');
      expect(deletions()).toHaveLength(2);
    });

    test.each([
      ['n and Enter', `n${KEYS.enter}`, 1, '(y/N) n', 'Cancelled. Nothing changed.'],
      ['Escape', KEYS.escape, 1, '(y/N) n', 'Cancelled. Nothing changed.'],
      ['Ctrl-C', KEYS.ctrlC, 130, '(y/N)', 'Error: interrupted by SIGINT'],
    ])('deletes nothing on %s', async (_, keys, status, answer, words) => {
      const terminal = open(['prune', '--never-used', '--apply'], size);
      await terminal.until('Esc cancel');
      terminal.type(keys);
      expect(await terminal.ended).toMatchObject({ status });
      const lines = await left(terminal);
      expect(lines.slice(-3).join(' ')).toBe(
        `${size.columns === 80 ? 'Delete this service token in acme? Anything using it will lose access.' : 'Anything using it will lose access.'} ${answer} ${words}`,
      );
      expect(deletions()).toEqual([]);
    });

    test('does not ask with --force, without --apply, or where there is nothing to delete', async () => {
      for (const args of [
        ['--expired', '--apply'],
        ['--never-used'],
        ['--never-used', '--apply', '--force'],
      ]) {
        const terminal = open(['prune', ...args], size);
        expect(await terminal.ended).toMatchObject({ status: 0 });
        expect((await left(terminal)).join('\n')).not.toContain('(y/N)');
      }
      expect(deletions()).toHaveLength(1);
    });

    test('counts what is done, and leaves nothing of that on the screen', async () => {
      await emulator.close();
      emulator = await startEmulator({
        seed: { tokens: Array.from({ length: 13 }, (_, i) => ({ id: `tok${i}`, name: 'old' })) },
      });
      const last = holdAt(emulator, 14, 'arrived');
      const terminal = open(['prune', '--name', 'old', '--apply', '--force'], size);
      await terminal.until(
        size.columns === 80 ? '[##################..] 12 of 13' : 'Deleting service tokens [',
      );
      const during = (await terminal.screen()).rows();
      expect(during).toHaveLength(1);
      last.release();
      expect(await terminal.ended).toMatchObject({ status: 0 });
      const end = (await left(terminal)).join('\n');
      expect(end).not.toContain('Deleting');
      // In a row each, or on a narrow terminal in a record each.
      const [rows = '', summary] = end.split('\n\nOf ');
      expect(summary).toBe('13 service tokens: 13 deleted.');
      expect(rows.match(/tok\d+/g)).toHaveLength(13);
      expect(rows.match(/deleted$/gm)).toHaveLength(13);
      expect(deletions()).toHaveLength(13);
    });
  });

  describe('branch delete', () => {
    test('deletes when the name is typed; the screen shows it once', async () => {
      const terminal = open(['branch', 'delete', 'blog', 'old'], size);
      await terminal.until('Enter accept');
      terminal.type(`blog/old${KEYS.enter}`);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      expect(await left(terminal)).toEqual([
        ...(size.columns === 80
          ? ['Please type blog/old to confirm: blog/old']
          : ['Please type blog/old to confirm:', '> blog/old']),
        'Branch old was successfully deleted from blog.',
      ]);
      expect(deletions()).toEqual(['/v1/organizations/acme/databases/blog/branches/old']);
    });

    test('keeps the screen in order while a line is typed that is longer than it, and taken back', async () => {
      const terminal = open(['branch', 'delete', 'blog', 'old'], size);
      await terminal.until('Enter accept');
      terminal.type('x'.repeat(200));
      await terminal.until('x'.repeat(30));
      terminal.type(`${KEYS.backspace.repeat(200)}blog/old${KEYS.enter}`);
      expect(await terminal.ended).toMatchObject({ status: 0 });
      const lines = await left(terminal);
      expect(lines.filter((line) => line.includes('xx'))).toEqual([]);
      expect(lines.join(' ')).toMatch(
        /^Please type blog\/old to confirm:( >)? blog\/old Branch old was successfully deleted from blog\.$/,
      );
    });

    test('takes the keys with which shells edit a line', async () => {
      const terminal = open(['branch', 'delete', 'blog', 'old'], size);
      await terminal.until('Enter accept');
      // Home, to the right, Delete, End, and a word taken away.
      terminal.type(`xblog/o\u001b[H\u001b[3~\u001b[Fld no\u0017${KEYS.backspace}${KEYS.enter}`);
      expect(await terminal.ended).toMatchObject({ status: 0 });
    });

    test.each([
      ['another name', `blog/odl${KEYS.enter}`, 1],
      ['Escape', KEYS.escape, 1],
      ['the end of input', KEYS.ctrlD, 1],
      ['Ctrl-C', KEYS.ctrlC, 130],
    ])('deletes nothing on %s', async (_, keys, status) => {
      const terminal = open(['branch', 'delete', 'blog', 'old'], size);
      await terminal.until('Enter accept');
      terminal.type(keys);
      expect(await terminal.ended).toMatchObject({ status });
      const end = (await left(terminal)).join('\n');
      expect(end).not.toContain('Esc cancel');
      expect(end.match(/Please type/g)).toHaveLength(1);
      expect(deletions()).toEqual([]);
    });
  });

  describe('the screen', () => {
    test('shows a hostile name, and never obeys it', async () => {
      const terminal = open(['list'], size);
      expect((await left(terminal)).join('\n')).toContain('evil\\e[31m\\x9b2J\\nname');
    });

    test('has colour, and none under NO_COLOR or --no-color', async () => {
      const coloured = open(['list'], size);
      await coloured.ended;
      expect((await coloured.screen()).isStyled()).toBe(true);
      for (const plain of [open(['list'], size, { NO_COLOR: '1' }), open(['list', '--no-color'], size)]) {
        await plain.ended;
        const screen = await plain.screen();
        expect(screen.text()).toContain('ID ');
        expect(screen.isStyled()).toBe(false);
      }
    });

    test('shows progress in one row while a request takes its time, and nothing of it afterwards', async () => {
      const first = holdAt(emulator, 1, 'arrived');
      const organization = `${'long-'.repeat(20)}name`;
      const terminal = open(['list', '--org', organization], size);
      await terminal.until('Fetching service tokens from org');
      const during = (await terminal.screen()).rows();
      expect(during).toEqual([expect.stringMatching(/^. Fetching service tokens from org .*~$/)]);
      expect(during[0]?.length).toBeLessThan(size.columns);
      first.release();
      const end = (await left(terminal)).join('\n');
      expect(end).toMatch(/^Error: /);
      expect(end).not.toContain('Fetching');
    });

    test('has nothing left of progress that was on it when the terminal became narrower', async () => {
      const first = holdAt(emulator, 1, 'arrived');
      const terminal = open(['list', '--org', `${'long-'.repeat(20)}name`], size);
      await terminal.until('Fetching service tokens from org');
      terminal.resize(30, size.rows);
      await terminal.until('Fetching service tokens fr~');
      expect((await terminal.screen()).rows()).toHaveLength(1);
      first.release();
      expect((await left(terminal)).join('\n')).toMatch(/^Error: /);
    });

    test('shows no progress with --format json', async () => {
      const first = holdAt(emulator, 1, 'arrived');
      const terminal = open(['list', '--format', 'json'], size);
      await first.reached;
      expect((await terminal.screen()).rows()).toEqual([]);
      first.release();
      expect(JSON.parse((await left(terminal)).join(''))).toHaveLength(2);
    });
  });
});

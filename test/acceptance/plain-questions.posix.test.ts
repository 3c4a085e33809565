import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home } from '../support/cli.ts';
import { KEYS, openTerminal, SIZES, type Terminal } from '../support/terminal.ts';

const ID = 'k3j9x0q2m7ab';
/** Told in days, so that it stays the same while the test runs. */
const DAYS_AGO = new Date(Date.now() - 3 * 86_400_000).toISOString();

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: {
      databases: Array.from({ length: 60 }, (_, index) => ({ name: `db-${index}` })).concat([
        { name: 'shop' },
      ]),
      tokens: [
        { id: 'tok000000001', name: 'evil\u001b[31m\nname', created_at: DAYS_AGO },
        {
          id: ID,
          name: 'ci-deploy',
          created_at: DAYS_AGO,
          access: [{ database: 'shop', access: ['read_branch'] }],
        },
      ],
    },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function plainly(
  args: readonly string[],
  env: Record<string, string> = { TERM: 'dumb' },
  size: { columns: number; rows: number } = SIZES[0],
): Terminal {
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

const ONE = 'A number, words to narrow the list, or c to cancel:';
const SEVERAL =
  'Numbers to check or uncheck (1 3-5), words to narrow the list, Enter to accept, or c to cancel:';

/** What a person has before them in the end; nothing of it was drawn over, and nothing but words was written. */
async function left(terminal: Terminal): Promise<string> {
  await terminal.ended;
  const screen = await terminal.screen();
  expect({ showsCursor: screen.showsCursor, deeds: screen.deeds }).toEqual({ showsCursor: true, deeds: [] });
  return screen.text();
}

const changes = (): string[] =>
  emulator.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, body }) => `${method} ${JSON.stringify(body)}`);

describe.each([{ TERM: 'dumb' }, { ACCESSIBLE: '1' }])('with %j', (env) => {
  test.each(SIZES)('edit is numbered lines, from the token to the yes, at %j', async (size) => {
    const terminal = plainly(['edit'], env, size);
    // With the end of what stands before it: the same question is asked again and again.
    await terminal.until(`used never expires never created 3 days ago ${ONE}`);
    terminal.type('ci-d\r');
    await terminal.until(
      `${ONE} ci-d 1. ci-deploy, ${ID} used never expires never created 3 days ago ${ONE}`,
    );
    terminal.type('1\r');
    await terminal.until(`And 22 more: type words to narrow the list. ${ONE}`);
    terminal.type('99\r');
    await terminal.until(`99 is not on the list. ${ONE}`);
    terminal.type('sho\r');
    await terminal.until(`1. shop, database, mysql ${ONE}`);
    terminal.type('1\r');
    await terminal.until(`Change the VSchema of a production branch ${SEVERAL}`);
    terminal.type('time travel\r');
    await terminal.until(`Nothing matches time travel. ${SEVERAL}`);
    terminal.type('_branch\r');
    await terminal.until(
      `19. write_production_branch_vschema, Change the VSchema of a production branch ${SEVERAL}`,
    );
    terminal.type('2-3\r');
    await terminal.until('5. create_branch, Make branches in the database, checked');
    await terminal.until(
      `32. write_production_branch_vschema, Change the VSchema of a production branch ${SEVERAL}`,
    );
    terminal.type('\r');
    await terminal.until('Yes or no (y/N):');
    terminal.type('y\r');
    const screen = await left(terminal);
    expect(await terminal.ended).toEqual({ status: 0 });
    expect(changes()).toHaveLength(1);
    // All that was asked still stands there, in its order.
    const asked = ['cancel: ci-d', 'cancel: 1', 'cancel: 99', 'cancel: sho', 'cancel: 2-3', '(y/N): y'];
    const flat = screen.replaceAll(/\s+/g, ' ');
    const places = asked.map((words) => flat.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

test('a name that would move the cursor is written out', async () => {
  const terminal = plainly(['show']);
  await terminal.until('or c to cancel:');
  expect((await terminal.screen()).text()).toContain(String.raw`evil\e[31m\nname`);
  terminal.type('c\r');
  expect(await left(terminal)).toContain('Cancelled. Nothing changed.');
});

test.each([
  ['c', 'c\r', 1],
  ['the end of the input', KEYS.ctrlD, 1],
  ['Ctrl-C', KEYS.ctrlC, 130],
])('%s ends a list without a change', async (_, keys, status) => {
  const terminal = plainly(['edit', ID]);
  await terminal.until('or c to cancel:');
  terminal.type(keys);
  expect(await terminal.ended).toEqual({ status });
  expect(changes()).toEqual([]);
});

test.each([
  ['y', 0, 1],
  ['yes', 0, 1],
  ['n', 1, 0],
  ['', 1, 0],
  ['maybe', 1, 0],
])('delete answered by “%s”', async (answer, status, count) => {
  const terminal = plainly(['delete', ID]);
  await terminal.until('(y/N):');
  terminal.type(`${answer}\r`);
  expect(await terminal.ended).toEqual({ status });
  expect(changes()).toHaveLength(count);
});

test('the end of the input is no yes', async () => {
  const terminal = plainly(['delete', ID]);
  await terminal.until('(y/N):');
  terminal.type(KEYS.ctrlD);
  expect(await terminal.ended).toEqual({ status: 1 });
  expect(changes()).toEqual([]);
});

test('lines that were typed ahead answer the questions in their order', async () => {
  const terminal = plainly(['edit', ID, '--database', 'shop']);
  await terminal.until('or c to cancel:');
  terminal.type('_branch\r1\r\ry\r');
  await terminal.ended;
  expect(changes()).toHaveLength(1);
});

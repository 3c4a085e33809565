import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { shellWords } from '../support/shell-words.ts';
import { KEYS, openTerminal, SIZES, type Terminal } from '../support/terminal.ts';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator();
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

type Size = (typeof SIZES)[number];

function create(size: Size, args: readonly string[] = [], stdoutTo?: string): Terminal {
  const env = {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  };
  return openTerminal(['create', '-i', ...args], { home, env, ...size, ...(stdoutTo && { stdoutTo }) });
}

/** What is left on the screen in the end, scrollback included, lines joined that the terminal wrapped. */
async function left(terminal: Terminal): Promise<string> {
  await terminal.ended;
  const screen = await terminal.screen();
  expect(screen.showsCursor).toBe(true);
  return screen.text();
}

/** What changed something, in order, without ids. */
const changes = (): string[] =>
  emulator.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, body }) => `${method} ${JSON.stringify(body)}`);

/** Answers the questions up to the last one: a name, thirty days, two accesses on shop, one on the organization. */
async function answerAll(terminal: Terminal): Promise<void> {
  await terminal.until('Enter accept');
  terminal.type(`ci-deploy${KEYS.enter}`);
  await terminal.until('When should it expire?');
  terminal.type(`30${KEYS.enter}`);
  await terminal.until('IP restrictions');
  await terminal.until('Enter accept');
  terminal.type(KEYS.enter);
  await terminal.until('Where should it have access?');
  terminal.type(`shop${KEYS.enter}`);
  await terminal.until('on database shop:');
  terminal.type('read_branch');
  await terminal.until('Filter: read_branch ');
  terminal.type(` ${KEYS.enter}`);
  await terminal.until('database, mysql, 1 chosen');
  terminal.type(`acme${KEYS.enter}`);
  await terminal.until('on the organization:');
  terminal.type('read_databases');
  await terminal.until('Filter: read_databases ');
  terminal.type(` ${KEYS.enter}`);
  await terminal.until('the organization, 1 chosen');
  terminal.type(`done${KEYS.enter}`);
  await terminal.until('Create it?');
}

const ANSWER = [
  'POST {"name":"ci-deploy","ttl":2592000}',
  'POST {"database":"shop","access":["read_branch"]}',
  'POST {"database":"","access":["read_databases"]}',
];

/** What would have made the same token without a question. */
const SAME =
  'The same without questions: pscale-service-token create --name ci-deploy --access shop=read_branch --access read_databases --ttl 30d --org acme';

const inOneLine = (shown: string): string => shown.replaceAll(/\s+/g, ' ');

/** What the answers of {@link answerAll} leave on the screen: each question once, each answer once. */
const CONVERSATION = {
  80: `Name of the new token (empty for none): ci-deploy
When should it expire? 30 days
IP restrictions (empty for none):
Where should it have access? shop
Permissions of the new token on database shop: 1 checked
Where should it have access? acme
Permissions of the new token on the organization: 1 checked
Where should it have access? Done
New service token ci-deploy in acme, expires in 30 days
  database shop: read_branch
  the organization: read_databases
Create it? (y/N) `,
  40: `Name of the new token (empty for none):
> ci-deploy
When should it expire? 30 days
IP restrictions (empty for none):
>
Where should it have access? shop
Permissions of the new token on
database shop: 1 checked
Where should it have access? acme
Permissions of the new token on the
organization: 1 checked
Where should it have access? Done
New service token ci-deploy in acme,
expires in 30 days
  database shop: read_branch
  the organization: read_databases
Create it? (y/N) `,
} as const;

describe.each(SIZES)('create --interactive at $columns x $rows', (size) => {
  test('asks for everything, sums it up, and makes the token after one last question', async () => {
    const terminal = create(size);
    await answerAll(terminal);
    expect((await terminal.screen()).text()).toBe(
      `${CONVERSATION[size.columns]}\ny yes  n no  Enter accept  Esc cancel`.replace(' \n', '\n'),
    );
    expect(changes()).toEqual([]);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual(ANSWER);
    const shown = await left(terminal);
    expect(shown.startsWith(`${CONVERSATION[size.columns]}y\nService token ci-deploy was created`)).toBe(
      true,
    );
    expect(shown).toContain('The token cannot be displayed again: save it now.');
    expect(inOneLine(shown)).toMatch(
      /export PLANETSCALE_SERVICE_TOKEN_ID=[a-z0-9]{12} export PLANETSCALE_SERVICE_TOKEN=pscale_tkn_[\w-]+ The same/,
    );
    expect(inOneLine(shown).endsWith(inOneLine(SAME))).toBe(true);
  });

  test('with --format json leaves stdout to the object alone', async () => {
    const file = join(home.path, 'token.json');
    const terminal = create(size, ['--format', 'json'], file);
    await answerAll(terminal);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ type: 'ServiceToken', name: 'ci-deploy' });
    const shown = await left(terminal);
    expect(shown.startsWith(`${CONVERSATION[size.columns]}y\n`)).toBe(true);
    expect(inOneLine(shown).endsWith(inOneLine(`${SAME} --format json`))).toBe(true);
  });

  test('takes what flags say as answered, and a custom expiry that had to be mended', async () => {
    const terminal = create(size, ['--name', 'ci']);
    await terminal.until('When should it expire?');
    terminal.type(`custom${KEYS.enter}`);
    await terminal.until('Enter accept');
    terminal.type(`soon${KEYS.enter}`);
    await terminal.until('Use a duration such as');
    terminal.type(`${KEYS.backspace.repeat(4)}90m${KEYS.enter}`);
    await terminal.until('IP restrictions');
    // The question may stand above its prompt, and before it: keys in between would be the terminal's to echo.
    await terminal.until('Enter accept');
    terminal.type(`203.0.113.7/0${KEYS.enter}`);
    await terminal.until('it covers every address');
    terminal.type(`${KEYS.backspace.repeat(2)}${KEYS.enter}`);
    await terminal.until('Where should it have access?');
    terminal.type(KEYS.enter);
    await terminal.until('no permissions yet');
    await terminal.until('(y/N)');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual(['POST {"name":"ci","ttl":5400,"cidrs":["203.0.113.7/32"]}']);
    const shown = await left(terminal);
    expect(shown.replace(/(?<=expires)\n/, ' ')).toMatch(
      /^When should it expire\? Custom\nIn how long\? 90m\nIP restrictions \(empty for none\):\s(?:> )?203.0.113.7\nWhere should it have access\? Done\nNew service token ci in acme, expires in 90 minutes\n {2}only from 203.0.113.7\/32\n {2}no permissions yet\nCreate it\? \(y\/N\) y\nService token ci was created/,
    );
  });

  test('rolls the token back when granting fails, as without questions', async () => {
    const terminal = create(size);
    await answerAll(terminal);
    emulator.inject({ answer: 422, count: 1, method: 'POST', path: /access$/ });
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 2 });
    const shown = await left(terminal);
    expect(shown).not.toContain('pscale_tkn_');
    expect(shown).toMatch(/token [a-z0-9]{12} was created and then rolled back/);
    expect(changes().at(-1)).toMatch(/^DELETE /);
  });

  test.each([
    ['the name', async () => {}, 'Enter accept'],
    [
      'the expiry',
      async (terminal: Terminal) => {
        await terminal.until('Enter accept');
        terminal.type(KEYS.enter);
      },
      'When should it expire?',
    ],
    [
      'the place',
      async (terminal: Terminal) => {
        await terminal.until('Enter accept');
        terminal.type(KEYS.enter);
        await terminal.until('When should it expire?');
        terminal.type(KEYS.enter);
        await terminal.until('IP restrictions');
        terminal.type(KEYS.enter);
      },
      'Where should it have access?',
    ],
    [
      'the custom expiry',
      async (terminal: Terminal) => {
        await terminal.until('Enter accept');
        terminal.type(KEYS.enter);
        await terminal.until('When should it expire?');
        terminal.type(`custom${KEYS.enter}`);
      },
      'Enter accept',
    ],
    [
      'the permissions',
      async (terminal: Terminal) => {
        await terminal.until('Enter accept');
        terminal.type(KEYS.enter);
        await terminal.until('When should it expire?');
        terminal.type(KEYS.enter);
        await terminal.until('IP restrictions');
        terminal.type(KEYS.enter);
        await terminal.until('Where should it have access?');
        terminal.type(`shop${KEYS.enter}`);
      },
      'Space toggle',
    ],
    ['the last question', answerAll, '(y/N)'],
  ])('makes nothing on Escape or Ctrl-D (1), or on Ctrl-C (130), at %s', async (_, upTo, text) => {
    for (const [key, status] of [
      [KEYS.escape, 1],
      [KEYS.ctrlD, 1],
      [KEYS.ctrlC, 130],
    ] as const) {
      const terminal = create(size);
      await upTo(terminal);
      await terminal.until(text);
      terminal.type(key);
      expect(await terminal.ended).toMatchObject({ status });
      const shown = (await left(terminal)).split('\n');
      expect(shown.at(-1)).toMatch(/^(Error: |Cancelled\.)/);
      // The keys, the filter and the choices are gone; each question stands there once.
      expect(shown.filter((line) => /Esc |Filter: |^> \[/.test(line))).toEqual([]);
    }
    expect(changes()).toEqual([]);
  });
});

test('the command line that it prints is one that a shell reads back, and does the same', async () => {
  const place = join(home.path, '-odd name.env');
  const args = ['--name=-it’s $(odd)', '--expires-at', '2099-01-31', '--cidrs', '203.0.113.7', '-e', place];
  const file = join(home.path, 'stdout');
  const terminal = create(SIZES[0], [...args, '--access', 'shop=read_branch', '-q'], file);
  await terminal.until('Create it?');
  terminal.type(`y${KEYS.enter}`);
  expect(await terminal.ended).toMatchObject({ status: 0 });
  const [, line = ''] =
    /The same without questions: pscale-service-token (.*)$/.exec(await left(terminal)) ?? [];
  expect(line).not.toContain('pscale_');
  const first = changes();
  const env = {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  };
  const again = await runCli(shellWords(line), { home, env });
  expect(again).toMatchObject({ status: 0, stdout: expect.stringMatching(/^[a-z0-9]{12}\n$/) });
  const ttl = /"ttl":\d+/;
  const second = changes().slice(first.length);
  expect(second.map((line) => line.replace(ttl, ''))).toEqual(first.map((line) => line.replace(ttl, '')));
  // The moment is the same, so that the time up to it is a little shorter.
  expect(first.join()).toMatch(ttl);
});

test('what --for chooses is said, and not asked for', async () => {
  const terminal = create(SIZES[0], [
    '--name',
    'ci',
    '--ttl',
    '1h',
    '--cidrs',
    '203.0.113.7',
    '--for',
    'shop=create_branch',
  ]);
  await terminal.until('Create it?');
  const shown = inOneLine((await terminal.screen()).text());
  expect(shown).toMatch(
    /^--for shop=create_branch: granting create_branch on database shop; restore_backup, /,
  );
  expect(shown).toContain('database shop: create_branch Create it?');
  terminal.type(`y${KEYS.enter}`);
  expect(await terminal.ended).toMatchObject({ status: 0 });
  expect(changes().at(-1)).toBe('POST {"database":"shop","access":["create_branch"]}');
  expect(inOneLine(await left(terminal))).toContain('create --name ci --access shop=create_branch --ttl 1h');
});

test('create --interactive without a terminal names the flags that do the same', async () => {
  const { status, stderr } = await runCli(['create', '--interactive'], { home });
  expect(status).toBe(1);
  expect(stderr).toBe(
    'Error: create --interactive requires an interactive terminal\nWithout one, use create with --name, --ttl and --access.\n',
  );
});

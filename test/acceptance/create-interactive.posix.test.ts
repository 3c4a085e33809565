import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { KEYS, openTerminal, type Terminal } from '../support/terminal.ts';

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

function create(args: readonly string[] = [], stdoutTo?: string): Terminal {
  const env = {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
    NO_COLOR: '1',
  };
  return openTerminal(['create', '-i', ...args], { home, env, columns: 120, ...(stdoutTo && { stdoutTo }) });
}

/** What changed something, in order, without ids. */
const changes = (): string[] =>
  emulator.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, body }) => `${method} ${JSON.stringify(body)}`);

/** Answers the questions up to the last one: a name, thirty days, two accesses on shop, one on the organization. */
async function answerAll(terminal: Terminal): Promise<void> {
  await terminal.until('Name of the new token');
  terminal.type(`ci-deploy${KEYS.enter}`);
  await terminal.until('When should it expire?');
  terminal.type(`30${KEYS.enter}`);
  await terminal.until('Where should it have access?');
  terminal.type(`shop${KEYS.enter}`);
  await terminal.until('on database shop?');
  terminal.type('read_branch');
  await terminal.until('Filter: read_branch ');
  terminal.type(` ${KEYS.enter}`);
  await terminal.until('database, mysql, 1 chosen');
  terminal.type(`acme${KEYS.enter}`);
  await terminal.until('on the organization?');
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

describe('create --interactive', () => {
  test('asks for everything, sums it up, and makes the token after one last question', async () => {
    const terminal = create();
    await answerAll(terminal);
    expect(terminal.output()).toContain('New service token ci-deploy in acme, expires in 30 days');
    expect(terminal.output()).toContain('  database shop: read_branch');
    expect(terminal.output()).toContain('  the organization: read_databases');
    expect(changes()).toEqual([]);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual(ANSWER);
    expect(terminal.output()).toContain('The token cannot be shown again: store it now.');
    expect(terminal.output()).toMatch(
      /export PLANETSCALE_SERVICE_TOKEN_ID=[a-z0-9]{12}\r\nexport PLANETSCALE_SERVICE_TOKEN=pscale_tkn_/,
    );
  });

  test('with --format json leaves stdout to the object alone', async () => {
    const file = join(home.path, 'token.json');
    const terminal = create(['--format', 'json'], file);
    await answerAll(terminal);
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ type: 'ServiceToken', name: 'ci-deploy' });
    expect(terminal.output()).not.toContain('pscale_tkn_');
  });

  test('takes what flags say as answered, and a custom expiry', async () => {
    const terminal = create(['--name', 'ci']);
    await terminal.until('When should it expire?');
    terminal.type(`custom${KEYS.enter}`);
    await terminal.until('In how long?');
    terminal.type(`soon${KEYS.enter}`);
    await terminal.until('A length of time such as');
    terminal.type(`${KEYS.backspace.repeat(4)}90m${KEYS.enter}`);
    await terminal.until('Where should it have access?');
    terminal.type(KEYS.enter);
    await terminal.until('no access yet');
    await terminal.until('(y/N)');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 0 });
    expect(changes()).toEqual(['POST {"name":"ci","ttl":5400}']);
  });

  test('shows the secret all the same when granting fails, and how to finish the job', async () => {
    const terminal = create();
    await answerAll(terminal);
    emulator.inject({ answer: 422, count: 1, method: 'POST', path: /access$/ });
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toMatchObject({ status: 2 });
    const output = terminal.output();
    expect(output).toMatch(/TOKEN +pscale_tkn_/);
    expect(output).toContain('was created, but does not hold all of its access:');
    expect(output).toMatch(
      /pscale-service-token add-access [a-z0-9]{12} read_branch --database shop --org acme/,
    );
    expect(output).toMatch(
      /pscale-service-token add-access [a-z0-9]{12} read_databases --organization-level --org acme/,
    );
    expect(changes()).toEqual(ANSWER.slice(0, 2));
  });

  test.each([
    ['the name', async () => {}, 'Name of the new token'],
    [
      'the expiry',
      async (terminal: Terminal) => {
        await terminal.until('Name of the new token');
        terminal.type(KEYS.enter);
      },
      'When should it expire?',
    ],
    [
      'the place',
      async (terminal: Terminal) => {
        await terminal.until('Name of the new token');
        terminal.type(KEYS.enter);
        await terminal.until('When should it expire?');
        terminal.type(KEYS.enter);
      },
      'Where should it have access?',
    ],
    [
      'the custom expiry',
      async (terminal: Terminal) => {
        await terminal.until('Name of the new token');
        terminal.type(KEYS.enter);
        await terminal.until('When should it expire?');
        terminal.type(`custom${KEYS.enter}`);
      },
      'In how long?',
    ],
    [
      'the permissions',
      async (terminal: Terminal) => {
        await terminal.until('Name of the new token');
        terminal.type(KEYS.enter);
        await terminal.until('When should it expire?');
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
      const terminal = create();
      await upTo(terminal);
      await terminal.until(text);
      terminal.type(key);
      expect(await terminal.ended).toMatchObject({ status });
    }
    expect(changes()).toEqual([]);
  });

  test('without a terminal names the flags that do the same', async () => {
    const { status, stderr } = await runCli(['create', '--interactive'], { home });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'Error: create --interactive needs a terminal to ask its questions in\nWithout one, use create with --name, --ttl and --access.\n',
    );
  });
});

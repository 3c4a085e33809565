import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { runInMemory } from '../support/host.ts';
import { KEYS, openTerminal } from '../support/terminal.ts';

const ID = 'tok000000001';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: { databases: [{ name: 'shop' }], tokens: [{ id: ID, name: 'ci' }] },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

const api = (): Record<string, string> => ({
  PLANETSCALE_API_URL: emulator.url,
  PLANETSCALE_ORG: 'acme',
  PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
});
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runCli(args, { home, env: { ...api(), ...env }, cwd: home.path });
const changes = () => emulator.requests.filter(({ method }) => method !== 'GET');

function userConfig(content: string): void {
  mkdirSync(join(home.path, '.config/planetscale'), { recursive: true });
  writeFileSync(join(home.path, '.config/planetscale/pscale.yml'), content, { mode: 0o600 });
}

describe('where no secret is to be printed', () => {
  const PRINTING = [
    ['create', '--name', 'x'],
    ['create', '--name', 'x', '--export'],
    ['duplicate', ID],
    ['duplicate', ID, '--export', '--format', 'json'],
    ['rotate', ID],
    ['rotate', ID, '--export'],
  ];

  test.each(PRINTING)('%s %s %s %s is refused before anything is made', async (...args) => {
    for (const [env, source] of [
      [{ PLANETSCALE_NO_REVEAL: '1' }, 'PLANETSCALE_NO_REVEAL'],
      [{ PLANETSCALE_NO_REVEAL: 'false' }, 'no-reveal in ~/.config/planetscale/pscale.yml'],
    ] as const) {
      userConfig(source.startsWith('no-reveal') ? 'no-reveal: true\n' : '');
      const { status, stdout, stderr } = await run(
        args.filter((word) => word !== undefined),
        env,
      );
      expect(status).toBe(1);
      expect(stdout + stderr).toContain(`secrets are not printed here (${source})`);
      expect(stdout + stderr).toContain(
        'Save the secret with -e <path>, --pipe, --github-env or --github-output.',
      );
      expect(changes()).toEqual([]);
    }
  });

  test('a place of its own still gets it', async () => {
    const result = await run(['create', '--name', 'x', '-e', '.env'], { PLANETSCALE_NO_REVEAL: 'true' });
    expect(result.status).toBe(0);
    expect(result.stdout + result.stderr).not.toContain('pscale_tkn_');
    expect(readFileSync(join(home.path, '.env'), 'utf8')).toContain('PLANETSCALE_SERVICE_TOKEN=pscale_tkn_');
  });

  test('create -i asks for an env file', async () => {
    const env = { ...api(), PLANETSCALE_NO_REVEAL: '1' };
    const path = join(home.path, 'kept.env');
    const given = ['--name', 'x', '--ttl', '1h', '--cidrs', '127.0.0.1', '--access', 'read_databases'];
    const terminal = openTerminal(['create', '-i', ...given], { home, env });
    await terminal.until('Env file to save it in');
    await terminal.until('Enter accept');
    terminal.type(`${path}${KEYS.enter}`);
    await terminal.until('Create it?');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toEqual({ status: 0 });
    const text = (await terminal.screen()).text();
    expect(text).not.toContain('pscale_tkn_');
    expect(text).toContain('--dotenv=');
    expect(readFileSync(path, 'utf8')).toContain('PLANETSCALE_SERVICE_TOKEN=pscale_tkn_');
  });

  test('create -i --export asks nothing in vain', async () => {
    const env = { ...api(), PLANETSCALE_NO_REVEAL: '1' };
    const terminal = openTerminal(['create', '-i', '--export'], { home, env });
    expect(await terminal.ended).toEqual({ status: 1 });
    expect((await terminal.screen()).text()).toMatch(/^Error: secrets are not printed here/);
  });

  test('a project file cannot say so, and a variable that says no does not matter', async () => {
    mkdirSync(join(home.path, '.git'));
    writeFileSync(join(home.path, '.pscale.yml'), 'no-reveal: true\n');
    const { status, stdout } = await run(['create', '--name', 'x'], { PLANETSCALE_NO_REVEAL: 'no' });
    expect(status).toBe(0);
    expect(stdout).toContain('pscale_tkn_');
  });

  test('the command of exec is told, by the file as well', async () => {
    userConfig('no-reveal: true\n');
    const print = 'process.stdout.write(String(process.env.PLANETSCALE_NO_REVEAL))';
    const { status, stdout } = await run([
      'exec',
      '--access',
      'shop=read_branch',
      '--',
      process.execPath,
      '-e',
      print,
    ]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'true' });
  });

  test('doctor and config show tell of it; config set turns it on', async () => {
    expect(await run(['config', 'set', 'no-reveal', 'true'])).toMatchObject({ status: 0 });
    expect(await run(['config', 'set', 'no-reveal', 'maybe'])).toMatchObject({ status: 1 });
    expect((await run(['doctor', '-f', 'csv'])).stdout).toContain(
      'pass,no reveal,secrets are not printed (no-reveal in ~/.config/planetscale/pscale.yml)',
    );
    expect((await run(['config', 'show', '-f', 'csv'])).stdout).toContain('no-reveal,true,no-reveal in');
  });

  test('the emulator’s own credentials are no secret', async () => {
    const print = 'process.stdout.write(String(process.env.PLANETSCALE_SERVICE_TOKEN))';
    const { stdout } = await run(['emulator', 'exec', '--', process.execPath, '-e', print], {
      PLANETSCALE_NO_REVEAL: '1',
    });
    expect(stdout).toContain('pscale_tkn_');
  });
});

describe('--variables', () => {
  const NAMED = ['--variables', 'DB_ID,DB_SECRET'];

  test('names them in every place', async () => {
    const githubEnv = join(home.path, 'github-env');
    writeFileSync(githubEnv, '');
    await run(['create', '--name', 'a', '-e', '.env', ...NAMED]);
    expect(readFileSync(join(home.path, '.env'), 'utf8')).toMatch(
      /^DB_ID=[a-z0-9]{12}\nDB_SECRET=pscale_tkn_\S+\n$/,
    );
    const { stdout } = await run(['duplicate', ID, '--export', ...NAMED]);
    expect(stdout).toMatch(/^export DB_ID=[a-z0-9]{12}\nexport DB_SECRET=pscale_tkn_\S+\n$/);
    const github = await run(['create', '--github-env', ...NAMED], { GITHUB_ENV: githubEnv });
    expect(github.stderr).toContain('::add-mask::pscale_tkn_');
    expect(readFileSync(githubEnv, 'utf8')).toMatch(/^DB_ID=[a-z0-9]{12}\nDB_SECRET=pscale_tkn_\S+\n$/);
  });

  test('replaces those that an env file has, and leaves the usual ones alone', async () => {
    writeFileSync(join(home.path, '.env'), 'PLANETSCALE_SERVICE_TOKEN=mine\nDB_SECRET=old\n');
    expect(await run(['rotate', ID, '-e', '.env', ...NAMED])).toMatchObject({ status: 0 });
    expect(readFileSync(join(home.path, '.env'), 'utf8')).toMatch(
      /^PLANETSCALE_SERVICE_TOKEN=mine\n(DB_ID=.{12}\nDB_SECRET=pscale_tkn_\S+|DB_SECRET=pscale_tkn_\S+\nDB_ID=.{12})\n$/,
    );
  });

  test('names them for the command of exec, which gets no others', async () => {
    const print = `process.stdout.write(JSON.stringify(Object.keys(process.env).filter((n) => /^DB_|TOKEN/.test(n)).sort()))`;
    const { stdout } = await run([
      'exec',
      '--access',
      'shop=read_branch',
      ...NAMED,
      '--',
      process.execPath,
      '-e',
      print,
    ]);
    expect(JSON.parse(stdout)).toEqual(['DB_ID', 'DB_SECRET']);
  });

  test.each([
    'DB_ID',
    'DB_ID,DB_SECRET,X',
    'DB_ID,',
    ',DB',
    'A,A',
    'DB-ID,DB',
    '1A,B',
    'A B,C',
    'A=1,B',
    'PATH,B',
    'A,NODE_OPTIONS',
    'A,LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES,B',
    'A,BASH_ENV',
    'ENV,B',
    'A,IFS',
    'Path,B',
  ])('%j is refused before any request', async (names) => {
    for (const words of [
      ['create', '-e', '.env'],
      ['rotate', ID, '--export'],
      ['exec', '--access', 'shop=read_branch'],
    ]) {
      const behind = words[0] === 'exec' ? ['--', 'true'] : [];
      const { status, stdout, stderr } = await runInMemory([...words, `--variables=${names}`, ...behind], {
        variables: api(),
      });
      expect({ status, stdout }).toEqual({ status: words[0] === 'exec' ? 125 : 1, stdout: '' });
      expect(stderr).toContain('Such as --variables DB_TOKEN_ID,DB_TOKEN.');
    }
    expect(emulator.requests).toEqual([]);
  });

  test('is refused where nothing becomes a variable', async () => {
    const { status, stderr } = await run(['create', ...NAMED]);
    expect(status).toBe(1);
    expect(stderr).toContain('Add a place for the token, such as -e .env, --export or --pipe dotenv.');
    expect(emulator.requests).toEqual([]);
  });
});

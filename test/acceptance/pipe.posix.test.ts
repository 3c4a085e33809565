import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import { type CliResult, createHome, finished, type Home, runCli, startCli } from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { KEYS, openTerminal } from '../support/terminal.ts';

const OLD = 'tok000000001';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startedEmulator();
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

const startedEmulator = (): Promise<Emulator> =>
  startEmulator({
    seed: { databases: [{ name: 'shop' }], tokens: [{ id: OLD, name: 'ci', secret: 'pscale_tkn_old' }] },
  });

const options = () => ({ home, env: issueVariables(emulator) });
const tokens = () => emulator.snapshot().service_tokens;
const ids = (): string[] => tokens().map(({ id }) => id);
const file = (name: string): string => join(home.path, name);
const written = (name: string): string => readFileSync(file(name), 'utf8');

const MAKING = {
  create: ['create', '--name', 'x'],
  rotate: ['rotate', OLD],
};
describe('the command reads', () => {
  const read = async (form: string, ...more: string[]): Promise<string> => {
    const ended = await runCli(['create', ...more, '--pipe', form, '--', 'sh', '-c', 'cat >got'], options());
    expect(ended).toMatchObject({ status: 0 });
    expect(ended.stdout + ended.stderr).not.toContain('pscale_tkn_');
    return written('got');
  };

  test('each form, byte for byte', async () => {
    const dotenv = await read('dotenv');
    const [, id, secret = ''] =
      /^PLANETSCALE_SERVICE_TOKEN_ID=(\w{12})\nPLANETSCALE_SERVICE_TOKEN=(\S+)\n$/.exec(dotenv) ?? [];
    expect(tokens().at(-1)).toMatchObject({ id, secret_sha256: digestOf(secret) });

    const json = JSON.parse(await read('json', '--variables', 'DB_ID,DB_TOKEN'));
    expect(Object.keys(json)).toEqual(['DB_ID', 'DB_TOKEN']);
    expect(written('got')).toBe(JSON.stringify(json));
    expect(tokens().at(-1)).toMatchObject({ id: json.DB_ID, secret_sha256: digestOf(json.DB_TOKEN) });

    const [pairId, pairSecret = ''] = (await read('pair')).split(':');
    expect(tokens().at(-1)).toMatchObject({ id: pairId, secret_sha256: digestOf(pairSecret) });
    expect(digestOf(await read('secret'))).toBe(tokens().at(-1)?.secret_sha256);
  });

  test.each([
    ['/dev/stdin, as kubectl, aws and az are told to', ['sh', '-c', 'cat /dev/stdin >got']],
    ['/dev/stdin, opened by Python', ['python3', '-c', 'open("got", "w").write(open("/dev/stdin").read())']],
  ])('%s', async (_, command) => {
    expect(await runCli(['create', '--pipe', 'secret', '--', ...command], options())).toMatchObject({
      status: 0,
    });
    expect(digestOf(written('got'))).toBe(tokens().at(-1)?.secret_sha256);
  });
});

test('a script without a first line that names a shell is run by one, by --pipe and by exec', async () => {
  writeFileSync(file('store'), 'cat >got; printenv PLANETSCALE_ORG >>got; echo "$1" >>got\n', {
    mode: 0o755,
  });
  const piped = await runCli(['create', '--pipe', 'secret', '--', './store', 'word'], options());
  expect(piped).toMatchObject({ status: 0 });
  const [secret = '', ...rest] = written('got').split(/(?=acme)/);
  expect(digestOf(secret)).toBe(tokens().at(-1)?.secret_sha256);
  expect(rest).toEqual(['acme\nword\n']);
  const exec = ['exec', '--access', 'read_databases', '--', './store', 'other'];
  expect(await runCli(exec, options())).toMatchObject({ status: 0, stderr: '' });
  expect(written('got')).toBe('acme\nother\n');
});

test('the command has our settings and no credentials; its words are nobody’s shell code', async () => {
  const words = ['$(touch bad)', '; touch bad', "it's", '-x', '--org=other', ''];
  const command = [
    'sh',
    '-c',
    'cat >/dev/null; printf "%s\\n" "$@" >words; env >environment',
    'sh',
    ...words,
  ];
  const ended = await runCli(['create', '--pipe', 'json', '--', ...command], {
    ...options(),
    env: {
      ...issueVariables(emulator),
      PLANETSCALE_SERVICE_TOKEN_NAME: emulator.administrator.serviceTokenId,
      PLANETSCALE_SERVICE_TOKEN: emulator.administrator.serviceToken,
    },
  });
  expect(ended).toMatchObject({ status: 0 });
  expect(written('words')).toBe(words.map((word) => `${word}\n`).join(''));
  expect(existsSync(file('bad'))).toBe(false);
  const environment = written('environment');
  expect(environment).toContain('PLANETSCALE_ORG=acme\n');
  expect(environment).toContain(`PLANETSCALE_API_URL=${emulator.url}\n`);
  expect(environment).not.toMatch(/^PLANETSCALE_(SERVICE|API)_TOKEN/m);
});

test('the secret is in no command line and no environment but that of the check', async () => {
  const check =
    'printenv PLANETSCALE_SERVICE_TOKEN >seen; touch checking; while [ -e held1 ]; do sleep 0.02; done';
  const store = 'cat >got; touch storing; while [ -e held2 ]; do sleep 0.02; done';
  for (const name of ['held1', 'held2']) writeFileSync(file(name), '');
  const child = startCli(
    ['create', '--debug', '--check', check, '--pipe', 'secret', '--', 'sh', '-c', store],
    options(),
  );
  const end = finished(child);
  const reached = (name: string): Promise<void> =>
    vi.waitFor(() => expect(existsSync(file(name))).toBe(true), { timeout: 10_000, interval: 10 });
  await reached('checking');
  const secret = written('seen').trim();
  expect(secret).toMatch(/^pscale_tkn_/);
  const whileChecking = processesThatShow(secret);
  expect(whileChecking.commandLines).toEqual([]);
  expect(whileChecking.environments.length).toBeGreaterThan(0);
  rmSync(file('held1'));
  await reached('storing');
  expect(written('got')).toBe(secret);
  expect(processesThatShow(secret)).toEqual({ commandLines: [], environments: [] });
  rmSync(file('held2'));
  const { status, stdout, stderr } = await end;
  expect(status).toBe(0);
  for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2)])
    expect(stdout + stderr).not.toContain(form);
});

/** The processes of this machine in whose command line, or environment, something stands. */
function processesThatShow(secret: string): { commandLines: string[]; environments: string[] } {
  const where = (part: string): string[] =>
    process.platform !== 'linux'
      ? []
      : readdirSync('/proc').filter((id) => {
          try {
            return /^\d+$/.test(id) && readFileSync(`/proc/${id}/${part}`).includes(secret);
          } catch {
            return false;
          }
        });
  return { commandLines: where('cmdline'), environments: where('environ') };
}

describe('a signal while the command has the token', () => {
  const store = (then: string): string[] => [
    'sh',
    '-c',
    `trap '${then}' INT TERM HUP; cat >got; echo stored >&2; while :; do sleep 0.02; done`,
  ];
  const signalled = async (
    words: readonly string[],
    command: readonly string[],
    signal: NodeJS.Signals,
  ): Promise<CliResult> => {
    const child = startCli([...words, '--pipe', 'secret', '--', ...command], options());
    child.stdin?.end();
    const isStored = new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk) => {
        if (String(chunk).includes('stored')) resolve();
      });
    });
    const end = finished(child);
    await isStored;
    child.kill(signal);
    return end;
  };

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s reaches it: it ends with 0, the token is delivered, and the old one stays',
    async (signal, status) => {
      const ended = await signalled(MAKING.rotate, store('exit 0'), signal);
      expect(ended.status).toBe(status);
      expect(ids()).toHaveLength(2);
      expect(tokens().at(-1)?.secret_sha256).toBe(digestOf(written('got')));
      expect(ended.stdout).toContain(`${ids().at(-1)}`);
      expect(ended.stderr).toContain(`the old one, ${OLD}, was kept`);
      // Nor is anything else said of it before.
      expect(ended.stdout + ended.stderr).not.toContain('deleted next');
      expect(ended.stdout + ended.stderr).toContain(`replaces ${OLD}, which is kept`);
    },
  );

  test('it reaches a command that has made a group of its own', async () => {
    const leave = 'import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])';
    const words = ['python3', '-c', leave, ...store('touch heard; exit 1')];
    const ended = await signalled(MAKING.create, words, 'SIGINT');
    expect(ended.status).toBe(130);
    expect(existsSync(file('heard'))).toBe(true);
    expect(ids()).toEqual([OLD]);
  });

  test('of create it ends the same way: delivered, with the status of the signal', async () => {
    const ended = await signalled(MAKING.create, store('exit 0'), 'SIGTERM');
    expect(ended.status).toBe(143);
    expect(ids()).toHaveLength(2);
    expect(ended.stderr).toContain(
      `service token ${ids().at(-1)} was created, and its secret was piped to sh`,
    );
  });

  test('and with another status it has failed: create takes the token back, rotate keeps both', async () => {
    const created = await signalled(MAKING.create, store('exit 1'), 'SIGINT');
    expect(created.status).toBe(130);
    expect(ids()).toEqual([OLD]);
    const rotated = await signalled(MAKING.rotate, store('exit 1'), 'SIGINT');
    expect(rotated.status).toBe(130);
    expect(ids()).toHaveLength(2);
    for (const id of ids()) expect(rotated.stderr).toContain(`pscale-service-token delete ${id} --org acme`);
  });

  test('a second one ends it at once, and says what is left', async () => {
    const child = startCli(
      [...MAKING.create, '--pipe', 'secret', '--', ...store('echo deaf >&2')],
      options(),
    );
    child.stdin?.end();
    const heard = (text: string): Promise<void> =>
      new Promise((resolve) => {
        child.stderr?.on('data', (chunk) => {
          if (String(chunk).includes(text)) resolve();
        });
      });
    const end = finished(child);
    const isDeaf = heard('deaf');
    await heard('stored');
    child.kill('SIGTERM');
    await isDeaf;
    child.kill('SIGTERM');
    const { status, stderr } = await end;
    expect(status).toBe(143);
    const [, fresh] = ids();
    if (fresh !== undefined) expect(stderr).toContain(`pscale-service-token delete ${fresh} --org acme`);
  });

  test('where it does not end, it is ended five seconds later', async () => {
    const ended = await signalled(MAKING.create, store('echo deaf >&2'), 'SIGTERM');
    expect(ended.status).toBe(143);
    expect(ids()).toEqual([OLD]);
  });
});

describe('at a terminal', () => {
  test('the command can ask there, as ssh and sudo do', async () => {
    const ask = 'cat >got; printf "Password: " >/dev/tty; read -r word </dev/tty; test "$word" = letmein';
    const words = ['create', '--pipe', 'secret', '--', 'sh', '-c', ask];
    const terminal = openTerminal(words, options());
    await terminal.until('Password:');
    terminal.type(`letmein${KEYS.enter}`);
    expect(await terminal.ended).toEqual({ status: 0 });
    expect((await terminal.screen()).text()).not.toContain('pscale_tkn_');
    expect(tokens().at(-1)?.secret_sha256).toBe(digestOf(written('got')));
  });

  test('a Ctrl-C reaches it once; where that ends it, the token is taken back', async () => {
    const stubborn =
      'trap "echo heard >>heard; exit 1" INT; cat >got; echo ready >&2; while :; do sleep 0.02; done';
    const terminal = openTerminal(['create', '--pipe', 'secret', '--', 'sh', '-c', stubborn], options());
    await terminal.until('ready');
    terminal.type(KEYS.ctrlC);
    expect(await terminal.ended).toEqual({ status: 130 });
    expect(written('heard')).toBe('heard\n');
    expect(ids()).toEqual([OLD]);
  });

  test('create -i hands over the same way, and ends with a command line that has the command last', async () => {
    const words = [
      'create',
      '-i',
      '--name',
      'x',
      '--ttl',
      '1h',
      '--cidrs',
      '127.0.0.1',
      '--access',
      'read_databases',
    ];
    const terminal = openTerminal([...words, '--pipe', 'pair', '--', 'sh', '-c', 'cat > got'], options());
    await terminal.until('Create it?');
    terminal.type(`y${KEYS.enter}`);
    expect(await terminal.ended).toEqual({ status: 0 });
    const text = (await terminal.screen()).text().replace(/\s+/g, ' ');
    expect(text).toMatch(/The same without questions: .*--pipe pair --org acme -- sh -c 'cat > got'/);
    expect(written('got')).toContain(ids().at(-1));
  });
});

test('kill -9 of rotate at every request: the store has the new secret, or was left alone', async () => {
  const args = [...MAKING.rotate, '--pipe', 'secret', '--', 'sh', '-c', 'cat >got'];
  const left: string[] = [];
  for (let index = 1; index < 20; index += 1) {
    await emulator.close();
    emulator = await startedEmulator();
    rmSync(file('got'), { force: true });
    const held = holdAt(emulator, index, 'arrived');
    const child = startCli(args, options());
    const end = finished(child);
    const isReached = await Promise.race([held.reached.then(() => true), end.then(() => false)]);
    if (!isReached) break;
    const method = emulator.requests.at(-1)?.method;
    child.kill('SIGKILL');
    await end;
    expect(ids()).toContain(OLD);
    const stored = existsSync(file('got')) ? written('got') : undefined;
    // The last request ends the old one: only then has anything been stored.
    expect(stored !== undefined).toBe(method === 'DELETE');
    if (stored !== undefined) expect(tokens().at(-1)?.secret_sha256).toBe(digestOf(stored));
    left.push(method ?? '');
  }
  expect(left.filter((method) => method === 'POST')).toHaveLength(1);
  expect(left.at(-1)).toBe('DELETE');
});

describe('a command line that cannot be', () => {
  const folder = createHome();
  const BROKEN = join(folder.path, 'store');
  writeFileSync(BROKEN, '#!/bin/sh\r\ncat >got\r\n', { mode: 0o755 });
  afterAll(() => folder.remove());

  test.each([
    [['create', '--pipe', 'dotenv'], 'there is no -- with a command'],
    [['create', '--pipe', 'dotenv', '--'], 'nothing stands behind the --'],
    [['create', '--pipe', '--', 'cat'], '--pipe "" is none of dotenv, json, pair, secret'],
    [['create', '--pipe', 'yaml', '--', 'cat'], '--pipe "yaml" is none of dotenv, json, pair, secret'],
    [['create', '--pipe', 'dotenv', '--', ''], 'the command to hand the token to is empty'],
    [['create', '--pipe', 'dotenv', '-e', '.env', '--', 'cat'], 'Use only one of: --dotenv, --pipe.'],
    [['create', '--pipe', 'pair', '--variables', 'A,B', '--', 'cat'], 'nothing becomes one'],
    [['create', '--pipe-timeout', '1m'], '--pipe-timeout needs --pipe or --check'],
    [['create', '--pipe', 'pair', '--pipe-timeout', '0', '--', 'cat'], 'invalid --pipe-timeout "0"'],
    [['create', '--pipe', 'pair', '--', '/'], 'cannot run /: there is no such command'],
    [['create', '--pipe', 'pair', '--', '/etc/passwd'], '/etc/passwd is not executable'],
    [['create', '--pipe', 'pair', '--', BROKEN], 'so its interpreter /bin/sh is not found'],
    [['show', OLD, '--pipe', 'pair', '--', 'cat'], 'unknown flag: --pipe'],
  ])('%j', async (words, message) => {
    const { status, stderr } = await runInMemory(words, {
      variables: { ...issueVariables(emulator), PATH: process.env.PATH ?? '' },
    });
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    if (message.includes('none of') || message.includes('--,'))
      expect(stderr).toContain('pair: <id>:<secret>');
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

test('of a word before the -- it knows its own flags; a name with a dash in front has its prefix', async () => {
  const dashed = await runCli(['create', '--name=-prod', '-q', '-e', '.env'], options());
  const id = dashed.stdout.trim();
  const ended = await runCli(
    [
      'duplicate',
      'name:-prod',
      '--name',
      'y',
      '-q',
      '--pipe',
      'pair',
      '--',
      'sh',
      '-c',
      'cat >got',
      '--',
      '-q',
    ],
    options(),
  );
  expect(ended).toMatchObject({ status: 0 });
  expect(ended.stdout.trim()).toBe(written('got').split(':')[0]);
  expect(ids()).toContain(id);
});

test('-- without --pipe keeps its meaning, and --dry-run starts nothing', async () => {
  expect(await runCli(['show', '--', OLD], options())).toMatchObject({ status: 0 });
  const dry = await runCli(
    ['create', '--dry-run', '--pipe', 'pair', '--', 'sh', '-c', 'touch ran'],
    options(),
  );
  expect(dry).toMatchObject({ status: 0 });
  expect(existsSync(file('ran'))).toBe(false);
  expect(ids()).toEqual([OLD]);
});

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import {
  type CliOptions,
  COMMAND,
  createHome,
  finished,
  type Home,
  runCli,
  startCli,
} from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { ACCESS, GRANTS } from '../support/issue-promise.ts';
import { KEYS, openTerminal } from '../support/terminal.ts';

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

function options(env: Readonly<Record<string, string>> = {}): CliOptions {
  return {
    home,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      ...env,
    },
  };
}

const exec = (...command: readonly string[]): string[] => [
  'exec',
  '--access',
  'shop=read_branch',
  '--',
  ...command,
];

const tokens = () => emulator.snapshot().service_tokens;

/** Variables, as `env` prints them. */
function variablesIn(stdout: string): Record<string, string> {
  return Object.fromEntries(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** Resolves when the child has written this text to stdout, with all it has written by then. */
function written(child: ChildProcess, text: string): Promise<string> {
  let output = '';
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes(text)) resolve(output);
    });
  });
}

describe('the token of a command', () => {
  test('holds what was asked for while the command runs, and is gone when it has ended', async () => {
    const child = startCli(['exec', ...ACCESS, '--ttl', '10m', '--', 'sh', '-c', 'env; cat'], options());
    const end = finished(child);
    const variables = variablesIn(await written(child, 'PLANETSCALE_SERVICE_TOKEN='));
    const [token, ...others] = tokens();
    expect(others).toEqual([]);
    expect(token).toMatchObject({ name: 'pscale-service-token exec sh', grants: GRANTS });
    expect(Date.parse(token?.expires_at ?? '') - Date.parse(token?.created_at ?? '')).toBe(600_000);
    expect(variables.PLANETSCALE_SERVICE_TOKEN_ID).toBe(token?.id);
    child.stdin?.end();
    expect(await end).toMatchObject({ status: 0, stderr: '' });
    expect(tokens()).toEqual([]);
  });

  test('authenticates the command', async () => {
    const { status, stdout } = await runCli(
      exec(...COMMAND, 'branch', 'list', 'shop', '--format', 'csv'),
      options(),
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/,main,/);
    expect(emulator.requests.map(({ credential }) => credential?.kind)).toEqual([
      'user',
      'user',
      'user',
      'service token',
      'user',
    ]);
  });
});

describe('what a command finds in its environment', () => {
  test('are its own credentials, and no others', async () => {
    const inherited = {
      PLANETSCALE_SERVICE_TOKEN_ID: emulator.administrator.serviceTokenId,
      PLANETSCALE_SERVICE_TOKEN_NAME: emulator.administrator.serviceTokenId,
      PLANETSCALE_SERVICE_TOKEN: emulator.administrator.serviceToken,
      PLANETSCALE_DATABASE: 'blog',
      COLOUR: 'blue',
    };
    const { stdout, status } = await runCli(exec('env'), options(inherited));
    expect(status).toBe(0);
    const variables = variablesIn(stdout);
    expect(variables).not.toHaveProperty('PLANETSCALE_API_TOKEN');
    expect(variables).not.toHaveProperty('PLANETSCALE_SERVICE_TOKEN_NAME');
    expect(variables.PLANETSCALE_SERVICE_TOKEN).toMatch(/^pscale_tkn_/);
    for (const secret of [emulator.administrator.serviceToken, emulator.administrator.userToken])
      expect(stdout).not.toContain(secret);
    expect(stdout).not.toContain(emulator.administrator.serviceTokenId);
    expect(variables).toMatchObject({
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_DATABASE: 'blog',
      COLOUR: 'blue',
      HOME: home.path,
    });
  });

  test('are the organization and the address of the API, also where a flag or a file named them', async () => {
    const token = emulator.administrator.userToken;
    const words = ['--org', 'acme', '--api-url', `${emulator.url}/`, '--api-token', token, ...exec('env')];
    const byFlag = await runCli(words, { home });
    expect(variablesIn(byFlag.stdout)).toMatchObject({
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_URL: emulator.url,
    });
    expect(byFlag.stdout).not.toContain(token);

    const folder = join(home.path, '.config', 'planetscale');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'pscale.yml'), `org: acme\napi-url: ${emulator.url}\n`, { mode: 0o600 });
    const byFile = await runCli(exec('env'), { home, env: { PLANETSCALE_API_TOKEN: token } });
    expect(variablesIn(byFile.stdout)).toMatchObject({
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_URL: emulator.url,
    });
  });
});

describe('the streams are those of the command', () => {
  test('all of what it writes arrives, through a slow pipe as well', async () => {
    const size = 8_000_000;
    const child = startCli(exec('head', '-c', String(size), '/dev/zero'), options());
    child.stdout?.pause();
    await new Promise<void>((resolve) => {
      child.stdout?.once('readable', resolve);
    });
    const { status, stdout, stderr } = await finished(child);
    expect([status, stdout.length, stderr]).toEqual([0, size, '']);
  });

  test('what is written to stdin reaches it, and its stderr the caller', async () => {
    const text = 'a line for the command\n'.repeat(20_000);
    const { status, stdout, stderr } = await runCli(exec('sh', '-c', 'cat; echo done >&2'), {
      ...options(),
      stdin: text,
    });
    expect(status).toBe(0);
    expect(stdout === text).toBe(true);
    expect(stderr).toBe('done\n');
  });

  test('a reader that has seen enough ends it as it would without exec', async () => {
    const child = startCli(exec('sh', '-c', 'echo ready; cat; while echo more; do :; done'), options());
    const end = finished(child);
    await written(child, 'ready');
    child.stdout?.destroy();
    child.stdin?.end();
    const { status } = await end;
    // By SIGPIPE.
    expect(status).toBe(141);
    expect(tokens()).toEqual([]);
  });
});

describe('the end of the command is the end of the token', () => {
  test.each([0, 1, 2, 3, 125, 126, 127, 128, 130, 254, 255])('status %i is kept', async (status) => {
    const variables = { ...options().env, PATH: process.env.PATH ?? '' };
    const ran = await runInMemory(exec('sh', '-c', `exit ${status}`), { variables });
    expect(ran).toEqual({ status, stdout: '', stderr: '' });
    expect(tokens()).toEqual([]);
  });

  test.each([
    ['KILL', 137],
    ['TERM', 143],
    ['INT', 130],
  ])('killed by SIG%s: %i', async (signal, status) => {
    const ran = await runCli(exec('sh', '-c', `kill -${signal} $$`), options());
    expect(ran).toMatchObject({ status, signal: null, stderr: '' });
    expect(tokens()).toEqual([]);
  });

  test('whatever it leaves running, even with its streams', async () => {
    const child = startCli(exec('sh', '-c', 'sleep 60 & echo "pid $!"; exit 3'), options());
    child.stdout?.setEncoding('utf8');
    const output = written(child, '\n');
    const [status] = await once(child, 'exit');
    expect(tokens()).toEqual([]);
    expect(status).toBe(3);
    const [, pid = ''] = /^pid (\d+)$/m.exec(await output) ?? [];
    process.kill(Number(pid), 'SIGKILL');
  });

  test.each([
    ['no-such-command', 127],
    ['/etc/passwd', 126],
  ])('%s cannot be run: %i, and no token stays', async (command, status) => {
    const ran = await runCli(['--format', 'json', ...exec(command)], options());
    expect(ran).toMatchObject({ status, stdout: '' });
    expect(ran.stderr).toMatch(/^Error: cannot run /);
    expect(tokens()).toEqual([]);
  });

  test('where the token cannot be deleted, that is said, and the status stays', async () => {
    emulator.inject({ answer: 403, count: 9, method: 'DELETE' });
    const ran = await runCli(exec('sh', '-c', 'exit 5'), options());
    const [token] = tokens();
    expect(ran.status).toBe(5);
    expect(ran.stderr).toBe(
      `Warning: service token ${token?.id} may still exist; it works until ${token?.expires_at}. Delete it with: pscale-service-token delete ${token?.id} --org acme --force\n`,
    );
  });
});

describe('signals', () => {
  /** Tells of each signal; ends with 9 at the second. */
  const STUBBORN = `
    let seen = 0;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
      process.on(signal, () => {
        seen += 1;
        console.log('got ' + signal);
        if (seen === 2) process.exit(9);
      });
    }
    console.log('ready');
    process.stdin.resume();`;

  test.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGHUP', 'SIGHUP'],
    ['SIGQUIT', 'SIGTERM'],
    ['SIGUSR2', 'SIGQUIT'],
  ] as const)('%s and then %s are both passed on', async (first, second) => {
    const child = startCli(exec(process.execPath, '-e', STUBBORN), options());
    const end = finished(child);
    await written(child, 'ready');
    child.kill(first);
    await written(child, `got ${first}`);
    expect(tokens()).toHaveLength(1);
    child.kill(second);
    const { status, stdout, stderr } = await end;
    expect([status, stdout, stderr]).toEqual([9, `ready\ngot ${first}\ngot ${second}\n`, '']);
    expect(tokens()).toEqual([]);
  });

  test('Ctrl-C in a terminal reaches the command once', async () => {
    const terminal = openTerminal(exec(process.execPath, '-e', STUBBORN), options());
    await terminal.until('ready');
    terminal.type(KEYS.ctrlC);
    await terminal.until('got SIGINT');
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended).status).toBe(9);
    expect((await terminal.screen()).text().match(/got SIGINT/g)).toHaveLength(2);
    expect(tokens()).toEqual([]);
  });

  test('Ctrl-C reaches it once, too, where its stdin is not the terminal', async () => {
    const script = STUBBORN.replace('process.stdin.resume();', 'setInterval(() => {}, 1000);');
    const terminal = openTerminal(exec(process.execPath, '-e', script), {
      ...options(),
      stdinFrom: '/dev/null',
    });
    await terminal.until('ready');
    terminal.type(KEYS.ctrlC);
    await terminal.until('got SIGINT');
    terminal.type(KEYS.ctrlC);
    expect((await terminal.ended).status).toBe(9);
    expect((await terminal.screen()).text().match(/got SIGINT/g)).toHaveLength(2);
  });

  test('the key that kills a command at once takes its token along', async () => {
    const terminal = openTerminal(exec('sh', '-c', 'echo ready; exec sleep 100'), options());
    await terminal.until('ready');
    terminal.type('\u001c');
    expect((await terminal.ended).status).toBe(131);
    expect(tokens()).toEqual([]);
  });

  test('one for a debugger opens none', async () => {
    const child = startCli(
      exec('sh', '-c', 'trap "exit 8" USR1; echo ready; while :; do sleep 0.05; done'),
      options(),
    );
    const end = finished(child);
    await written(child, 'ready');
    child.kill('SIGUSR1');
    expect(await end).toMatchObject({ status: 8, stderr: '' });
    expect(tokens()).toEqual([]);
  });

  test('one before the command is started ends it with 128 and its number, and no token stays', async () => {
    const held = holdAt(emulator, 3, 'carried out');
    const child = startCli(['--format', 'json', ...exec('echo', 'started')], options());
    const end = finished(child);
    await held.reached;
    child.kill('SIGTERM');
    const { status, stdout, stderr } = await end;
    expect([status, stdout]).toEqual([143, '']);
    expect(stderr).toMatch(/^Error: interrupted by SIGTERM\ntoken \w+ was created and then rolled back$/m);
    expect(tokens()).toEqual([]);
  });

  test('one while its token is deleted does not keep it from that', async () => {
    const held = holdAt(emulator, 4, 'arrived');
    const child = startCli(exec('sh', '-c', 'exit 4'), options());
    const end = finished(child);
    await held.reached;
    child.kill('SIGINT');
    child.kill('SIGTERM');
    held.release();
    expect(await end).toMatchObject({ status: 4, stderr: '' });
    expect(tokens()).toEqual([]);
  });
});

describe('its own failures end with 125, told on stderr in every format', () => {
  test.each<[string, string[], string]>([
    ['no access', ['exec', '--', 'true'], 'exec needs --access or --for'],
    ['no command', ['exec', '--access', 'read_databases', '--'], 'missing argument'],
    ['an empty command', exec(''), 'the command to run is empty'],
    ['an unknown flag', ['exec', '--acces', 'x', '--', 'true'], 'unknown flag: --acces'],
    [
      'a mistake in an access',
      ['exec', '--access', 'shop=read_brnch', '--', 'true'],
      'not a known permission',
    ],
    ['a database that is not there', ['exec', '--access', 'x=read_branch', '--', 'true'], 'does not exist'],
    ['a lifetime that is none', ['exec', '--ttl', 'soon', ...exec('true').slice(1)], 'invalid --ttl "soon"'],
    ['credentials that are void', ['--api-token', 'wrong', ...exec('true')], 'Authentication failed'],
  ])('%s', async (_, words, message) => {
    const variables = { ...options().env };
    const ran = await runInMemory(['--format', 'json', ...words], { variables });
    expect([ran.status, ran.stdout]).toEqual([125, '']);
    expect(ran.stderr).toMatch(/^Error: /);
    expect(ran.stderr).toContain(message);
    expect(tokens()).toEqual([]);
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

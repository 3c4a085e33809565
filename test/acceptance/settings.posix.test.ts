import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import {
  type CliResult,
  COMMAND,
  cleanEnvironment,
  createHome,
  finished,
  type Home,
  runCli,
  startCli,
} from '../support/cli.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

function at(path: string): string {
  const full = join(home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  return full;
}

describe('a file found by its place that would never end', () => {
  test.each(['.pscale.yml', '.config/planetscale/pscale.yml', '.config/planetscale/access-token'])(
    '%s: is refused at once as a link to /dev/zero, and as a pipe',
    async (path) => {
      const env = { PLANETSCALE_ORG: 'acme', PLANETSCALE_API_URL: 'http://127.0.0.1:1' };
      const reasons = {
        link: 'it is a device, not a regular file',
        pipe: 'it is a pipe, not a regular file',
      };
      for (const kind of ['link', 'pipe'] as const) {
        if (kind === 'link') symlinkSync('/dev/zero', at(path));
        else execFileSync('mkfifo', [at(path)]);
        const { status, stdout } = await runCli(['list', '--format', 'json'], { home, env });
        expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code: 'INVALID_CONFIG' }] });
        expect(stdout).toContain(`cannot read ~/${path}: ${reasons[kind]}`);
        expect(status).toBe(1);
        rmSync(at(path));
      }
    },
  );
});

test.each(['', '.', 'home'])(
  'with HOME=%j nothing below the working directory is a user config',
  async (HOME) => {
    for (const folder of ['.', 'home']) {
      writeFileSync(
        at(join(folder, '.config/planetscale/pscale.yml')),
        'api-url: http://127.0.0.1:1/planted\n',
      );
      writeFileSync(at(join(folder, '.config/planetscale/access-token')), 'planted-token\n');
    }
    const env = { HOME, USERPROFILE: HOME };
    const { stdout } = await runCli(['doctor', '--format', 'csv'], { home, env });
    expect(stdout).toContain('API URL,https://api.planetscale.com/ (the default)');
    expect(stdout).toContain('fail,credentials,"not authenticated');
    expect(stdout).toContain('no home directory');
    expect(stdout).not.toContain('planted');
  },
);

describe('a pipe that is named', () => {
  const env = { PLANETSCALE_API_URL: 'http://127.0.0.1:1', PLANETSCALE_API_TOKEN: 'x-token' };
  const argv = ['doctor', '--config', '/dev/stdin', '--format', 'csv', '--timeout', '1s'];

  /** The runtime of the tests would give a socket, which no path leads to. */
  function behind(command: string): Promise<CliResult> {
    const words = ['-c', `${command} | "$0" "$@"`, ...COMMAND, ...argv];
    return finished(spawn('sh', words, { cwd: home.path, env: cleanEnvironment({ home, env }) }));
  }

  test('is read', async () => {
    const { stdout } = await behind("echo 'org: from-a-pipe'");
    expect(stdout).toContain('pass,organization,from-a-pipe (org in /dev/stdin)');
  });

  test('and gives nothing is refused: the command behind it failed', async () => {
    const { stdout } = await behind('false');
    expect(stdout).toContain('fail,settings,"cannot read /dev/stdin: it is a pipe that delivered nothing');
  });

  test('is left at once when a signal comes', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const child = startCli(['list', '--config', 'pipe'], { home, env });
    // Opening it for writing waits until the program has opened it for reading.
    const writer = spawn(
      'sh',
      ['-c', 'exec > pipe; echo; kill -TERM "$0"; exec sleep 60', String(child.pid)],
      {
        cwd: home.path,
        stdio: 'ignore',
      },
    );
    const { status, signal, stderr } = await finished(child);
    writer.kill('SIGKILL');
    expect(signal ?? status).toSatisfy((end) => end === 'SIGTERM' || end === 143);
    expect(stderr).toContain('interrupted by SIGTERM');
  });
});

describe('in a working directory that was deleted', () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator();
  });
  afterEach(() => emulator.close());

  function run(...argv: string[]): Promise<CliResult> {
    mkdirSync(at('gone'), { recursive: true });
    const { userToken } = emulator.administrator;
    const env = {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      GITHUB_ENV: 'env.txt',
      PLANETSCALE_API_TOKEN: userToken,
    };
    const child = spawn('sh', ['-c', 'rmdir ../gone && exec "$0" "$@"', ...COMMAND, ...argv], {
      cwd: at('gone'),
      env: cleanEnvironment({ home, env }),
    });
    return finished(child);
  }

  /** The runtime of the standalone executables does not start there at all, except on Linux. */
  const startsThere = process.env.STANDALONE_EXECUTABLE === undefined || process.platform === 'linux';

  test('commands that need none work', async () => {
    if (!startsThere) {
      expect(await run('list')).toMatchObject({ status: 1, stderr: expect.stringContaining('was deleted') });
      return;
    }
    expect(await run('--version')).toMatchObject({ status: 0, stderr: '' });
    expect(await run('list')).toMatchObject({ status: 0, stderr: '' });
    const file = at('config.yml');
    writeFileSync(file, 'format: csv\n');
    expect(await run('list', '--config', file)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ID,/),
    });
  });

  test('the others fail in words, before anything is made', async () => {
    const before = emulator.requests.length;
    const cases = [
      ['INVALID_USAGE', 'list', '--config', 'config.yml'],
      ['INVALID_CONFIG', 'create', '--github-env'],
    ] as const;
    for (const [code, ...argv] of cases) {
      const { status, stdout, stderr } = await run(...argv, '--format', 'json');
      expect(status).toBe(1);
      if (!startsThere) {
        expect(stderr).toContain('was deleted');
        continue;
      }
      expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code }] });
      expect(stdout).toContain('is relative to the working directory, which does not exist');
      expect(stderr).toBe('');
    }
    expect(emulator.requests.length).toBe(before);
  });
});

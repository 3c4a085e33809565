import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GLOBAL_FLAGS } from '../../src/cli/global-flags.ts';
import { COMMANDS } from '../../src/commands/all.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import {
  type CliOptions,
  type CliResult,
  COMMAND,
  cleanEnvironment,
  createHome,
  finished,
  type Home,
  runCli,
  spawnCli,
} from '../support/cli.ts';
import { ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';
import { leavesOf } from '../support/tree.ts';

/** What lies in the home directory, but for the code that Node 22 and later keep there. */
const inHomeFolder = (): string[] => readdirSync(home.path).filter((name) => name !== '.cache');

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: ISSUE_SEED });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function options(env: Readonly<Record<string, string>> = {}): CliOptions {
  return { home, env: { ...issueVariables(emulator), ...env } };
}

function inHome(path: string): string {
  return join(home.path, path);
}

/** Runs the executable in the environment that a shell makes for it; `"$@"` is the command line. */
function runInShell(script: string, args: readonly string[], env = {}): Promise<CliResult> {
  return finished(
    spawn('sh', ['-c', script, 'sh', ...COMMAND, ...args], {
      cwd: home.path,
      env: cleanEnvironment(options(env)),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

function freshTokens() {
  const seeded = ISSUE_SEED.tokens.map(({ id }) => id);
  return emulator.snapshot().service_tokens.filter(({ id }) => !seeded.includes(id));
}

function isOldThere(): boolean {
  return emulator.snapshot().service_tokens.some(({ id }) => id === OLD);
}

function secretsIn(content: string): string[] {
  return [...new Set(content.match(/pscale_tkn_[\w-]+/g))];
}

function creations(): number {
  return emulator.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/service-tokens'))
    .length;
}

describe('a limit to the size of files', () => {
  /** Shells count in different blocks. */
  function limitOfEight(): number {
    const script = `trap '' XFSZ; ulimit -f 8; head -c 100000 /dev/zero > size 2>/dev/null; wc -c < size`;
    const size = Number(execFileSync('sh', ['-c', script], { cwd: home.path, encoding: 'utf8' }));
    execFileSync('rm', [inHome('size')]);
    return size;
  }

  test.each([
    ['create', '--format', 'json'],
    ['create', '--export'],
    ['rotate', OLD, '--format', 'csv'],
    ['duplicate', OLD],
  ])('that cuts %s %s %s on stdout takes the token back, and keeps the old one', async (...args) => {
    for (const room of [0, 30]) {
      writeFileSync(inHome('log'), '.'.repeat(limitOfEight() - room));
      const ran = await runInShell('ulimit -f 8; exec "$@" >> log', args);
      expect(ran).toMatchObject({ status: 2, signal: null });
      expect(ran.stderr).toContain('the file would be larger than allowed');
      expect(statSync(inHome('log')).size).toBe(limitOfEight());
      expect(freshTokens()).toEqual([]);
      expect(isOldThere()).toBe(true);
    }
  });

  test('that an env file would exceed is found before a token is made', async () => {
    const before = `A=${'x'.repeat(limitOfEight() - 40)}\n`;
    writeFileSync(inHome('.env'), before);
    const ran = await runInShell('ulimit -f 8; exec "$@"', ['rotate', OLD, '-e', '.env']);
    expect(ran).toMatchObject({ status: 1, signal: null });
    expect(ran.stderr).toContain('cannot write .env: the file would be larger than allowed');
    expect(readFileSync(inHome('.env'), 'utf8')).toBe(before);
    expect(inHomeFolder()).toEqual(['.env']);
    expect(creations()).toBe(0);
  });

  test("that GitHub's file would exceed takes the token back, and leaves no part of it", async () => {
    const before = `A=${'x'.repeat(limitOfEight() - 40)}\n`;
    writeFileSync(inHome('env'), before);
    const ran = await runInShell('ulimit -f 8; exec "$@"', ['create', '--github-env'], {
      GITHUB_ENV: inHome('env'),
    });
    expect(ran).toMatchObject({ status: 2, signal: null });
    expect(readFileSync(inHome('env'), 'utf8')).toBe(before);
    expect(freshTokens()).toEqual([]);
  });
});

test('a pipe that does not block and is full gets all of it once somebody reads', async () => {
  execFileSync('mkfifo', [inHome('pipe')]);
  const descriptor = openSync(inHome('pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  let filling = 0;
  for (const size of [4096, 1]) {
    try {
      for (;;) filling += writeSync(descriptor, '.'.repeat(size));
    } catch (error) {
      expect(error).toMatchObject({ code: 'EAGAIN' });
    }
  }
  const child = spawnCli(['rotate', OLD, '--format', 'json'], options(), ['ignore', descriptor, 'pipe']);
  const end = finished(child);
  await vi.waitFor(() => expect(freshTokens()).toHaveLength(1), { timeout: 30_000 });
  let content = '';
  const reader = createReadStream(inHome('pipe'), 'latin1').on('data', (chunk) => {
    content += chunk;
  });
  const ended = once(reader, 'end');
  // The reader's own descriptor must be there before this one is not.
  await once(reader, 'open');
  closeSync(descriptor);
  expect(await end).toMatchObject({ status: 0 });
  await ended;
  expect(content.startsWith('.'.repeat(filling))).toBe(true);
  expect(secretsIn(content).map(digestOf)).toEqual(freshTokens().map((token) => token.secret_sha256));
  expect(isOldThere()).toBe(false);
});

describe('a stdout that nobody can read', () => {
  test.each([
    ['closed', '>&-'],
    ['discarded', '> /dev/null'],
  ])('is refused where it is %s', async (_, redirection) => {
    const ran = await runInShell(`exec "$@" ${redirection}`, ['rotate', OLD]);
    expect(ran.status).toBe(1);
    expect(creations()).toBe(0);
  });

  test('is a failure where it is only open for reading', async () => {
    writeFileSync(inHome('file'), '');
    const ran = await runInShell('exec "$@" 1< file', ['rotate', OLD]);
    expect(ran.status).toBe(2);
    expect(freshTokens()).toEqual([]);
    expect(isOldThere()).toBe(true);
  });
});

describe("a stderr that does not reach a job's log", () => {
  test.each([
    ['closed', '2>&-'],
    ['discarded', '2> /dev/null'],
    ['a file', '2> log'],
    ['a full device', '2> /dev/full'],
    ['a file with stdout', '> log 2>&1'],
  ])('is refused where it is %s', async (_, redirection) => {
    for (const [flag, name] of [
      ['--github-env', 'GITHUB_ENV'],
      ['--github-output', 'GITHUB_OUTPUT'],
    ] as const) {
      const ran = await runInShell(`exec "$@" ${redirection}`, ['create', flag], { [name]: inHome('file') });
      expect(ran.status).toBe(1);
      expect(existsSync(inHome('file'))).toBe(false);
    }
    expect(creations()).toBe(0);
  });

  test('is no matter where it is a pipe', async () => {
    const ran = await runInShell('exec "$@" 2>&1 | cat', ['create', '--github-env'], {
      GITHUB_ENV: inHome('file'),
    });
    const [secret = ''] = secretsIn(readFileSync(inHome('file'), 'utf8'));
    expect(ran.stdout).toContain(`::add-mask::${secret}\n`);
  });
});

test('of four that write one env file at once, each has its secret there or no token', async () => {
  const runs = await Promise.all([1, 2, 3, 4].map(() => runCli(['create', '-e', 'x'], options())));
  const secrets = secretsIn(readFileSync(inHome('x'), 'utf8'));
  expect(secrets.map(digestOf)).toEqual(freshTokens().map((token) => token.secret_sha256));
  expect(runs.filter(({ status }) => status === 0)).toHaveLength(1);
  for (const { status, stderr } of runs) {
    if (status !== 0)
      expect(stderr).toMatch(/another run of this program|changed after this command|in the meantime/);
  }
  expect(inHomeFolder()).toEqual(['x']);
});

describe('flags and the runtime', () => {
  function plant(): void {
    writeFileSync(
      inHome('evil.cjs'),
      `require('node:fs').writeFileSync(${JSON.stringify(inHome('ran'))}, '');`,
    );
    writeFileSync(inHome('.env'), `NODE_OPTIONS=--require=${inHome('evil.cjs')}\nPLANETSCALE_ORG=evil\n`);
    writeFileSync(
      inHome('node.config.json'),
      JSON.stringify({ nodeOptions: { require: [inHome('evil.cjs')], import: [inHome('evil.cjs')] } }),
    );
    writeFileSync(inHome('bunfig.toml'), `preload = [${JSON.stringify(inHome('evil.cjs'))}]\n`);
  }

  /** How the flags are spelled that take a value, and those that are there or not. */
  async function allFlags(): Promise<{ valued: string[]; switches: string[] }> {
    const leaves = await leavesOf(COMMANDS);
    const spellings = [...GLOBAL_FLAGS, ...leaves.flatMap(({ command }) => command.flags)];
    const named = (isSwitch: boolean): string[] =>
      spellings
        .filter(({ takes }) => (takes === 'nothing') === isSwitch)
        .flatMap(({ flags }) => flags.match(/(?<![\w-])--?\w[\w-]*/g) ?? []);
    return {
      valued: [...new Set(named(false))],
      switches: [...new Set([...named(true), '--version', '--help', '-h'])],
    };
  }

  test('none of ours makes it load a file, or miss one', async () => {
    plant();
    const { valued, switches } = await allFlags();
    const flags = [...valued, ...switches];
    expect(flags).toEqual(expect.arrayContaining(['--dotenv', '-e', '--config', '--timeout']));
    expect(flags).not.toContain('--env-file');
    const files = ['.env', 'node.config.json', 'missing'];
    const words = flags.flatMap((flag) => files.flatMap((file) => [flag, file]));
    const joined = (some: readonly string[]) =>
      some.flatMap((flag) => files.map((file) => `${flag}=${file}`));
    words.push(...joined(valued));
    const ran = await runCli(['create', ...words], options());
    // --version is one of them: what answers is this program, not Node.
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('pscale-service-token version');
    const refused = await runCli(['create', ...joined(switches)], options());
    expect(refused.stderr).toContain('only takes true or false');
    expect(existsSync(inHome('ran'))).toBe(false);
  });

  test('-e and --dotenv put the pair into the file, and load nothing of it', async () => {
    plant();
    for (const flag of [['-e', '.env'], ['-e=.env'], ['--dotenv', '.env'], ['--dotenv=.env']]) {
      const ran = await runCli(['create', '--name', 'ci', '--format', 'json', ...flag], options());
      expect(ran).toMatchObject({ status: 0, stderr: expect.not.stringContaining('evil') });
    }
    expect(readFileSync(inHome('.env'), 'utf8')).toContain('PLANETSCALE_SERVICE_TOKEN=');
    expect(existsSync(inHome('ran'))).toBe(false);
    expect(emulator.requests.every(({ url }) => url.includes('/organizations/acme/'))).toBe(true);
  });

  test('--env-file is unknown, and names what took its place', async () => {
    // Where the file is there, Node has read it by then; where it is not, Node ends before anything starts.
    writeFileSync(inHome('.env'), 'A=1\n');
    for (const words of [['--env-file', '.env'], ['--env-file=.env']]) {
      const ran = await runCli(['create', ...words, '--format', 'json'], options());
      expect(ran.status).toBe(1);
      expect(JSON.parse(ran.stdout)).toMatchObject({ issues: [{ code: 'UNKNOWN_FLAG' }] });
      expect(ran.stdout).toContain('--dotenv');
    }
    expect(creations()).toBe(0);
  });
});

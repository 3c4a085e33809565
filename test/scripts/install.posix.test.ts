import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CliResult, createHome, finished, type Home } from '../support/cli.ts';

const SCRIPT = readFileSync(new URL('../../scripts/install.sh', import.meta.url), 'utf8');

/** Stands for the executable of a platform: it tells which one it is. */
const executable = (platform: string) => `#!/bin/sh\necho "pscale-service-token version 0.1.0 ${platform}"\n`;

const PLATFORMS = [
  'linux-x64',
  'linux-arm64',
  'linux-x64-musl',
  'linux-arm64-musl',
  'darwin-x64',
  'darwin-arm64',
];

/** What the script asks of a machine, besides a downloader and a program for sums. */
const TOOLS = ['sh', 'awk', 'cat', 'chmod', 'cp', 'ls', 'mkdir', 'mktemp', 'mv', 'rm'];

function which(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
const DOWNLOADERS = ['curl', 'wget'].filter((program) => which(program) !== undefined);
const SUMS = ['sha256sum', 'shasum'].filter((program) => which(program) !== undefined);
const [DOWNLOADER = 'curl'] = DOWNLOADERS;
const [SUM = 'sha256sum'] = SUMS;

let home: Home;
/** The whole PATH of the script. */
let bin: string;
/** Where it installs. */
let target: string;
/** A fake release: what each path of the server answers with. */
let files: Map<string, string>;
/** What was asked of it. */
let requests: string[];
let server: Server;
/** Whether the server leaves a download open, after its first bytes. */
let stalls: boolean;

beforeEach(async () => {
  home = createHome();
  bin = join(home.path, 'bin');
  target = join(home.path, '.local', 'bin', 'pscale-service-token');
  for (const folder of ['bin', 'tmp']) mkdirSync(join(home.path, folder));
  link(...TOOLS);
  machine('Linux', 'x86_64');
  libc('glibc');

  files = new Map();
  publish('/latest/download');
  requests = [];
  stalls = false;
  server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const body = files.get(path);
    if (body === undefined) response.writeHead(404).end('Not Found');
    else if (stalls) response.write('#!');
    else response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  home.remove();
});

/** Puts programs of this machine on the script's PATH. */
function link(...programs: readonly string[]): void {
  for (const program of programs) {
    const path = which(program);
    const name = join(bin, program);
    if (path !== undefined && !existsSync(name)) symlinkSync(path, name);
  }
}

/** Puts a program of a test's own there. */
function fake(program: string, lines: string): void {
  writeFileSync(join(bin, program), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
}

function machine(system: string, processor: string): void {
  fake('uname', `case $1 in -s) echo '${system}' ;; -m) echo '${processor}' ;; esac`);
}

function libc(name: 'glibc' | 'musl'): void {
  // As each answers \`ldd --version\`: musl's on stderr, with a failure.
  if (name === 'glibc') fake('ldd', "echo 'ldd (Debian GLIBC 2.36-9) 2.36'");
  else fake('ldd', "echo 'musl libc (x86_64)' >&2; exit 1");
}

/** Puts a release into a folder of the server. */
function publish(folder: string): void {
  let sums = '';
  for (const platform of PLATFORMS) {
    const name = `pscale-service-token-${platform}`;
    const body = executable(platform);
    files.set(`${folder}/${name}`, body);
    sums += `${createHash('sha256').update(body).digest('hex')}  ${name}\n`;
  }
  files.set(`${folder}/SHA256SUMS`, sums);
}

function baseUrl(): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}`;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly downloader?: string;
  readonly sum?: string;
  readonly script?: string;
}

/** Starts the script as `curl … | sh` does: on stdin. */
function start({ env, downloader = DOWNLOADER, sum = SUM, script = SCRIPT }: Options = {}): ChildProcess {
  link(downloader, sum);
  const child = spawn('sh', {
    cwd: home.path,
    // In a process group of its own, as a shell starts it: Ctrl-C reaches all of it.
    detached: true,
    env: { PATH: bin, HOME: home.path, TMPDIR: join(home.path, 'tmp'), BASE_URL: baseUrl(), ...env },
  });
  // A script that ends early leaves the rest of itself unread.
  child.stdin.on('error', () => {});
  child.stdin.end(script);
  return child;
}

const install = (options?: Options) => finished(start(options));

/** Neither the download nor the staged copy is left. */
function expectNothingElse(): void {
  expect(readdirSync(join(home.path, 'tmp'))).toEqual([]);
  const folder = dirname(target);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  expect(names.filter((name) => name !== 'pscale-service-token')).toEqual([]);
}

function expectRefused(result: CliResult, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.status).toBe(1);
  expect(existsSync(target)).toBe(false);
  expectNothingElse();
}

// A machine without curl and wget can still test the rest of the project.
describe.runIf(DOWNLOADERS.length > 0 && SUMS.length > 0)('install.sh', () => {
  describe('installs', () => {
    test('the executable of the latest release, and says where', async () => {
      const { stdout, stderr, status } = await install();
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(stdout).toContain(`Installed pscale-service-token version 0.1.0 linux-x64 as ${target}\n`);
      expect(readFileSync(target, 'utf8')).toBe(executable('linux-x64'));
      expect(statSync(target).mode & 0o777).toBe(0o755);
      expectNothingElse();
    });

    test.each(DOWNLOADERS)('with %s', async (downloader) => {
      expect((await install({ downloader })).status).toBe(0);
      expect(readdirSync(bin).filter((name) => name === 'curl' || name === 'wget')).toEqual([downloader]);
      expect(readFileSync(target, 'utf8')).toBe(executable('linux-x64'));
    });

    test.each(SUMS)('with %s', async (sum) => {
      expect((await install({ sum })).status).toBe(0);
      expect(readFileSync(target, 'utf8')).toBe(executable('linux-x64'));
    });

    test.each([
      ['Linux', 'x86_64', 'glibc', 'linux-x64'],
      ['Linux', 'amd64', 'musl', 'linux-x64-musl'],
      ['Linux', 'aarch64', 'glibc', 'linux-arm64'],
      ['Linux', 'arm64', 'musl', 'linux-arm64-musl'],
      ['Darwin', 'x86_64', 'musl', 'darwin-x64'],
      ['Darwin', 'arm64', 'glibc', 'darwin-arm64'],
    ] as const)('on %s %s with %s the one for %s%s', async (system, processor, library, platform) => {
      machine(system, processor);
      libc(library);
      expect((await install()).status).toBe(0);
      expect(readFileSync(target, 'utf8')).toBe(executable(platform));
    });

    test('on Apple silicon the one for arm64, from a shell under Rosetta too', async () => {
      machine('Darwin', 'x86_64');
      fake('sysctl', 'echo 1');
      expect((await install()).status).toBe(0);
      expect(readFileSync(target, 'utf8')).toBe(executable('darwin-arm64'));
    });

    test.each(['0.0.9', 'v0.0.9'])('version %s where it is asked for', async (version) => {
      publish('/download/v0.0.9');
      expect((await install({ env: { VERSION: version } })).status).toBe(0);
      expect(requests).toEqual([
        '/download/v0.0.9/SHA256SUMS',
        '/download/v0.0.9/pscale-service-token-linux-x64',
      ]);
    });

    test('into BIN_DIR, with blanks in its name and seen from the current folder', async () => {
      target = join(home.path, 'my programs', 'bin', 'pscale-service-token');
      const { stdout } = await install({ env: { BIN_DIR: 'my programs/bin' } });
      expect(stdout).toContain(` as ${target}\n`);
      expect(readFileSync(target, 'utf8')).toBe(executable('linux-x64'));
      expectNothingElse();
    });

    test('over an older one, which keeps running', async () => {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, 'an older one');
      const running = openSync(target, 'r');
      expect((await install()).status).toBe(0);
      expect(readFileSync(target, 'utf8')).toBe(executable('linux-x64'));
      expect(readFileSync(running, 'utf8')).toBe('an older one');
      closeSync(running);
      expectNothingElse();
    });
  });

  describe('says of the PATH', () => {
    test('that the folder is not on it, and how to add it', async () => {
      const { stdout } = await install();
      expect(stdout).toContain(`add it with: export PATH="${dirname(target)}:$PATH"\n`);
    });

    test('nothing where it finds what was installed', async () => {
      const { stdout } = await install({ env: { PATH: `${bin}:${dirname(target)}` } });
      expect(stdout).not.toContain('PATH');
    });

    test('that it finds another one first', async () => {
      fake('pscale-service-token', '');
      const { stdout } = await install({ env: { PATH: `${bin}:${dirname(target)}` } });
      expect(stdout).toContain(`Your PATH finds ${join(bin, 'pscale-service-token')} first.\n`);
    });
  });

  describe('refuses, and leaves nothing behind:', () => {
    test('a file whose sum is another', async () => {
      files.set('/latest/download/pscale-service-token-linux-x64', '#!/bin/sh\necho other\n');
      const sum = createHash('sha256').update('#!/bin/sh\necho other\n').digest('hex');
      expectRefused(
        await install(),
        new RegExp(`pscale-service-token-linux-x64 is ${sum}, .* says [0-9a-f]{64};`),
      );
    });

    test('a wrong sum, and keeps an older one', async () => {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, 'an older one');
      files.set('/latest/download/pscale-service-token-linux-x64', executable('other'));
      expect((await install()).status).toBe(1);
      expect(readFileSync(target, 'utf8')).toBe('an older one');
      expectNothingElse();
    });

    test('a file that SHA256SUMS does not name', async () => {
      const sums = files.get('/latest/download/SHA256SUMS') ?? '';
      files.set('/latest/download/SHA256SUMS', sums.replace('linux-x64\n', 'linux-x64-old\n'));
      expectRefused(await install(), /SHA256SUMS has no line for pscale-service-token-linux-x64;/);
    });

    test.each(DOWNLOADERS)('a file that is not there, with %s', async (downloader) => {
      files.delete('/latest/download/pscale-service-token-linux-x64');
      expectRefused(
        await install({ downloader }),
        /could not download http:.*\/latest\/download\/pscale-service-token-linux-x64;/,
      );
    });

    test('a machine with neither curl nor wget', async () => {
      expectRefused(await install({ downloader: 'none' }), /neither curl nor wget/);
    });

    test('a machine with neither sha256sum nor shasum', async () => {
      expectRefused(await install({ sum: 'none' }), /neither sha256sum nor shasum/);
    });

    test.each([
      ['Linux', 'riscv64', /no executable for riscv64; .*npm install/],
      ['FreeBSD', 'amd64', /no executable for FreeBSD; .*npm install/],
      ['MINGW64_NT-10.0', 'x86_64', /pscale-service-token-windows-x64\.exe/],
    ])('%s on %s', async (system, processor, message) => {
      machine(system, processor);
      expectRefused(await install(), message);
      expect(requests).toEqual([]);
    });

    test('an executable that does not run here', async () => {
      libc('musl');
      const body = '#!/bin/sh\nexit 127\n';
      const name = 'pscale-service-token-linux-x64-musl';
      files.set(`/latest/download/${name}`, body);
      files.set(
        '/latest/download/SHA256SUMS',
        `${createHash('sha256').update(body).digest('hex')}  ${name}\n`,
      );
      expectRefused(await install(), /does not run on this machine .*apk add libstdc\+\+/);
    });

    test.each(['1.2.3/../..', 'a b', '$(id)'])('%j as VERSION', async (version) => {
      expectRefused(await install({ env: { VERSION: version } }), /VERSION is "/);
      expect(requests).toEqual([]);
    });

    test.each([
      'http://mirror.example',
      'http://127.0.0.1.example',
      'http://127.0.0.1:80@mirror.example',
      'http://localhost@mirror.example',
      'ftp://127.0.0.1',
      'mirror',
    ])('%s as BASE_URL', async (url) => {
      fake('curl', `echo asked "$@"`);
      const result = await install({ env: { BASE_URL: url } });
      expectRefused(result, /BASE_URL is .*: only https is accepted/);
      expect(result.stdout).toBe('');
    });

    test('to guess the repository', async () => {
      expectRefused(
        await install({ env: { BASE_URL: '' } }),
        /take install\.sh from a release, or set BASE_URL/,
      );
    });

    test('a folder in the place of the executable', async () => {
      mkdirSync(target, { recursive: true });
      const { stderr, status } = await install();
      expect(stderr).toContain(`${target} is a folder`);
      expect(status).toBe(1);
      expect(readdirSync(target)).toEqual([]);
      expectNothingElse();
    });
  });

  test('asks a release of its repository, over https only', async () => {
    fake('curl', `echo "$@"; exit 1`);
    const script = SCRIPT.replaceAll('OWNER/pscale-service-token', 'acme/tokens');
    const { stdout } = await install({ script, env: { BASE_URL: '' } });
    expect(stdout).toMatch(
      /^--proto =https --tlsv1\.2 .* https:\/\/github\.com\/acme\/tokens\/releases\/latest\/download\/SHA256SUMS$/m,
    );
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves nothing behind after %s', async (signal) => {
    stalls = true;
    const child = start();
    await once(server, 'request');
    if (child.pid === undefined) throw new Error('the script did not start');
    process.kill(-child.pid, signal);
    const result = await finished(child);
    expect(result.status).not.toBe(0);
    expect(existsSync(target)).toBe(false);
    expectNothingElse();
  });

  test('does nothing where it was cut short', async () => {
    const lines = SCRIPT.trimEnd().split('\n');
    link(DOWNLOADER, SUM);
    for (let length = 1; length < lines.length; length += 1) {
      await install({ script: `${lines.slice(0, length).join('\n')}\n` });
    }
    expect(requests).toEqual([]);
    expect(existsSync(target)).toBe(false);
    expectNothingElse();
  });
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
const TOOLS = ['sh', 'awk', 'cat', 'chmod', 'cp', 'ls', 'mkdir', 'mv', 'rm'];

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
/** GNU's is the only wget that the script takes. */
const isGnuWget = /GNU Wget 1\./.test(spawnSync('wget', ['--version'], { encoding: 'utf8' }).stdout ?? '');
const DOWNLOADERS = ['curl', 'wget'].filter(
  (program) => which(program) !== undefined && (program !== 'wget' || isGnuWget),
);
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
/** Paths that the server sends elsewhere, and where to. */
let redirects: Map<string, string>;
/** Serves the same by https, where a test asks for it. */
let secureServer: SecureServer;
/** Makes the downloaders accept its certificate. */
let trusted: Record<string, string>;
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
  redirects = new Map();
  const answer: RequestListener = (request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const body = files.get(path);
    const location = redirects.get(path);
    if (location !== undefined) response.writeHead(302, { location }).end();
    else if (body === undefined) response.writeHead(404).end('Not Found');
    else if (stalls) response.write('#!');
    else response.end(body);
  };
  server = createServer(answer).listen(0, '127.0.0.1');
  secureServer = createSecureServer({ cert: pem('server.crt'), key: pem('server.key') }, answer);
  secureServer.listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(secureServer, 'listening')]);
  // How each downloader is told of an authority: by a variable, and by its file in the home directory.
  trusted = { CURL_CA_BUNDLE: tls('authority.crt') };
  writeFileSync(join(home.path, '.wgetrc'), `ca_certificate = ${tls('authority.crt')}\n`);
});
afterEach(() => {
  for (const one of [server, secureServer]) {
    one.closeAllConnections();
    one.close();
  }
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
function publish(folder: string, bodyOf = executable): void {
  let sums = '';
  for (const platform of PLATFORMS) {
    const name = `pscale-service-token-${platform}`;
    const body = bodyOf(platform);
    files.set(`${folder}/${name}`, body);
    sums += `${createHash('sha256').update(body).digest('hex')}  ${name}\n`;
  }
  files.set(`${folder}/SHA256SUMS`, sums);
}

const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const pem = (name: string) => readFileSync(tls(name), 'utf8');

function portOf(listening: Server | SecureServer): number {
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

const baseUrl = () => `http://127.0.0.1:${portOf(server)}`;
const secureUrl = () => `https://127.0.0.1:${portOf(secureServer)}`;

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

    test('its manual page is the one that it prints', async () => {
      const page = '.TH PSCALE-SERVICE-TOKEN 1\n.SH NAME';
      const script = `#!/bin/sh\ncase $1 in help) echo '${page}' ;; *) echo version ;; esac\n`;
      publish('/latest/download', () => script);
      const inHome = join(home.path, '.local/share/man/man1/pscale-service-token.1');
      expect((await install()).stdout).toContain(`Its manual page is ${inHome}\n`);
      expect(readFileSync(inHome, 'utf8')).toBe(`${page}\n`);
      const elsewhere = join(home.path, 'pages');
      await install({ env: { MAN_DIR: elsewhere } });
      expect(readFileSync(join(elsewhere, 'pscale-service-token.1'), 'utf8')).toBe(`${page}\n`);
      writeFileSync(join(home.path, 'in-the-way'), '');
      const result = await install({ env: { MAN_DIR: join(home.path, 'in-the-way/pages') } });
      expect(result).toMatchObject({ status: 0 });
      expect(result.stdout).toContain('Its manual page could not be written');
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

  describe.each(DOWNLOADERS)('over https, with %s,', (downloader) => {
    const SUMS_PATH = '/latest/download/SHA256SUMS';
    const FILE_PATH = '/latest/download/pscale-service-token-linux-x64';
    const installSecurely = (env: Record<string, string> = {}) =>
      install({ downloader, env: { BASE_URL: secureUrl(), ...trusted, ...env } });

    test('it follows redirects to https', async () => {
      publish('/elsewhere');
      for (const path of [SUMS_PATH, FILE_PATH]) {
        redirects.set(path, `${secureUrl()}${path.replace('/latest/download', '/elsewhere')}`);
      }
      const { stderr, status } = await installSecurely();
      expect(stderr.replaceAll(/^.*-> .*\n/gm, '')).toBe('');
      expect(status).toBe(0);
      expect(readFileSync(target, 'utf8')).toBe(executable('linux-x64'));
    });

    test.each([
      ['the sums', SUMS_PATH],
      ['the executable', FILE_PATH],
    ])('it follows no redirect of %s to plain http', async (_, path) => {
      publish('/plain');
      const plain = path.replace('/latest/download', '/plain');
      redirects.set(path, `${baseUrl()}${plain}`);
      // Whatever says that this machine is reached without a proxy does not open the way.
      writeFileSync(
        join(home.path, '.wgetrc'),
        `ca_certificate = ${tls('authority.crt')}\nno_proxy = 127.0.0.1\nuse_proxy = off\nhttp_proxy =\n`,
      );
      const env = { no_proxy: '*,127.0.0.1', NO_PROXY: '*', http_proxy: '', HTTP_PROXY: '' };
      expectRefused(await installSecurely(env), new RegExp(`could not download https:.*${path};`));
      expect(requests).not.toContain(plain);
    });

    test('it refuses a certificate that nobody vouches for', async () => {
      writeFileSync(join(home.path, '.wgetrc'), '');
      expectRefused(
        await install({ downloader, env: { BASE_URL: secureUrl() } }),
        /could not download https:/,
      );
      expect(requests).toEqual([]);
    });
  });

  test.each(DOWNLOADERS)('follows no redirect from this machine elsewhere, with %s', async (downloader) => {
    publish('/elsewhere');
    redirects.set('/latest/download/SHA256SUMS', `${baseUrl()}/elsewhere/SHA256SUMS`);
    expectRefused(await install({ downloader }), /nothing was installed/);
    expect(requests).not.toContain('/elsewhere/SHA256SUMS');
  });

  test.each([
    [
      "BusyBox's",
      'echo "wget: unrecognized option: version" >&2; echo "BusyBox v1.37.0 multi-call binary." >&2',
    ],
    ['the second of GNU', 'echo "GNU Wget2 2.2.0 - multithreaded metalink/file/website downloader"'],
  ])('does not use a wget that cannot be kept from plain http: %s', async (_, version) => {
    fake('wget', `case $1 in --version) ${version} ;; *) echo "asked $*" ;; esac`);
    const result = await install({ downloader: 'none' });
    expectRefused(
      result,
      /this wget would follow a redirect from https to plain http; install curl, or GNU Wget 1/,
    );
    expect(result.stdout).toBe('');
  });

  test('asks a release of its repository, over https only', async () => {
    fake('curl', `echo "$@"; exit 1`);
    const script = SCRIPT.replaceAll('OWNER/pscale-service-token', 'acme/tokens');
    const { stdout } = await install({ script, env: { BASE_URL: '' } });
    expect(stdout).toMatch(
      /^--proto =https --proto-redir =https --tlsv1\.2 .* https:\/\/github\.com\/acme\/tokens\/releases\/latest\/download\/SHA256SUMS$/m,
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

  describe.each(['mkdir', 'ls', DOWNLOADER, 'awk', SUM, 'cp', 'chmod', 'mv'])(
    'leaves nothing half done where a signal comes',
    (tool) => {
      test.each([
        ['before', 'kill -TERM 0; exec "$real" "$@"'],
        ['behind', '"$real" "$@"; status=$?; kill -TERM 0; exit "$status"'],
      ])(`%s ${tool}`, async (_, lines) => {
        // The only step that asks for the kind of the C library in this way.
        if (tool === 'ls') fake('ldd', '');
        const real = which(tool) ?? '';
        rmSync(join(bin, tool), { force: true });
        fake(tool, `real='${real}'\n${lines}`);
        const { status, signal } = await install();
        expect(status === 0 && signal === null).toBe(false);
        // All of it is there, or nothing.
        if (existsSync(target)) expect(readFileSync(target, 'utf8')).toBe(executable('linux-x64'));
        expectNothingElse();
      });
    },
  );

  test('does not touch what somebody put in the place of its folders', async () => {
    const victim = join(home.path, 'victim');
    mkdirSync(victim);
    writeFileSync(join(victim, 'precious'), '');
    // It takes the number of its process for a name; this one is known to whoever is about to become it.
    const plant = `ln -s '${victim}' "$TMPDIR/pscale-service-token.$$"\n`;
    link('ln');
    const result = await install({ script: `${plant}${SCRIPT}` });
    expect(result.stderr).toMatch(/could not make a folder for the download/);
    expect(result.status).toBe(1);
    expect(readdirSync(victim)).toEqual(['precious']);
    expect(existsSync(target)).toBe(false);
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

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn as spawnInTerminal } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import {
  type CliOptions,
  type CliResult,
  COMMAND,
  cleanEnvironment,
  createHome,
  finished,
  type Home,
  runCli,
  startCli,
} from '../support/cli.ts';

/** Bun's words for it are others than Node's. */
const IS_NODE = process.env.STANDALONE_EXECUTABLE === undefined;

let home: Home;
let emulator: Emulator;
beforeEach(() => {
  home = createHome();
});
afterEach(async () => {
  await emulator?.close();
  home.remove();
});

async function emulate(options: EmulatorOptions = {}): Promise<CliOptions & { env: Record<string, string> }> {
  emulator = await startEmulator(options);
  return {
    home,
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
    },
  };
}

/** Has the runtime load a script before the program, as only a user's own environment can. */
function preloaded(script: string): Record<string, string> {
  const file = join(home.path, 'preload.cjs');
  writeFileSync(file, script);
  return IS_NODE ? { NODE_OPTIONS: `--require ${file}` } : { BUN_OPTIONS: `--preload ${file}` };
}

/** Starts a line of shell in which `"$@"` is the executable. */
function startShell(line: string, options: CliOptions): ChildProcess {
  const env = cleanEnvironment(options);
  return spawn('/bin/sh', ['-c', line, 'sh', ...COMMAND], { cwd: home.path, env });
}

function shell(line: string, options: CliOptions): Promise<CliResult> {
  return finished(startShell(line, options));
}

const STACK = /^\s+at |node:internal|\.cjs:\d|\$bunfs/m;

describe('the last defence', () => {
  test.each([
    ['an exception', "setTimeout(() => { throw new Error('boom pscale_tkn_secret'); }, 300);"],
    ['a rejection', "setTimeout(() => { Promise.reject(new Error('boom pscale_tkn_secret')); }, 300);"],
  ])('reports %s that nothing handles as a defect', async (_, script) => {
    const options = await emulate({ latencyMs: 60_000 });
    const env = { ...options.env, ...preloaded(script) };
    const { status, stdout, stderr } = await runCli(['create'], { home, env });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Error: unexpected error: boom [redacted]\nA token may have been created.\n');
    expect(stderr).not.toMatch(STACK);
  });

  test.runIf(IS_NODE)('reports a run that waits for nothing any more', async () => {
    const options = await emulate({ latencyMs: 60_000 });
    // A connection that no longer counts, so that nothing keeps the event loop going.
    const script =
      "const { Socket } = require('node:net'); const { connect } = Socket.prototype; Socket.prototype.connect = function (...args) { return connect.apply(this, args).unref(); }; AbortSignal.timeout = () => new AbortController().signal;";
    const env = { ...options.env, ...preloaded(script) };
    const { status, stdout, stderr } = await runCli(['create', '--format', 'json'], { home, env });
    expect([status, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'error', issues: [{ code: 'COMMAND_FAILED' }] });
    expect(stdout).toContain('A token may have been created.');
  });

  test('takes an upgrade of the connection that nobody asked for as no success', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const env = {
      PLANETSCALE_API_URL: `http://127.0.0.1:${port}`,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: 'pscale_oauth_x',
    };
    for (const args of [['list'], ['delete', 'k3j9x0q2m7ab', '--force'], ['create']]) {
      const { status, stdout, stderr } = await runCli(args, { home, env });
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^Error: /);
      expect(/token may have been created/i.test(stderr)).toBe(args[0] === 'create');
    }
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s is what the process dies of, after it has said so',
    async (name) => {
      const options = await emulate({ latencyMs: 60_000 });
      const child = startCli(['list'], options);
      const end = finished(child);
      await vi.waitFor(() => expect(emulator.inFlight).toBe(1), { timeout: 10_000 });
      child.kill(name);
      const { signal, stderr } = await end;
      expect([signal, stderr]).toEqual([name, `Error: interrupted by ${name}\n`]);
    },
  );

  test('SIGQUIT leaves no dump of a process that holds secrets', async () => {
    const options = await emulate({ latencyMs: 60_000 });
    const child = startCli(['list'], options);
    const end = finished(child);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1), { timeout: 10_000 });
    child.kill('SIGQUIT');
    expect(await end).toMatchObject({ status: 131, signal: null });
  });

  test('ends a process whose runtime still waits for a thread, as it does for a name', async () => {
    const options = await emulate({ latencyMs: 60_000 });
    const fifo = join(home.path, 'fifo');
    execFileSync('mkfifo', [fifo]);
    // Nobody ever opens the other end.
    const env = {
      ...options.env,
      ...preloaded(`require('node:fs').open(${JSON.stringify(fifo)}, () => {});`),
    };
    const child = startCli(['list'], { home, env });
    const end = finished(child);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1), { timeout: 10_000 });
    child.kill('SIGTERM');
    expect((await end).signal).toBe('SIGTERM');
  });

  test('is how a question at a terminal ends, and leaves the terminal as it was', async () => {
    const options = await emulate({ seed: { tokens: [{ id: 'k3j9x0q2m7ab', name: 'ci' }] } });
    const line = '"$@" delete k3j9x0q2m7ab; echo "status $?"; stty -a';
    const terminal = spawnInTerminal('/bin/sh', ['-c', `trap : INT; ${line}`, 'sh', ...COMMAND], {
      cwd: home.path,
      env: { ...cleanEnvironment(options), TERM: 'xterm-256color' },
    });
    let output = '';
    const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
    const asked = new Promise<void>((resolve) => {
      terminal.onData((data) => {
        output += data;
        if (output.includes('(y/N)')) resolve();
      });
    });
    await asked;
    terminal.write('\u0003');
    await ended;
    expect(output).toContain('status 130');
    expect(output).toMatch(/[^-]icanon/);
    expect(output).toMatch(/[^-]echo /);
  });

  test.runIf(process.platform === 'linux')(
    'that was ignored at the start stays ignored in the standalone executable; Node forgets that',
    async () => {
      const options = await emulate({ latencyMs: 60_000 });
      const child = startShell('trap "" INT; exec "$@" list', options);
      const end = finished(child);
      await vi.waitFor(() => expect(emulator.inFlight).toBe(1), { timeout: 10_000 });
      child.kill('SIGINT');
      // Not before the first one is over: of two that are pending, the lower one comes first.
      if (!IS_NODE) child.kill('SIGTERM');
      expect((await end).signal).toBe(IS_NODE ? 'SIGINT' : 'SIGTERM');
    },
  );

  test('ends a process whose reader does not read', async () => {
    const tokens = Array.from({ length: 1_000 }, (_, i) => ({ id: `tok${i}`, name: 'x'.repeat(200) }));
    const options = await emulate({ seed: { tokens } });
    const child = startCli(['list', '--format', 'json'], options);
    child.stdout?.pause();
    // The answer is larger than a pipe holds: what does not fit waits in the process.
    await vi.waitFor(() => expect(child.stdout?.readableLength).toBeGreaterThan(0), { timeout: 10_000 });
    child.kill('SIGTERM');
    const exited = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    expect(await exited).toBe('SIGTERM');
  });
});

test('what was written leaves the process before it ends, however slowly it is read', async () => {
  const page = { current_page: 1, next_page: null, prev_page: null, data: [] };
  const body = JSON.stringify({ type: 'list', ...page });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      if (!chunk.toString('latin1').endsWith('\r\n\r\n')) return;
      const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
      socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  // Two lines of --debug are more than a pipe holds, and nobody waits for them.
  const prefix = 'x'.repeat(100_000);
  const env = {
    PLANETSCALE_API_URL: `http://127.0.0.1:${port}/${prefix}`,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: 'pscale_oauth_x',
  };
  // The reader of stderr waits until the result is there: a run that ended then would lose what it holds back.
  const reader = '{ until [ -s result ]; do sleep 0.05; done; cat; }';
  const line = `{ "$@" list --format json --debug 2>&1 >result; echo "status $?"; } | ${reader}`;
  const { stdout } = await shell(line, { home, env });
  expect([stdout.split(prefix).length - 1, stdout.slice(-9)]).toEqual([2, 'status 0\n']);
  await new Promise((resolve) => server.close(resolve));
});

describe('streams that are closed at the start', () => {
  test.each([
    ['all of them', '<&- >&- 2>&-', ''],
    ['stdout', '>&-', 'stdout'],
    ['stdin and stdout', '<&- >&-', 'stdout'],
  ])('are no reason to lose a secret: %s', async (_, closing, words) => {
    const options = await emulate();
    const { status, stdout, stderr } = await shell(`"$@" create ${closing}`, options);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(STACK);
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    ['stdin', '<&-'],
    ['stderr', '2>&-'],
  ])('are none to fail, where they carry nothing: %s', async (_, closing) => {
    const options = await emulate();
    const { status, stdout, stderr } = await shell(`"$@" create --format json ${closing}`, options);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('pscale_tkn_');
  });
});

test('what the runtime has to say of the environment does not reach stderr', async () => {
  const options = await emulate();
  const noisy = { NO_COLOR: '1', FORCE_COLOR: '1', NODE_PENDING_DEPRECATION: '1' };
  // In the middle of the run: what comes before its first line is out of reach.
  const script = `const { write } = process.stdout;
  process.stdout.write = function (...args) {
    process.emitWarning('one of ours');
    process.emitWarning('an old one', 'DeprecationWarning', 'DEP0000');
    process.emitWarning('a new one', 'ExperimentalWarning');
    return write.apply(this, args);
  };`;
  for (const flags of ['', ' --trace-warnings', ' --throw-deprecation']) {
    const loading = preloaded(script);
    if (IS_NODE) loading.NODE_OPTIONS += flags;
    const env = { ...options.env, ...noisy, ...loading };
    expect(await runCli(['list', '--format', 'csv'], { home, env })).toMatchObject({ status: 0, stderr: '' });
  }
});

describe('a working directory that was deleted', () => {
  const GONE = 'mkdir gone && cd gone && rmdir ../gone &&';

  test.runIf(IS_NODE || process.platform === 'linux')('keeps no command from its work', async () => {
    const options = await emulate();
    expect(await shell(`${GONE} "$@" --version`, options)).toMatchObject({ status: 0, stderr: '' });
    expect(await shell(`${GONE} "$@" list --format csv`, options)).toMatchObject({ status: 0, stderr: '' });
    const exec = await shell(`${GONE} "$@" exec --access read_databases -- sh -c "exit 7"`, options);
    expect(exec.status).toBe(7);
  });

  test.runIf(IS_NODE || process.platform === 'linux')('is told of where a path needs it', async () => {
    const options = await emulate();
    const { status, stdout, stderr } = await shell(`${GONE} "$@" create -e .env`, options);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: .*working directory/);
    expect(stderr).not.toMatch(STACK);
    expect(emulator.requests).toEqual([]);
  });
});

test.runIf(process.platform === 'linux')(
  'exec tells by which signal its command died, whichever it was',
  async () => {
    const options = await emulate();
    for (const signal of [9, 16, 31]) {
      const { status } = await runCli(['emulator', 'exec', '--', 'sh', '-c', `kill -${signal} $$`], options);
      expect(status).toBe(128 + signal);
    }
  },
);

describe.runIf(IS_NODE)('code that Node has compiled', () => {
  const folder = (): string => join(home.path, '.cache', 'pscale-service-token');

  test('is kept in the home of its user alone, and used from then on', async () => {
    const temporary = join(home.path, 'tmp');
    const env = { TMPDIR: temporary };
    const { status, stderr } = await runCli(['--version'], { home, env });
    expect([status, stderr]).toEqual([0, '']);
    const kept = (): number[] => readdirSync(folder()).map((name) => statSync(join(folder(), name)).ino);
    const saved = kept();
    expect(saved.length).toBeGreaterThan(1);
    await runCli(['--version'], { home, env });
    expect(kept()).toEqual(saved);
    expect(existsSync(temporary)).toBe(false);
  });

  test('that is none is compiled anew', async () => {
    await runCli(['--version'], { home });
    for (const name of readdirSync(folder())) {
      const file = join(folder(), name);
      const saved = readFileSync(file);
      // The source stays, and both copies of the code are the same.
      const path = name.replace(/^chunks-/, 'chunks/').replace(/-v\d.*$/, '');
      const source = readFileSync(fileURLToPath(new URL(`../../dist/${path}`, import.meta.url)));
      const length = (saved.length - source.length) / 2;
      writeFileSync(file, Buffer.concat([source, Buffer.alloc(2 * length, 7)]));
    }
    expect((await runCli(['--version'], { home })).stdout).toMatch(/^pscale-service-token version /);
    const first = readdirSync(folder())[0] ?? '';
    expect(readFileSync(join(folder(), first)).at(-1)).not.toBe(7);
  });

  test('is kept nowhere else than the user says', async () => {
    const elsewhere = join(home.path, 'elsewhere');
    await runCli(['--version'], { home, env: { NODE_COMPILE_CACHE: elsewhere } });
    await runCli(['--version'], { home, env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
    expect(existsSync(join(home.path, '.cache'))).toBe(false);
    expect(existsSync(elsewhere)).toBe('enableCompileCache' in module);
  });
});

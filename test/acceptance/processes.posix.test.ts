import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import {
  type CliOptions,
  createHome,
  finished,
  type Home,
  runCli,
  spawnCli,
  startCli,
} from '../support/cli.ts';

let home: Home;
let emulator: Emulator;
beforeEach(() => {
  home = createHome();
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

async function emulate(options: EmulatorOptions = {}): Promise<CliOptions> {
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

function manyTokens(count: number): unknown {
  return {
    tokens: Array.from({ length: count }, (_, i) => ({
      id: `tok${String(i).padStart(9, '0')}`,
      name: `token-${i}`,
    })),
  };
}

const tokenIds = async (options: CliOptions): Promise<string[]> => {
  const { stdout } = await runCli(['list', '--format', 'csv'], options);
  return stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',')[0] ?? '');
};

describe('pipes', () => {
  test('4,000 tokens go through a slow pipe whole', async () => {
    const options = await emulate({ seed: manyTokens(4_000) });
    const child = startCli(['list', '--format', 'json'], options);
    child.stdout?.pause();
    // The answer is larger than a pipe holds, so the program has to wait for its reader.
    await vi.waitFor(() => expect(emulator.requests.length).toBe(40), { timeout: 30_000 });
    const end = finished(child);
    child.stdout?.resume();
    const result = await end;
    expect(result.status).toBe(0);
    const rows: unknown = JSON.parse(result.stdout);
    expect(rows).toHaveLength(4_000);
    expect(emulator.maxInFlight).toBeLessThanOrEqual(6);
  });

  test('a reader that closes the pipe ends the program quietly with 0', async () => {
    const options = await emulate({ seed: manyTokens(1_000) });
    const child = startCli(['list', '--format', 'json'], options);
    child.stdout?.destroy();
    const result = await finished(child);
    expect(result).toMatchObject({ status: 0, stderr: '' });
  });

  test('create takes the token back when nobody can read its secret', async () => {
    const options = await emulate();
    const child = startCli(['create', '--format', 'json'], options);
    child.stdout?.destroy();
    const result = await finished(child);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(
      /could not be written to stdout\ntoken [a-z0-9]{12} was created and then rolled back/,
    );
    expect(await tokenIds(options)).toEqual([]);
  });

  test.each([
    ['a check that found something', ['list', '--fail-if-any'], 3, ''],
    [
      'a failure behind the result',
      ['rotate', 'tok000000000', '-e', '.env'],
      2,
      'deleting the old one, tok000000000, failed',
    ],
  ])('a reader that closes the pipe does not hide %s', async (_, args, status, message) => {
    const options = await emulate({ seed: manyTokens(3) });
    emulator.inject({ answer: 403, count: 1, method: 'DELETE' });
    const child = startCli(args, options);
    child.stdout?.destroy();
    const result = await finished(child);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
  });

  test('create makes no token whose secret would go nowhere, unless there is a place for it', async () => {
    const options = await emulate();
    const refused = await finished(spawnCli(['create'], options, ['ignore', 'ignore', 'pipe']));
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('stdout is discarded');
    expect(emulator.requests).toEqual([]);
    const placed = await finished(spawnCli(['create', '-e', '.env'], options, ['ignore', 'ignore', 'pipe']));
    expect(placed).toMatchObject({ status: 0, stderr: '' });
    expect(await tokenIds(options)).toHaveLength(1);
  });

  test.runIf(process.platform === 'linux')(
    'a token whose secret is in its place stays, and is told of, when the disk is full',
    async () => {
      const options = await emulate();
      const full = openSync('/dev/full', 'w');
      const result = await finished(spawnCli(['create', '-e=.env'], options, ['ignore', full, 'pipe']));
      const [id] = await tokenIds(options);
      expect(result.status).toBe(2);
      expect(result.stderr).toContain(`service token ${id} was created, and its secret is in .env\n`);
      expect(readFileSync(join(home.path, '.env'), 'utf8')).toContain(`PLANETSCALE_SERVICE_TOKEN_ID=${id}\n`);
    },
  );

  test.runIf(process.platform === 'linux')('create takes the token back when the disk is full', async () => {
    const options = await emulate();
    const child = spawnCli(['create'], options, ['ignore', openSync('/dev/full', 'w'), 'pipe']);
    const result = await finished(child);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('rolled back');
    expect(result.stderr).not.toMatch(/pscale_tkn_/);
    expect(await tokenIds(options)).toEqual([]);
  });
});

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s in flight ends a list at once with %i', async (signal, status) => {
    const options = await emulate({ latencyMs: 60_000 });
    const child = startCli(['list', '--format', 'json'], options);
    const end = finished(child);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1), { timeout: 10_000 });
    child.kill(signal);
    const result = await end;
    expect(result.status).toBe(status);
    const envelope: unknown = JSON.parse(result.stdout);
    expect(envelope).toMatchObject({ status: 'error', issues: [{ code: 'INTERRUPTED' }] });
  });

  test('the first signal during create waits for the answer and takes the token back', async () => {
    const options = await emulate({ latencyMs: 300 });
    const child = startCli(['create', '--format', 'json'], options);
    const end = finished(child);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1), { timeout: 10_000 });
    child.kill('SIGINT');
    const result = await end;
    expect(result.status).toBe(130);
    expect(result.stdout).toContain('was created and then rolled back');
    expect(result.stdout).not.toContain('pscale_tkn_');
    expect(await tokenIds(options)).toEqual([]);
  });

  test('the second one ends at once, saying that a token may exist', async () => {
    const options = await emulate({ latencyMs: 60_000 });
    const child = startCli(['create'], options);
    const end = finished(child);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1), { timeout: 10_000 });
    child.kill('SIGTERM');
    // Only when the first one has been taken can the second one be told from it.
    await once(child.stderr ?? child, 'data');
    child.kill('SIGTERM');
    const result = await end;
    expect(result.status).toBe(143);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain('Waiting for the answer');
    expect(result.stderr).toContain('A token may have been created');
  });
});

describe('the emulator as a process', () => {
  test('keeps with --state what it acknowledged before kill -9', async () => {
    await emulate();
    const state = join(home.path, 'state.json');
    const first = await startEmulatorProcess(state);
    const options = { home, env: { ...first.env } };
    const created = await runCli(['create', '--name', 'kept', '--format', 'json'], options);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = await startEmulatorProcess(state);
    const listed = await runCli(['list', '--format', 'json'], { home, env: { ...second.env } });
    second.child.kill('SIGTERM');
    const [status] = await once(second.child, 'exit');
    expect(status).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'kept' }]);
    expect(created.status).toBe(0);
  });

  async function startEmulatorProcess(state: string) {
    const child = startCli(['emulator', 'start', '--state', state, '--format', 'json'], { home });
    const [details] = await once(child.stdout ?? child, 'data');
    const { url, organization, service_token_id, service_token } = JSON.parse(String(details));
    const env: Record<string, string> = {
      PLANETSCALE_API_URL: url,
      PLANETSCALE_ORG: organization,
      PLANETSCALE_SERVICE_TOKEN_ID: service_token_id,
      PLANETSCALE_SERVICE_TOKEN: service_token,
    };
    return { child, env };
  }

  test('exec ends with the status of its command, or 128 and its signal', async () => {
    const options = await emulate();
    const exec = (script: string) =>
      runCli(['emulator', 'exec', '--', process.execPath, '-e', script], options);
    expect((await exec('process.exit(7)')).status).toBe(7);
    expect((await exec("process.kill(process.pid, 'SIGKILL')")).status).toBe(137);
  });

  test('exec passes a signal on to its command', async () => {
    const options = await emulate();
    const script =
      "process.on('SIGTERM', () => process.exit(9)); console.log('ready'); setInterval(() => {}, 1000)";
    const child = startCli(['emulator', 'exec', '--', process.execPath, '-e', script], options);
    const end = finished(child);
    await once(child.stdout ?? child, 'data');
    child.kill('SIGTERM');
    expect((await end).status).toBe(9);
  });
});

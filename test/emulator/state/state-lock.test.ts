import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts';
import { column, startApi, TestApi, TOKENS } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const lockShape = z.strictObject({ address: z.string(), nonce: z.string() });

function stateFile(): string {
  return join(temporaryFolder(), 'state.json');
}

function lockOf(path: string): { address: string; nonce: string } {
  return lockShape.parse(JSON.parse(readFileSync(`${path}.lock`, 'utf8')));
}

/** What a killed emulator leaves: nobody answers at its address. */
function staleLock(address = 'http://127.0.0.1:1', nonce = 'a'.repeat(64)): string {
  return `${JSON.stringify({ address, nonce })}\n`;
}

/** Starts that many at the same moment, and says how each ended. */
async function startTogether(path: string, number: number): Promise<{ won: Emulator[]; lost: unknown[] }> {
  const starts = await Promise.allSettled(
    Array.from({ length: number }, () => startEmulator({ stateFile: path })),
  );
  const won = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  onTestFinished(async () => {
    for (const emulator of won) await emulator.close();
  });
  return { won, lost: starts.flatMap((start) => (start.status === 'rejected' ? [start.reason] : [])) };
}

/** Something else that listens where a lock says that an emulator does. */
async function listening(listener: RequestListener): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'anonymous'}`);
    listener(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the server does not listen');
  return { address: `http://127.0.0.1:${bound.port}`, asked };
}

describe('a second start', () => {
  test('is refused, and names the address of the first', async () => {
    const path = stateFile();
    const { emulator } = await startApi({ stateFile: path });
    const failure = startEmulator({ stateFile: path });
    await expect(failure).rejects.toMatchObject({ name: 'EmulatorError', code: 'STATE_IN_USE' });
    await expect(failure).rejects.toThrow(
      `the state file ${path} is in use by the emulator at ${emulator.url}. Use that one, stop it, or name another file.`,
    );
    expect(lockOf(path).address).toBe(emulator.url);
  });

  test('learns that too where both ask for the same port', async () => {
    const path = stateFile();
    const { emulator } = await startApi({ stateFile: path });
    const port = Number(new URL(emulator.url).port);
    await expect(startEmulator({ stateFile: path, port })).rejects.toMatchObject({ code: 'STATE_IN_USE' });
  });

  test('is neither recorded by the first nor meets its faults, latency or bounds', async () => {
    const path = stateFile();
    const { emulator } = await startApi({ stateFile: path, latencyMs: 3_600_000 });
    emulator.inject({ answer: 'drop', count: 1 });
    await expect(startEmulator({ stateFile: path })).rejects.toMatchObject({ code: 'STATE_IN_USE' });
    expect(emulator.requests).toEqual([]);
    expect(emulator.faultsMet).toBe(0);
  });

  test('succeeds when the first has ended, and nothing is left of either', async () => {
    const path = stateFile();
    await (await startEmulator({ stateFile: path })).close();
    expect(existsSync(`${path}.lock`)).toBe(false);
    await (await startEmulator({ stateFile: path })).close();
    expect(readdirSync(join(path, '..'))).toEqual(['state.json']);
  });

  test('succeeds after one that could not read its state', async () => {
    const path = stateFile();
    writeFileSync(path, 'no state');
    await expect(startEmulator({ stateFile: path })).rejects.toMatchObject({ code: 'STATE_INVALID' });
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});

describe('of ten starts at the same moment, one wins', () => {
  test.each([
    ['where there is no lock', () => {}],
    ['where there is one of a killed emulator', (path: string) => writeFileSync(`${path}.lock`, staleLock())],
    ['where there is an empty one', (path: string) => writeFileSync(`${path}.lock`, '')],
  ])('%s', async (_, prepare) => {
    const path = stateFile();
    prepare(path);
    const { won, lost } = await startTogether(path, 10);
    expect(won).toHaveLength(1);
    for (const reason of lost) expect(reason).toMatchObject({ code: 'STATE_IN_USE' });
    expect(lockOf(path).address).toBe(won[0]?.url);
    // No trace of the nine is left beside it.
    expect(readdirSync(join(path, '..')).sort()).toEqual(['state.json', 'state.json.lock']);
  });

  test('where one was killed while it took over', async () => {
    const path = stateFile();
    writeFileSync(`${path}.lock`, staleLock());
    // Its first step is a file named after the lock that it replaces.
    const name = createHash('sha256').update(staleLock()).digest('hex').slice(0, 16);
    writeFileSync(`${path}.lock.${name}`, staleLock('http://127.0.0.1:1', 'b'.repeat(64)));
    const { won } = await startTogether(path, 10);
    expect(won).toHaveLength(1);
    expect(readdirSync(join(path, '..')).sort()).toEqual(['state.json', 'state.json.lock']);
  });
});

describe('a lock is taken over', () => {
  test('of a process that was killed', async () => {
    const path = stateFile();
    const program = `require('node:http').createServer((_, response) => response.end('no')).listen(0, '127.0.0.1',
      function () { console.log(this.address().port); })`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = await once(child.stdout, 'data');
    writeFileSync(`${path}.lock`, staleLock(`http://127.0.0.1:${Number(String(port))}`));
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const { emulator } = await startApi({ stateFile: path });
    expect(lockOf(path).address).toBe(emulator.url);
  });

  test.each<[string, RequestListener]>([
    ['another program', (_, response) => response.end('hello')],
    ['one that refuses', (_, response) => response.writeHead(404).end()],
    ['one that repeats what it is asked', (request, response) => response.end(request.url)],
    ['one that gives the nonce away', (_, response) => response.end('a'.repeat(64))],
    ['one that sends elsewhere', (_, response) => response.writeHead(302, { location: '/' }).end()],
    ['one that hangs up', (request) => request.socket.destroy()],
    [
      'one that never ends',
      (_, response) => {
        const send = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', send);
        send();
      },
    ],
  ])('where its port has gone to %s', async (_, listener) => {
    const path = stateFile();
    const { address, asked } = await listening(listener);
    writeFileSync(`${path}.lock`, staleLock(address));
    const { emulator } = await startApi({ stateFile: path });
    expect(lockOf(path).address).toBe(emulator.url);
    // No credential goes there.
    for (const line of asked) expect(line).toMatch(/^GET \/emulator-lock\/[0-9a-f]{64} anonymous$/);
    expect(asked).not.toEqual([]);
  });

  test('where its port has gone to another emulator', async () => {
    const path = stateFile();
    const other = await startApi({ stateFile: stateFile() });
    writeFileSync(`${path}.lock`, staleLock(other.emulator.url));
    const { emulator } = await startApi({ stateFile: path });
    expect(lockOf(path).address).toBe(emulator.url);
  });

  test('where nothing answers for too long', async () => {
    const path = stateFile();
    const server = createRawServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const bound = server.address();
    if (typeof bound !== 'object' || bound === null) throw new Error('the server does not listen');
    writeFileSync(`${path}.lock`, staleLock(`http://127.0.0.1:${bound.port}`));
    await startApi({ stateFile: path });
  });
});

describe('a lock that cannot be one of an emulator is left alone:', () => {
  test.each([
    ['another program', '# yarn lockfile v1\n'],
    ['more than a lock', staleLock().padEnd(2_000)],
    ['an address elsewhere', staleLock('http://192.168.0.7:80')],
    ['a name', staleLock('http://localhost.rebound.example:80')],
    ['a user before the address', staleLock('http://127.0.0.1:1@192.168.0.7:80')],
    ['a path behind the address', staleLock('http://127.0.0.1:80/v1')],
    ['a port that is none', staleLock('http://127.0.0.1:70000')],
    ['a short nonce', staleLock('http://127.0.0.1:1', 'a')],
  ])('%s', async (_, content) => {
    const path = stateFile();
    writeFileSync(`${path}.lock`, content);
    const failure = startEmulator({ stateFile: path });
    await expect(failure).rejects.toMatchObject({ code: 'STATE_INVALID' });
    await expect(failure).rejects.toThrow(`the lock file ${path}.lock `);
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(content);
    expect(existsSync(path)).toBe(false);
  });

  test('a folder', async () => {
    const path = stateFile();
    mkdirSync(`${path}.lock`);
    await expect(startEmulator({ stateFile: path })).rejects.toThrow('is not a regular file. Remove it');
  });
});

describe('what the lock is asked about', () => {
  test('tells neither the nonce nor anything else', async () => {
    const path = stateFile();
    const { emulator } = await startApi({ stateFile: path });
    const { nonce } = lockOf(path);
    const response = await fetch(`${emulator.url}/emulator-lock/${'0'.repeat(64)}`);
    const answer = await response.text();
    expect(answer).toMatch(/^[0-9a-f]{64}$/);
    expect(answer).not.toBe(nonce);
    expect([...response.headers.keys()].sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
    ]);
  });

  test.each(['', '0', `${'0'.repeat(64)}/`, `${'0'.repeat(64)}?x`, 'G'.repeat(64)])(
    'is no path %j',
    async (end) => {
      const api = await startApi({ stateFile: stateFile() });
      expect((await fetch(`${api.emulator.url}/emulator-lock/${end}`)).status).toBe(404);
    },
  );

  test('is no path of an emulator without a state file', async () => {
    const api = await startApi();
    expect((await fetch(`${api.emulator.url}/emulator-lock/${'0'.repeat(64)}`)).status).toBe(404);
  });
});

describe('an emulator that lost its lock', () => {
  test('to another one writes nothing over that one’s state', async () => {
    const path = stateFile();
    const first = new TestApi(await startEmulator({ stateFile: path }));
    // As if the first had been suspended for long: the second takes over, and changes the state.
    rmSync(`${path}.lock`);
    const second = new TestApi(await startEmulator({ stateFile: path }));
    await second.call('POST', TOKENS, { json: { name: 'of the second' } });
    expect(await first.call('POST', TOKENS, { json: { name: 'of the first' } })).toMatchObject({
      status: 500,
      body: { message: expect.stringContaining(`in use by the emulator at ${second.emulator.url}`) },
    });
    await second.emulator.close();
    for (let i = 0; i < 2; i += 1) {
      expect(await first.call('POST', TOKENS)).toMatchObject({
        status: 500,
        body: { message: expect.stringContaining('was changed by another emulator') },
      });
    }
    const third = await startApi({ stateFile: path });
    expect(column(await third.call('GET', TOKENS), 'name')).toEqual(['of the second']);
    await expect(first.emulator.close()).rejects.toMatchObject({ code: 'STATE_IN_USE' });
  });

  test('to nobody makes it again', async () => {
    const path = stateFile();
    const api = await startApi({ stateFile: path });
    rmSync(`${path}.lock`);
    expect(await api.call('POST', TOKENS)).toMatchObject({ status: 200 });
    expect(lockOf(path).address).toBe(api.emulator.url);
  });

  test('does not remove that of another one at its end', async () => {
    const path = stateFile();
    const first = await startEmulator({ stateFile: path });
    rmSync(`${path}.lock`);
    const second = await startApi({ stateFile: path });
    await first.close();
    expect(lockOf(path).address).toBe(second.emulator.url);
  });
});

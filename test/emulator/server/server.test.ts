import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { column, startApi, TOKENS } from '../support/api.ts';

describe('the host', () => {
  test.each([
    '0.0.0.0',
    '::',
    '192.168.1.1',
    '10.0.0.1',
    '128.0.0.1',
    'example.com',
    '',
    '127.0.0.1.evil.test',
    '[::1]',
  ])('%j is refused', async (host) => {
    const failure = startEmulator({ host });
    await expect(failure).rejects.toMatchObject({ name: 'EmulatorError', code: 'HOST_REFUSED' });
    await expect(failure).rejects.toThrow(`the host ${host}`);
    await expect(failure).rejects.toThrow('Use 127.0.0.1, ::1 or localhost.');
  });

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST'])('%s is listened on', async (host) => {
    const api = await startApi({ host });
    expect(api.emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
  });

  test('an IPv6 address is bracketed in the URL, or said to be missing here', async () => {
    if (await hasIpv6Loopback()) {
      const api = await startApi({ host: '::1' });
      expect(api.emulator.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
      expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
    } else {
      await expect(startEmulator({ host: '::1' })).rejects.toThrow('cannot listen on port 0 of ::1');
    }
  });
});

async function hasIpv6Loopback(): Promise<boolean> {
  const server = createServer().listen(0, '::1');
  return new Promise((resolve) => {
    server.on('error', () => resolve(false));
    server.on('listening', () => server.close(() => resolve(true)));
  });
}

describe('the port', () => {
  test('that is taken is named', async () => {
    const api = await startApi();
    const port = Number(new URL(api.emulator.url).port);
    const failure = startEmulator({ port });
    await expect(failure).rejects.toMatchObject({ name: 'EmulatorError', code: 'PORT_UNAVAILABLE' });
    await expect(failure).rejects.toThrow(`cannot listen on port ${port} of 127.0.0.1`);
  });

  test('that is none is refused', async () => {
    await expect(startEmulator({ port: 70_000 })).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
  });

  test('that was asked for is used', async () => {
    const first = await startEmulator();
    await first.close();
    const api = await startApi({ port: Number(new URL(first.url).port) });
    expect(api.emulator.url).toBe(first.url);
  });
});

test('idle connections stay open for long, so that no request meets a closing one', async () => {
  const api = await startApi();
  const { headers } = await api.call('GET', TOKENS);
  expect(headers.get('keep-alive')).toBe('timeout=600');
});

describe('requests are recorded', () => {
  test('in order, with what they brought', async () => {
    const api = await startApi();
    await api.call('GET', `${TOKENS}?page=2`, { as: null });
    await api.call('POST', TOKENS, { json: { name: 'ci' }, as: 'Bearer wrong' });
    await api.call('POST', TOKENS, { text: '{' });
    await api.call('GET', '/nowhere');
    expect(api.emulator.requests).toMatchObject([
      { method: 'GET', url: `/v1${TOKENS}?page=2`, credential: undefined, body: undefined },
      {
        method: 'POST',
        url: `/v1${TOKENS}`,
        credential: { kind: 'user', token: 'wrong' },
        body: { name: 'ci' },
      },
      { method: 'POST', credential: { kind: 'service token', id: 'emulatoradm1' }, body: undefined },
      { method: 'GET', url: '/v1/nowhere', headers: { 'content-type': 'application/json' } },
    ]);
  });
});

describe('requests in flight', () => {
  test('are counted while they last', async () => {
    const api = await startApi();
    const { emulator } = api;
    expect(emulator).toMatchObject({ inFlight: 0, maxInFlight: 0 });
    const open = [beginRequest(emulator.url), beginRequest(emulator.url), beginRequest(emulator.url)];
    await vi.waitFor(() => expect(emulator.inFlight).toBe(3));
    for (const socket of open) await finishRequest(socket);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(0));
    expect(emulator.maxInFlight).toBe(3);
  });

  test('are forgotten when the client goes away', async () => {
    const { emulator } = await startApi();
    const socket = beginRequest(emulator.url);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1));
    socket.destroy();
    await vi.waitFor(() => expect(emulator.inFlight).toBe(0));
  });
});

/** A request whose body is not complete yet. */
function beginRequest(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(`POST /v1${TOKENS} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{`);
  return socket;
}

async function finishRequest(socket: Socket): Promise<void> {
  socket.write('}');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
}

test('many clients at once get what they asked for, each id once', async () => {
  const api = await startApi();
  const names = Array.from({ length: 100 }, (_, i) => `token-${i}`);
  const answers = await Promise.all(names.map((name) => api.call('POST', TOKENS, { json: { name } })));
  expect(answers.map(({ body }) => body)).toMatchObject(names.map((name) => ({ name })));
  const list = await api.call('GET', `${TOKENS}?per_page=100`);
  expect([...column(list, 'name')].sort()).toEqual([...names].sort());
  expect(new Set(column(list, 'id')).size).toBe(100);
});

describe('latency', () => {
  test('holds every answer back', async () => {
    const api = await startApi({ latencyMs: 60 });
    const start = performance.now();
    await api.call('GET', TOKENS);
    // A timer may fire a little before its time.
    expect(performance.now() - start).toBeGreaterThan(55);
  });

  test('holds back many answers without a warning', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => warnings.push(message);
    process.on('warning', note);
    onTestFinished(() => {
      process.off('warning', note);
    });
    const api = await startApi({ latencyMs: 20 });
    await Promise.all(Array.from({ length: 30 }, () => api.call('GET', TOKENS)));
    expect(warnings).toEqual([]);
  });

  test('does not hold up closing', async () => {
    const emulator = await startEmulator({ latencyMs: 3_600_000 });
    const waiting = expect(fetch(emulator.url)).rejects.toThrow('fetch failed');
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1));
    await emulator.close();
    await waiting;
    expect(emulator.inFlight).toBe(0);
  });
});

describe('closing', () => {
  test('does not wait for a request that is not complete', async () => {
    const emulator = await startEmulator();
    const socket = beginRequest(emulator.url);
    await vi.waitFor(() => expect(emulator.inFlight).toBe(1));
    const ended = once(socket, 'close');
    await emulator.close();
    await ended;
    expect(emulator.inFlight).toBe(0);
  });

  test('ends idle connections too, and can be done twice', async () => {
    const emulator = await startEmulator();
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
    socket.write('GET /v1/organizations HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await once(socket, 'data');
    const ended = once(socket, 'close');
    await emulator.close();
    await ended;
    await emulator.close();
    await expect(fetch(emulator.url)).rejects.toThrow('fetch failed');
  });
});

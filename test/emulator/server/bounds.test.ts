import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Traffic } from '../../../src/emulator/server/traffic.ts';
import { BRANCHES, startApi, type TestApi, TOKENS } from '../support/api.ts';

function open(api: TestApi): Socket {
  const socket = connect(Number(new URL(api.emulator.url).port), '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

function head(api: TestApi, ...lines: readonly string[]): string {
  const all = [
    `POST /v1${TOKENS} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: ${api.administrator}`,
    ...lines,
  ];
  return `${all.join('\r\n')}\r\n\r\n`;
}

describe('of a body', () => {
  test.each([
    ['declared', (api: TestApi) => head(api, 'content-length: 1000000000000')],
    ['never said how long', (api: TestApi) => `${head(api, 'transfer-encoding: chunked')}ffffffff\r\n`],
  ])('that does not end, %s, no more is read than a bound', async (_, begin) => {
    const api = await startApi();
    const socket = open(api);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.write(begin(api));
    const piece = Buffer.alloc(1_000_000, 'x');
    let sent = 0;
    const send = (): void => {
      while (!socket.destroyed && sent < 200_000_000) {
        sent += piece.length;
        if (!socket.write(piece)) break;
      }
    };
    socket.on('drain', send);
    send();
    await closed;
    // What the two ends of a connection hold on their own is not in the hands of the emulator.
    expect(sent).toBeLessThan(60_000_000);
    await vi.waitFor(() => expect(api.emulator.inFlight).toBe(0));
    expect(answer === '' || answer.startsWith('HTTP/1.1 413 ')).toBe(true);
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
  });

  test('that comes byte by byte, all of it is read', async () => {
    const api = await startApi();
    const socket = open(api);
    const body = JSON.stringify({ name: 'x'.repeat(200), pad: 'y'.repeat(20_000) });
    const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join('');
    socket.write(`${head(api, 'transfer-encoding: chunked')}${chunks}0\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
    expect(api.emulator.requests).toMatchObject([{ body: { name: 'x'.repeat(200) } }]);
  });

  test('nothing is kept that is longer than a name', async () => {
    const api = await startApi();
    for (const field of ['name', 'parent_branch', 'region', 'cluster_size', 'cluster_name']) {
      const json = { name: 'dev', [field]: 'x'.repeat(256) };
      expect(await api.call('POST', BRANCHES, { json })).toMatchObject({
        status: 422,
        body: { message: expect.stringMatching(/ is too long \(maximum is 255 characters\)$/) },
      });
    }
    expect(await api.call('POST', BRANCHES, { json: { name: 'x'.repeat(255) } })).toMatchObject({
      status: 201,
    });
  });
});

test('headers of more than 16 kB are refused', async () => {
  const api = await startApi();
  const socket = open(api);
  socket.write(head(api, `x-large: ${'x'.repeat(20_000)}`));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 431 /);
  expect(api.emulator.requests).toEqual([]);
});

test('of many requests at once on one connection, no more are answered than a bound', async () => {
  const api = await startApi({ latencyMs: 3_600_000 });
  const socket = open(api);
  const closed = once(socket, 'close');
  socket.write(`GET /v1${TOKENS} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`.repeat(1_001));
  await closed;
  expect(api.emulator.maxInFlight).toBe(1_000);
});

describe('of the requests that arrived', () => {
  const request = (url: string) => ({ method: 'POST', url, headers: {}, credential: undefined });

  test('the last ten thousand are kept', () => {
    const traffic = new Traffic();
    for (let i = 0; i < 10_010; i += 1) traffic.arrived(request(`/${i}`), 10);
    expect(traffic.requests).toHaveLength(10_000);
    expect(traffic.requests[0]).toMatchObject({ url: '/10' });
  });

  test('no more are kept than 16 MB, bodies included', () => {
    const traffic = new Traffic();
    for (let i = 0; i < 1_000; i += 1) {
      const arrival = traffic.arrived(request(`/${i}`), 10_000);
      arrival.readBody({ i }, 30_000);
      arrival.left();
    }
    expect(traffic.requests).toHaveLength(400);
    expect(traffic.requests.at(-1)).toMatchObject({ url: '/999', body: { i: 999 } });
  });

  test('a body counts only while its request is kept', () => {
    const traffic = new Traffic();
    const first = traffic.arrived(request('/first'), 10);
    for (let i = 0; i < 10_000; i += 1) traffic.arrived(request(`/${i}`), 10);
    first.readBody({ late: true }, 64_000);
    for (let i = 0; i < 249; i += 1) traffic.arrived(request('/more'), 10).readBody({}, 60_000);
    expect(traffic.requests).toHaveLength(10_000);
  });

  test('a large body is not kept', async () => {
    const api = await startApi();
    await api.call('POST', TOKENS, { json: { name: 'small', pad: 'x'.repeat(60_000) } });
    await api.call('POST', TOKENS, { json: { name: 'large', pad: 'x'.repeat(64_000) } });
    expect(api.emulator.requests).toMatchObject([{ body: { name: 'small' } }, { body: undefined }]);
  });
});

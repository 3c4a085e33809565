import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startApi, type TestApi, TOKENS } from '../support/api.ts';

/** The whole answer to a request with these lines for its Host. */
async function ask(api: TestApi, hostLines: readonly string[], version = '1.1'): Promise<string> {
  const socket = connect(Number(new URL(api.emulator.url).port), '127.0.0.1');
  const lines = [
    `GET /v1${TOKENS} HTTP/${version}`,
    ...hostLines,
    `authorization: ${api.administrator}`,
    'connection: close',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe('a request is answered whose Host is', () => {
  test.each([
    '127.0.0.1',
    '127.0.0.1:4010',
    '127.1.2.3:80',
    'localhost',
    'LocalHost:4010',
    '[::1]',
    '[::1]:4010',
    '[0:0:0:0:0:0:0:1]',
  ])('%s', async (host) => {
    const api = await startApi();
    expect(statusOf(await ask(api, [`host: ${host}`]))).toBe(200);
  });

  test('a name of its own that it was given', async () => {
    const api = await startApi({ hostNames: ['API.example.test'] });
    expect(statusOf(await ask(api, ['host: api.Example.test:443']))).toBe(200);
    expect(statusOf(await ask(api, ['host: other.example.test']))).toBe(421);
  });
});

describe('a request is refused whose Host is', () => {
  test.each([
    ['that of a page elsewhere', ['host: rebound.example']],
    ['that of a page elsewhere, with the port', ['host: rebound.example:4010']],
    ['one that begins like a loopback address', ['host: 127.0.0.1.rebound.example']],
    ['one that begins like localhost', ['host: localhost.rebound.example']],
    ['one that ends like localhost', ['host: rebound.localhost']],
    ['an address of another machine', ['host: 192.168.0.7']],
    ['no address', ['host: 0.0.0.0']],
    ['another way to write this machine', ['host: 2130706433']],
    ['a user before the host', ['host: rebound.example@127.0.0.1']],
    ['a path behind the host', ['host: 127.0.0.1/rebound.example']],
    ['empty', ['host:']],
    ['there twice, the right one first', ['host: 127.0.0.1', 'host: rebound.example']],
    ['there twice, the right one last', ['host: rebound.example', 'host: 127.0.0.1']],
  ])('%s', async (_, lines) => {
    const api = await startApi();
    const answer = await ask(api, lines);
    // Node itself refuses a Host that is no host, or is there twice.
    expect([400, 421]).toContain(statusOf(answer));
    expect(answer).not.toContain('acme');
    expect(api.emulator.requests).toEqual([]);
  });

  test('missing', async () => {
    const api = await startApi();
    expect(statusOf(await ask(api, []))).toBe(400);
    expect(statusOf(await ask(api, [], '1.0'))).toBe(421);
    expect(api.emulator.requests).toEqual([]);
  });
});

test('the refusal says what to do, and meets no fault that is meant for a client', async () => {
  const api = await startApi();
  api.emulator.inject({ answer: 503, count: 1 });
  const answer = await ask(api, ['host: rebound.example']);
  expect(answer).toMatch(
    /\r\n\r\n\{"code":"misdirected_request","message":".*use a loopback address or localhost"\}$/,
  );
  expect(answer).toMatch(/^connection: close\r$/im);
  expect(api.emulator.faultsMet).toBe(0);
});

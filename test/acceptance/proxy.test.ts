import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';

let home: Home;
let emulator: Emulator;
let proxy: Server;
/** What the proxy was asked for. */
let asked: string[];

beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: { tokens: [{ id: 'tok000000001' }] },
    hostNames: ['planets.invalid', '0.0.0.0'],
  });
  asked = [];
  const { port } = new URL(emulator.url);
  // Whatever the host that is asked for, the emulator answers: nothing leaves this machine.
  proxy = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { pathname, search } = new URL(incoming.url ?? '/', emulator.url);
    const options = { host: '127.0.0.1', port, path: pathname + search, headers: incoming.headers };
    const onward = httpRequest({ ...options, method: incoming.method }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  proxy.on('connect', (incoming, client) => {
    asked.push(`CONNECT ${incoming.url}`);
    const onward = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [onward, client]) socket.on('error', () => {});
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
});

afterEach(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await emulator.close();
  home.remove();
});

function list(url: string, env: Record<string, string>) {
  const api = {
    PLANETSCALE_API_URL: url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  };
  return runCli(['list', '--format', 'csv', '--insecure', '--timeout', '5s'], {
    home,
    env: { ...api, ...env },
  });
}

function proxyUrl(): string {
  const address = proxy.address();
  return typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
}

test.each(['HTTP_PROXY', 'http_proxy'])('%s is used for a host elsewhere', async (name) => {
  const { status, stdout } = await list('http://planets.invalid', { [name]: proxyUrl() });
  expect(stdout).toContain('tok000000001');
  expect(status).toBe(0);
  expect(asked).toEqual([expect.stringContaining('planets.invalid')]);
});

test('HTTPS_PROXY is asked for a tunnel', async () => {
  const { status } = await list('https://planets.invalid', { HTTPS_PROXY: proxyUrl() });
  // The emulator speaks no TLS, so it ends there; the credentials have not been sent.
  expect(status).toBe(2);
  expect(asked[0]).toBe('CONNECT planets.invalid:443');
  expect(emulator.requests).toEqual([]);
});

test('NO_PROXY excepts a host', async () => {
  // Not a loopback address by its spelling, and yet no other machine and no name to look up.
  const elsewhere = emulator.url.replace('127.0.0.1', '0.0.0.0');
  await list(elsewhere, { HTTP_PROXY: proxyUrl() });
  expect(asked).not.toEqual([]);
  asked.length = 0;
  await list(elsewhere, { HTTP_PROXY: proxyUrl(), NO_PROXY: '0.0.0.0' });
  expect(asked).toEqual([]);
});

test('this machine is never reached through a proxy', async () => {
  const { status } = await list(emulator.url, { HTTP_PROXY: proxyUrl(), HTTPS_PROXY: proxyUrl() });
  expect(status).toBe(0);
  expect(asked).toEqual([]);
});

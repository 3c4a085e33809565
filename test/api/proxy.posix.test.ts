import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHttp } from '../../src/api/http.ts';
import { proxyFor } from '../../src/api/proxy.ts';
import { type LocalServer, startLocalServer } from '../support/api.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';

/**
 * A server of this machine under 0.0.0.0, which only POSIX systems reach and which does not count as
 * this machine: so it is a host that can be reached both through a proxy and without one.
 */
let proxy: TestProxy;
let server: LocalServer;
beforeAll(async () => {
  proxy = await startProxy();
  server = await startLocalServer((_, response) => response.end('{"proxied":false}'));
});
afterAll(() => Promise.all([proxy.close(), server.close()]));

async function answer(variables: Readonly<Record<string, string>>): Promise<string> {
  const url = new URL(`http://0.0.0.0:${server.port}`);
  const proxy = proxyFor(url, { variables, workingDirectory: '/', home: '/', platform: 'linux' });
  const http = await openHttp({ origin: url, proxy: proxy?.address });
  const { signal } = new AbortController();
  try {
    return await (await http.send(url, { method: 'GET', headers: {}, signal })).text();
  } finally {
    http.close();
  }
}

test.each(['', 'example.test', '10.0.0.0', '0.0.0.0:1', 'x0.0.0.0'])(
  'NO_PROXY of %j lets it go through the proxy',
  async (noProxy) => {
    expect(await answer({ HTTP_PROXY: proxy.address, NO_PROXY: noProxy })).toBe('{"proxied":true}');
  },
);

test.each(['0.0.0.0', '*', 'example.test,0.0.0.0', 'example.test 0.0.0.0', '.0.0.0'])(
  'NO_PROXY of %j excepts it',
  async (noProxy) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      expect(await answer({ HTTP_PROXY: proxy.address, [name]: noProxy })).toBe('{"proxied":false}');
    }
  },
);

test('NO_PROXY may name a port', async () => {
  const variables = { HTTP_PROXY: proxy.address, NO_PROXY: `0.0.0.0:${server.port}` };
  expect(await answer(variables)).toBe('{"proxied":false}');
});

test('the lower-case name wins, as with curl', async () => {
  const variables = { HTTP_PROXY: proxy.address, NO_PROXY: 'example.test', no_proxy: '0.0.0.0' };
  expect(await answer(variables)).toBe('{"proxied":false}');
});

test('without a proxy it is reached directly', async () => {
  expect(await answer({})).toBe('{"proxied":false}');
});

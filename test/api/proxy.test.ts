import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { mayHaveBeenDone } from '../../src/api/failures.ts';
import { openHttp } from '../../src/api/http.ts';
import { proxyFor } from '../../src/api/proxy.ts';
import type { ApiRequest } from '../../src/api/transport.ts';
import type { Environment } from '../../src/values/environment.ts';
import {
  createTestTransport,
  everythingIn,
  failureOf,
  hintOf,
  SECRET,
  startLocalServer,
} from '../support/api.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';

function environment(variables: Readonly<Record<string, string>>): Environment {
  return { variables, workingDirectory: '/', home: '/', platform: 'linux' };
}

describe('whether a proxy is asked', () => {
  afterEach(() => vi.unstubAllEnvs());

  function isProxied(address: string, variables: Readonly<Record<string, string>>): boolean {
    return proxyFor(new URL(address), environment(variables)) !== undefined;
  }

  const HTTPS = 'https://api.example.test';
  const HTTP = 'http://api.example.test';
  const PROXY = 'http://proxy.example.test:3128';

  test.each([
    [HTTPS, { HTTPS_PROXY: PROXY }],
    [HTTPS, { https_proxy: PROXY }],
    [HTTPS, { https_proxy: PROXY, HTTPS_PROXY: 'http://other.example.test' }],
    [HTTPS, { https_proxy: '', HTTPS_PROXY: PROXY }],
    [HTTPS, { HTTPS_PROXY: 'proxy.example.test:3128' }],
    [HTTPS, { HTTPS_PROXY: 'https://proxy.example.test' }],
    [HTTP, { HTTP_PROXY: PROXY }],
    [HTTP, { http_proxy: PROXY }],
    ['https://localhost.example.test', { HTTPS_PROXY: PROXY }],
    ['https://127.example.test', { HTTPS_PROXY: PROXY }],
    [HTTPS, { HTTPS_PROXY: PROXY, NO_PROXY: 'pi.example.test,other.test' }],
    [HTTPS, { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example.test:8443' }],
    [HTTPS, { HTTPS_PROXY: PROXY, NO_PROXY: ' , .' }],
    ['https://11.1.2.3', { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/8' }],
    ['https://10.1.2.3', { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/99,10.0.0.0/x' }],
    ['https://[fd00::1]', { HTTPS_PROXY: PROXY, NO_PROXY: 'fd00::2,[fd00::1]:8443' }],
  ])('it is, for %s with %j', (address, variables) => {
    expect(isProxied(address, variables)).toBe(true);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    [HTTPS, {}],
    [HTTPS, { HTTPS_PROXY: '' }],
    [HTTPS, { HTTPS_PROXY: 'socks5://x', NO_PROXY: '*' }],
    ['https://10.1.2.3', { HTTPS_PROXY: PROXY, NO_PROXY: '10.0.0.0/8' }],
    ['https://10.1.2.3', { HTTPS_PROXY: PROXY, NO_PROXY: '10.1.2.3:443' }],
    [`${HTTPS}.`, { HTTPS_PROXY: PROXY, NO_PROXY: 'api.example.test' }],
    [HTTPS, { HTTPS_PROXY: PROXY, NO_PROXY: 'API.Example.test.' }],
    ['https://[fd00::1]', { HTTPS_PROXY: PROXY, NO_PROXY: 'fd00::1' }],
    ['https://[fd00::1]', { HTTPS_PROXY: PROXY, NO_PROXY: '[fd00:0::1]:443' }],
    ['https://[fd00::1]', { HTTPS_PROXY: PROXY, NO_PROXY: 'fd00::/8' }],
    [HTTPS, { HTTPS_PROXY: PROXY, NO_PROXY: 'other.test, example.test' }],
    [HTTPS, { HTTPS_PROXY: PROXY, NO_PROXY: '.Example.test' }],
    [HTTPS, { HTTPS_PROXY: PROXY, no_proxy: '*.example.test:443' }],
    [HTTPS, { HTTP_PROXY: PROXY }],
    [HTTP, { HTTPS_PROXY: PROXY }],
    ['http://localhost:4010', { HTTP_PROXY: PROXY }],
    ['https://localhost', { HTTPS_PROXY: PROXY }],
    ['http://api.localhost', { HTTP_PROXY: PROXY }],
    ['http://127.0.0.1:1234', { HTTP_PROXY: PROXY }],
    ['http://127.8.9.10', { HTTP_PROXY: PROXY }],
    ['http://[::1]:4010', { HTTP_PROXY: PROXY }],
  ])('it is not, for %s with %j', (address, variables) => {
    expect(isProxied(address, variables)).toBe(false);
  });

  test('is decided by the environment that is handed in, not by that of the process', () => {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) vi.stubEnv(name, PROXY);
    expect(isProxied(HTTPS, {})).toBe(false);
  });
});

describe('the address of a proxy that is none', () => {
  const API = new URL('https://api.example.test');

  test.each([
    'socks5://joe:secret-word@proxy.example.test:1080',
    'ftp://joe:secret-word@proxy.example.test',
    'http://joe:secret-word@proxy.example.test:99999',
    'joe:secret-word@',
    'http://',
    'http://joe:secret-word@',
    'http:// joe:secret-word',
    'http://joe:secret-word%@proxy.example.test:3128',
  ])('is refused by the name of its variable and not shown: %s', async (value) => {
    for (const name of ['HTTPS_PROXY', 'https_proxy']) {
      const failure = await failureOf(
        Promise.resolve().then(() => proxyFor(API, environment({ [name]: value }))),
      );
      expect(failure.code).toBe('INVALID_CONFIG');
      expect(failure.message).toBe(`${name} is not the address of an HTTP proxy`);
      expect(hintOf(failure)).toContain('unset it');
      expect(everythingIn(failure)).not.toContain('secret-word');
    }
  });

  test('does not matter where no proxy is asked anyway', () => {
    expect(proxyFor(new URL('http://127.0.0.1:4010'), environment({ HTTP_PROXY: 'socks5://x' }))).toBe(
      undefined,
    );
  });
});

describe('for real', () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy();
  });
  afterAll(() => proxy.close());

  const GET: ApiRequest = {
    operation: 'GET /organizations/{organization}/service-tokens',
    parameters: { organization: 'acme' },
  };
  const POST: ApiRequest = {
    operation: 'POST /organizations/{organization}/service-tokens',
    parameters: { organization: 'acme' },
    body: {},
  };

  async function transportThrough(baseUrl: string, variables: Readonly<Record<string, string>>) {
    const proxy = proxyFor(new URL(baseUrl), environment(variables));
    return createTestTransport({
      baseUrl,
      send: (await openHttp({ origin: new URL(baseUrl), proxy: proxy?.address })).send,
    });
  }

  test('a request to a host that only the proxy knows goes through it', async () => {
    const before = proxy.served.length;
    const transport = await transportThrough('http://planets.invalid', { HTTP_PROXY: proxy.address });
    expect((await transport(GET)).body).toBe('{"proxied":true}');
    expect(proxy.seen.at(-1)?.line).toMatch(/^(CONNECT planets\.invalid:80|GET http:\/\/planets\.invalid\/)/);
    expect(proxy.served.length).toBe(before + 1);
    expect(proxy.served.at(-1)).toContain('/v1/organizations/acme/service-tokens');
  });

  test('an https address is asked for as a tunnel, and nothing secret is in that', async () => {
    const transport = await transportThrough('https://planets.invalid', {
      HTTPS_PROXY: `http://joe:secret%2Dword@${proxy.address}`,
    });
    const failure = await failureOf(transport(POST));
    const seen = proxy.seen.at(-1);
    expect(seen?.line).toBe('CONNECT planets.invalid:443');
    expect(JSON.stringify(seen)).not.toContain(SECRET);
    expect(seen?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('joe:secret-word').toString('base64')}`,
    );
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(failure.message).toContain('https://planets.invalid');
    expect(everythingIn(failure)).not.toMatch(/secret-word|secret%2Dword/);
  });

  test('a tunnel that the proxy refused has carried nothing', async () => {
    const transport = await transportThrough('https://planets.invalid', { HTTPS_PROXY: proxy.address });
    const failure = await failureOf(transport(POST));
    expect(failure.message).toContain('407');
    expect(mayHaveBeenDone(failure)).toBe(false);
  });

  test('a proxy that is not there has carried nothing', async () => {
    const gone = await startProxy();
    await gone.close();
    const transport = await transportThrough('https://planets.invalid', { HTTPS_PROXY: gone.address });
    const failure = await failureOf(transport(POST));
    expect(failure.message).toContain('connection refused');
    expect(mayHaveBeenDone(failure)).toBe(false);
  });

  test('this machine is reached without it', async () => {
    const before = proxy.seen.length;
    const server = await startLocalServer((_, response) => response.end('[]'));
    const transport = await transportThrough(server.url, { HTTP_PROXY: proxy.address });
    expect((await transport(GET)).body).toBe('[]');
    await server.close();
    expect(proxy.seen.length).toBe(before);
  });
});

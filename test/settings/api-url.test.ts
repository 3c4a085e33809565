import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkApiUrl, isLoopback } from '../../src/settings/api-url.ts';
import type { Source } from '../../src/values/source.ts';
import { failureOf, told } from '../support/host.ts';

const FLAG: Source = { kind: 'flag', name: '--api-url' };

function check(value: string, insecure = false, source: Source = FLAG): string {
  return checkApiUrl({ value, source }, insecure).value.href;
}

describe('checkApiUrl', () => {
  test.each([
    ['https://api.planetscale.com', 'https://api.planetscale.com/'],
    ['https://api.planetscale.com/', 'https://api.planetscale.com/'],
    ['HTTPS://API.Example.com', 'https://api.example.com/'],
    ['https://203.0.113.7:8443', 'https://203.0.113.7:8443/'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010/'],
    ['http://127.8.9.10', 'http://127.8.9.10/'],
    ['http://localhost:4010', 'http://localhost:4010/'],
    ['http://LOCALHOST', 'http://localhost/'],
    ['http://[::1]:4010', 'http://[::1]:4010/'],
    ['http://api.localhost:4010', 'http://api.localhost:4010/'],
    ['https://api.planetscale.com/v1', 'https://api.planetscale.com/'],
    ['https://api.planetscale.com/v1/', 'https://api.planetscale.com/'],
    ['https://gateway.example.com/planetscale/v1', 'https://gateway.example.com/planetscale/'],
    ['https://gateway.example.com/v1/v1', 'https://gateway.example.com/v1/'],
    ['https://gateway.example.com/v10', 'https://gateway.example.com/v10'],
  ])('takes %s', (value, href) => {
    expect(check(value)).toBe(href);
  });

  test.each([
    ['https://gateway.example.com/planetscale', 'https://gateway.example.com/planetscale'],
    ['https://gateway.example.com/a/b/', 'https://gateway.example.com/a/b/'],
    ['http://localhost:4010/prefix', 'http://localhost:4010/prefix'],
  ])('keeps the path prefix of %s', (value, href) => {
    expect(check(value)).toBe(href);
  });

  test.each([
    'http://api.planetscale.com',
    'http://192.168.0.10:4010',
    'http://localhost.example.com',
    'http://notlocalhost',
    'http://127.0.0.1.example.com',
    'http://128.0.0.1',
    'http://[::2]',
    'http://0.0.0.0:4010',
  ])('takes %s with --insecure only: the credentials would be readable on the way', async (value) => {
    expect(check(value, true)).toBe(new URL(value).href);
    const failure = await failureOf(() => check(value));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain('--insecure');
    expect(told(failure)).toContain(value);
  });

  test.each([
    'api.planetscale.com',
    '//api.planetscale.com',
    'https://',
    'https://exa mple.com',
    '/v1',
    'not a url',
  ])('refuses %s, which is not a URL', async (value) => {
    const failure = await failureOf(() => check(value, true));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain('not a URL');
    expect(told(failure)).toContain('https://api.planetscale.com');
  });

  test.each(['ftp://api.planetscale.com', 'file:///etc/passwd', 'localhost:4010', 'ws://localhost'])(
    'refuses %s: only http and https work',
    async (value) => {
      expect(told(await failureOf(() => check(value, true)))).toContain('only http and https');
    },
  );

  test.each([
    'https://api.planetscale.com?page=2',
    'https://api.planetscale.com/?',
    'https://api.planetscale.com/prefix#top',
    'https://api.planetscale.com/#',
  ])('refuses %s: a base URL holds no query or fragment', async (value) => {
    expect(told(await failureOf(() => check(value, true)))).toContain('query or fragment');
  });

  test.each([
    'https://robin:hunter2@api.planetscale.com',
    'https://hunter2@api.planetscale.com',
    'http://:hunter2@localhost',
  ])('refuses the user name or password in %s', async (value) => {
    expect(told(await failureOf(() => check(value, true)))).toContain('user name or password');
  });

  test.each([
    'https://robin:hunter2@api.planetscale.com',
    'https://robin:p@hunter2@api.planetscale.com',
    'https:/robin:hunter2@api.planetscale.com',
    'https:robin:hunter2@api.planetscale.com',
    'https:\\\\robin:hunter2@api.planetscale.com',
    ' https://robin:hunter2@api.planetscale.com',
    'ftp://robin:hunter2@api.planetscale.com',
    'robin:hunter2@api.planetscale.com',
    '//robin:hunter2@api.planetscale.com',
    'https://robin:hunter2@exa mple.com',
    'https://robin:hunter2@api.planetscale.com:port',
    'https://robin:hunter2%40api.planetscale.com',
    'https://robin:hunter2',
    'HTTPS://robin:hunter2@api.planetscale.com',
    'https://api.planetscale.com?key=hunter2',
    'https://api.planetscale.com/#hunter2',
  ])('never repeats the password in %s', async (value) => {
    expect(told(await failureOf(() => check(value)))).not.toContain('hunter2');
  });

  test('never repeats a password, whatever characters it has', async () => {
    const password = fc
      .string({ unit: fc.constantFrom(...'abcXYZ019@:%+!$&;=,~"<>^`{}|'), minLength: 4, maxLength: 20 })
      .map((rest) => `~secret~${rest}`);
    await fc.assert(
      fc.asyncProperty(password, async (secret) => {
        const failure = await failureOf(() => check(`https://robin:${secret}@api.planetscale.com`));
        expect(told(failure)).not.toContain(secret.slice(-4));
      }),
    );
  });

  test.each<[Source, string, string]>([
    [FLAG, 'INVALID_USAGE', '--api-url'],
    [{ kind: 'environment', name: 'PLANETSCALE_API_URL' }, 'INVALID_CONFIG', 'PLANETSCALE_API_URL'],
    [{ kind: 'file', path: '~/pscale.yml', key: 'api-url' }, 'INVALID_CONFIG', 'api-url in ~/pscale.yml'],
  ])('a value from %j is refused with %s and names %s', async (source, code, name) => {
    const failure = await failureOf(() => check('nowhere', false, source));
    expect(failure.code).toBe(code);
    expect(told(failure)).toContain(name);
  });

  test('keeps the source of the value', () => {
    expect(checkApiUrl({ value: 'https://x.example', source: FLAG }, false).source).toEqual(FLAG);
  });
});

test.each([
  ['localhost', true],
  ['a.localhost', true],
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['[::1]', true],
  ['localhost.example', false],
  ['xlocalhost', false],
  ['.localhost', false],
  ['128.0.0.1', false],
  ['[::2]', false],
  ['example.com', false],
])('isLoopback(%s) is %s', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});

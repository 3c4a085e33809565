import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { BRANCHES, startApi, type TestApi, TOKENS } from './support/api.ts';
import { checkAnswer } from './support/openapi.ts';

/** Sends a request target as it is: fetch would tidy it up first. NaN where the connection ends before an answer. */
async function rawStatus(api: TestApi, method: string, target: string): Promise<number> {
  const socket = connect(Number(new URL(api.emulator.url).port), '127.0.0.1');
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: ${api.administrator}`,
    'connection: close',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // What is not read any more when the server closes may take its answer along.
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('close', resolve));
  const answer = Buffer.concat(chunks).toString();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

describe('paths', () => {
  test.each([
    ['an encoded slash is part of a name', '%2F..%2Fdatabases%2Fshop', 404],
    ['a null byte', '%00', 404],
    ['a dot segment', '..', 404],
    ['an encoded dot segment', '%2e%2e', 404],
    ['a lone percent sign', '%', 400],
    ['a cut percent sign', '%e', 400],
    ['percent signs that are no UTF-8', '%ff%fe', 400],
    ['a name of an object', '__proto__', 404],
    ['a long name', 'x'.repeat(8_000), 404],
    ['nothing', '', 404],
    ['a semicolon', ';', 404],
    ['a line break', '%0d%0aset-cookie:%20x', 404],
  ])('%s', async (_, segment, status) => {
    const api = await startApi();
    for (const method of ['GET', 'DELETE']) {
      expect(await rawStatus(api, method, `/v1${TOKENS}/${segment}`)).toBe(status);
    }
    // Nothing was reached in its stead, and the server lives.
    expect(await api.call('GET', `${BRANCHES}/main`)).toMatchObject({ status: 200 });
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
  });

  test('a path longer than Node takes', async () => {
    const api = await startApi();
    expect([431, Number.NaN]).toContain(await rawStatus(api, 'GET', `/v1/${'x'.repeat(100_000)}`));
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
  });

  test.each([
    '/',
    '/v1',
    '/v1/',
    '/v2/organizations',
    '/v1/organizations/',
    '//v1/organizations',
    '*',
    'http://elsewhere/v1/organizations',
  ])('%s is not served', async (target) => {
    const api = await startApi();
    expect(await rawStatus(api, 'GET', target)).toBe(404);
  });

  test.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD'])('%s is not served on a known path', async (method) => {
    const api = await startApi();
    expect(await rawStatus(api, method, `/v1${TOKENS}`)).toBe(404);
  });

  test('names may hold anything when they are encoded', async () => {
    const api = await startApi();
    const name = 'feature/ü %2F ?#';
    await api.call('POST', BRANCHES, { json: { name } });
    const answer = await api.call('GET', `${BRANCHES}/${encodeURIComponent(name)}`);
    expect(answer).toMatchObject({
      status: 200,
      body: { name, url: `${api.emulator.url}/v1${BRANCHES}/${encodeURIComponent(name)}` },
    });
  });
});

describe('bodies', () => {
  test('of more than a million bytes are refused, wherever they go', async () => {
    const api = await startApi();
    const json = { name: 'x'.repeat(1_000_000) };
    for (const path of [TOKENS, BRANCHES, '/nowhere']) {
      expect(await api.call('POST', path, { json })).toMatchObject({
        status: 413,
        body: { code: 'payload_too_large' },
      });
    }
  });

  test('of exactly a million bytes are read', async () => {
    const api = await startApi();
    const around = JSON.stringify({ name: 'ci', pad: '' });
    const text = around.replace('""', `"${'x'.repeat(1_000_000 - around.length)}"`);
    expect(await api.call('POST', TOKENS, { text })).toMatchObject({ status: 200, body: { name: 'ci' } });
  });

  test('nested deeper than a parser likes, or naming prototypes, do no harm', async () => {
    const api = await startApi();
    expect(await api.call('POST', TOKENS, { text: '['.repeat(200_000) })).toMatchObject({ status: 400 });
    const text = '{"__proto__":{"name":"evil"},"constructor":{"prototype":{"name":"evil"}}}';
    expect(await api.call('POST', TOKENS, { text })).toMatchObject({ status: 200, body: { name: null } });
  });
});

test('what is thrown inside is answered, and the server lives on', async () => {
  let broken = false;
  const api = await startApi({
    clock: {
      now: () => {
        if (!broken) return 0;
        broken = false;
        throw new Error('the clock is broken');
      },
    },
  });
  broken = true;
  expect(await api.call('GET', TOKENS)).toMatchObject({
    status: 500,
    body: { code: 'internal', message: 'Internal Server Error: the clock is broken' },
  });
  expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
});

test('the check of answers finds what the document does not allow', () => {
  expect(() => checkAnswer('GET', `/v1${TOKENS}`, 201, '{}')).toThrow('undocumented status');
  expect(() => checkAnswer('GET', `/v1${TOKENS}`, 200, '{}')).toThrow("must have required property 'type'");
  expect(() => checkAnswer('DELETE', `/v1${TOKENS}/x`, 204, '{}')).toThrow('a body where none is documented');
  expect(() => checkAnswer('GET', '/v1/nowhere', 200, '{}')).toThrow('no such operation');
});

import { describe, expect, test } from 'vitest';
import { type Fault, FaultSyntaxError, parseFault, startEmulator } from '../../../src/emulator/index.ts';
import { atEveryRequest, faultAt, holdAt } from '../../support/faults.ts';
import { BRANCHES, column, startApi, TOKENS } from '../support/api.ts';

test('a status answers as many requests as it says, without carrying them out', async () => {
  const api = await startApi({ faults: [{ answer: 503, count: 2 }] });
  const create = () => fetchStatus(api.emulator.url, 'POST', api.administrator);
  expect([await create(), await create(), await create()]).toEqual([503, 503, 200]);
  expect((await api.call('GET', TOKENS)).body).toMatchObject({ total_count: 1 });
});

test('drop carries the request out and closes the connection', async () => {
  const api = await startApi();
  api.emulator.inject({ answer: 'drop', count: 1 });
  await expect(api.call('POST', TOKENS, { json: { name: 'lost' } })).rejects.toThrow('fetch failed');
  expect(column(await api.call('GET', TOKENS), 'name')).toEqual(['lost']);
});

test('faults are taken in order', async () => {
  const api = await startApi({ faults: [{ answer: 429, count: 1 }] });
  api.emulator.inject({ answer: 500, count: 1 }, { answer: 502, count: 1 });
  const statuses = [];
  for (let i = 0; i < 4; i += 1) statuses.push(await fetchStatus(api.emulator.url, 'GET', api.administrator));
  expect(statuses).toEqual([429, 500, 502, 200]);
});

describe('a fault for certain requests waits for them', () => {
  test('by method', async () => {
    const api = await startApi({ faults: [{ answer: 500, count: 1, method: 'delete' }] });
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
    expect(await api.call('DELETE', `${BRANCHES}/nope`)).toMatchObject({ status: 500 });
    expect(await api.call('DELETE', `${BRANCHES}/nope`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['a path', /\/service-tokens$/, '?page=2'],
    ['a query', /page=2$/, '?page=2'],
    ['a pattern with the g flag', /page=2/g, '?page=2'],
  ])('by %s', async (_, path, query) => {
    const api = await startApi({ faults: [{ answer: 500, count: 2, path }] });
    expect(await api.call('GET', BRANCHES)).toMatchObject({ status: 200 });
    expect(await api.call('GET', TOKENS + query)).toMatchObject({ status: 500 });
    expect(await api.call('GET', TOKENS + query)).toMatchObject({ status: 500 });
    expect(await api.call('GET', TOKENS + query)).toMatchObject({ status: 200 });
  });

  test('and lets the ones behind it pass', async () => {
    const api = await startApi({
      faults: [
        { answer: 500, count: 1, method: 'POST' },
        { answer: 429, count: 1 },
      ],
    });
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 429 });
    expect(await api.call('POST', TOKENS)).toMatchObject({ status: 500 });
  });
});

describe('a fault after some requests', () => {
  test('lets them pass, and counts only those that fit', async () => {
    const api = await startApi();
    api.emulator.inject({ answer: 500, count: 1, after: 2, method: 'GET' });
    expect(api.emulator.faultsMet).toBe(0);
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
    expect(await api.call('POST', TOKENS)).toMatchObject({ status: 200 });
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 500 });
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
    expect(api.emulator.faultsMet).toBe(1);
  });
});

describe('whether a request is carried out', () => {
  test.each<[Fault['answer'], boolean]>([
    ['drop', false],
    ['drop', true],
    [500, false],
    [500, true],
  ])('can be chosen: %s %s', async (answer, carriedOut) => {
    const api = await startApi({ faults: [{ answer, carriedOut, count: 1 }] });
    await fetchStatus(api.emulator.url, 'POST', api.administrator).catch(() => {});
    expect((await api.call('GET', TOKENS)).body).toMatchObject({ total_count: carriedOut ? 1 : 0 });
  });
});

describe('a request that is held', () => {
  test.each([
    ['before it is carried out', 'arrived', 0],
    ['with its answer', 'carried out', 1],
  ] as const)('%s goes on when it is released', async (_, when, tokens) => {
    const api = await startApi();
    const held = holdAt(api.emulator, 2, when);
    expect(await api.call('GET', TOKENS)).toMatchObject({ status: 200 });
    const created = api.call('POST', TOKENS, { json: { name: 'late' } });
    await held.reached;
    expect((await api.call('GET', TOKENS)).body).toMatchObject({ total_count: tokens });
    held.release();
    expect(await created).toMatchObject({ status: 200 });
    expect((await api.call('GET', TOKENS)).body).toMatchObject({ total_count: 1 });
  });

  test('does not keep the emulator from closing', async () => {
    const api = await startApi();
    const held = holdAt(api.emulator, 1, 'arrived');
    const lost = expect(api.call('GET', TOKENS)).rejects.toThrow('fetch failed');
    await held.reached;
    await api.emulator.close();
    await lost;
  });
});

test.each([1, 2])('a fault at every request, %i at a time, counts the requests there are', async (times) => {
  const met: number[][] = [];
  const played = await atEveryRequest({}, async ({ url, inject, administrator }, index) => {
    inject(faultAt(index, 'status 429', times));
    const authorization = `Bearer ${administrator.userToken}`;
    const statuses: number[] = [];
    for (let i = 1; i <= 3; i += 1) statuses.push(await fetchStatus(url, 'GET', authorization));
    met.push(statuses.flatMap((status, i) => (status === 429 ? i + 1 : [])));
  });
  expect(played).toBe(3);
  expect(met).toEqual(times === 1 ? [[1], [2], [3], []] : [[1, 2], [2, 3], [3], []]);
});

test('a snapshot is a copy of what there is, and no request', async () => {
  const api = await startApi();
  const before = api.emulator.snapshot();
  await api.call('POST', TOKENS, { json: { name: 'new' } });
  expect(before.service_tokens).toEqual([]);
  expect(api.emulator.snapshot().service_tokens).toMatchObject([{ name: 'new' }]);
  expect(api.emulator.requests).toHaveLength(1);
});

describe('what is answered', () => {
  const answerTo = async (fault: Fault): Promise<Response> => {
    const api = await startApi({ faults: [fault] });
    return fetch(`${api.emulator.url}/v1${TOKENS}`, { redirect: 'manual' });
  };

  test.each([
    [400, 'bad_request', 'Bad Request'],
    [422, 'unprocessable', 'Unprocessable Entity'],
    [429, 'too_many_requests', 'Too Many Requests'],
    [500, 'internal', 'Internal Server Error'],
    [503, 'service_unavailable', 'Service Unavailable'],
    [599, 'error', 'Error'],
  ])('to %i by default', async (status, code, message) => {
    const response = await answerTo({ answer: status, count: 1 });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.json()).toEqual({ code, message });
  });

  test('is the body that was given, as it is', async () => {
    const response = await answerTo({
      answer: 200,
      count: 1,
      body: '{"data": [',
      headers: { 'Content-Type': 'text/html', 'Retry-After': '7' },
    });
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.text()).toBe('{"data": [');
  });

  test('can be a redirect', async () => {
    const response = await answerTo({ answer: 302, count: 1, headers: { location: 'http://127.0.0.1:9/' } });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('http://127.0.0.1:9/');
    expect(await response.text()).toBe('');
  });
});

describe('the command line form', () => {
  test.each([
    ['503:2', { answer: 503, count: 2 }],
    ['429:1', { answer: 429, count: 1 }],
    ['drop:10', { answer: 'drop', count: 10 }],
  ])('%s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  test.each([
    '',
    '503',
    '503:',
    ':2',
    '503:0',
    '503:-1',
    '503:1.5',
    'drop',
    '100:1',
    '600:1',
    'Drop:1',
    ' 503:1',
    '503:1\n',
  ])('%j is refused', (text) => {
    expect(() => parseFault(text)).toThrow(FaultSyntaxError);
  });
});

test.each([
  { answer: 100, count: 1 },
  { answer: 700, count: 1 },
  { answer: 503, count: 0 },
  { answer: 503, count: 1.5 },
  { answer: 503, count: 1, after: -1 },
  { answer: 503, count: 1, after: 0.5 },
] as const)('$answer times $count is refused', async (fault) => {
  await expect(startEmulator({ faults: [fault] })).rejects.toThrow(FaultSyntaxError);
});

async function fetchStatus(url: string, method: string, authorization: string): Promise<number> {
  const response = await fetch(`${url}/v1${TOKENS}`, { method, headers: { authorization } });
  await response.body?.cancel();
  return response.status;
}

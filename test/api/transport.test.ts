import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ApiFailure } from '../../src/api/failures.ts';
import type { ApiRequest, Exchange } from '../../src/api/transport.ts';
import { Interrupted } from '../../src/text/errors.ts';
import {
  type Answer,
  API,
  body,
  brokenConnection,
  createTestTransport,
  failureOf,
  hintOf,
  interceptApi,
  json,
  noAnswer,
  redirect,
  SECRET,
  status,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';

const api = interceptApi();

const GET: ApiRequest = {
  operation: 'GET /organizations/{organization}/service-tokens',
  parameters: { organization: 'acme' },
};
const DELETE: ApiRequest = {
  operation: 'DELETE /organizations/{organization}/service-tokens/{id}',
  parameters: { organization: 'acme', id: 'k3j9x0q2m7ab' },
};
const POST: ApiRequest = {
  operation: 'POST /organizations/{organization}/service-tokens',
  parameters: { organization: 'acme' },
  body: { name: 'ci' },
};

const LIST = `${API}/v1/organizations/acme/service-tokens`;

const transient: [string, Answer][] = [
  ['a lost connection', brokenConnection],
  ...[429, 502, 503, 504].map((code): [string, Answer] => [`status ${code}`, status(code)]),
];
const final = [400, 401, 403, 404, 408, 409, 418, 422, 500, 501, 505];

describe('tries', () => {
  test.each(
    transient.flatMap(([name, answer]) => [GET, DELETE].map((request) => ({ name, answer, request }))),
  )('after $name another one follows: $request.operation', async ({ answer, request }) => {
    api().answers(answer, answer, answer, json({ ok: true }));
    const clock = new FakeClock();
    expect(await createTestTransport({ clock })(request)).toMatchObject({
      status: 200,
      body: '{"ok":true}',
      tries: 4,
    });
    expect(new Set(api().log).size).toBe(1);
    expect(api().requests).toHaveLength(4);
    expect(clock.slept).toHaveLength(3);
  });

  test.each(
    transient.flatMap(([name, answer]) => [GET, DELETE].map((request) => ({ name, answer, request }))),
  )('end after four times $name: $request.operation', async ({ answer, request }) => {
    api().always(answer);
    const clock = new FakeClock();
    await failureOf(createTestTransport({ clock })(request));
    expect(api().requests).toHaveLength(4);
    expect(clock.waited).toBeLessThanOrEqual(10_000);
  });

  test.each(final.flatMap((code) => [GET, DELETE].map((request) => ({ code, request }))))(
    'end at once with status $code: $request.operation',
    async ({ code, request }) => {
      api().always(status(code));
      const clock = new FakeClock();
      const failure = await failureOf(createTestTransport({ clock })(request));
      expect(failure instanceof ApiFailure && failure.answer.tries).toBe(1);
      expect(api().requests).toHaveLength(1);
      expect(clock.slept).toEqual([]);
    },
  );

  test.each([...transient, ...final.map((code): [string, Answer] => [`status ${code}`, status(code)])])(
    'there is one only of a POST, whatever came of it: %s',
    async (_, answer) => {
      api().always(answer);
      const clock = new FakeClock();
      await failureOf(createTestTransport({ clock })(POST));
      expect(api().requests).toHaveLength(1);
      expect(clock.slept).toEqual([]);
    },
  );

  test('of a DELETE carry its body each time', async () => {
    const request: ApiRequest = {
      operation: 'DELETE /organizations/{organization}/service-tokens/{id}/access',
      parameters: { organization: 'acme', id: 'x' },
      body: { database: '', access: ['a'] },
    };
    api().answers(status(503), brokenConnection, status(200));
    await createTestTransport()(request);
    expect(api().requests.map((seen) => seen.body)).toEqual(
      Array.from({ length: 3 }, () => '{"database":"","access":["a"]}'),
    );
  });

  test('that failed in different ways count together', async () => {
    api().answers(status(503), brokenConnection, status(429), status(404), json({}));
    const failure = await failureOf(createTestTransport()(DELETE));
    expect(failure instanceof ApiFailure && failure.answer).toMatchObject({ status: 404, tries: 4 });
    expect(api().requests).toHaveLength(4);
  });

  test('wait longer each time, by backoff and jitter', async () => {
    api().always(status(503));
    const clock = new FakeClock();
    await failureOf(createTestTransport({ clock, random: () => 0.5 })(GET));
    expect(clock.slept).toEqual([188, 375, 750]);
  });

  test('are named in the failure where there were several', async () => {
    api().always(brokenConnection);
    const failure = await failureOf(createTestTransport()(GET));
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(failure.message).toMatch(
      /^could not reach the PlanetScale API at https:\/\/api\.example\.test: .* \(4 tries\)$/,
    );
    expect((await failureOf(createTestTransport()(POST))).message).not.toContain('tries');
  });
});

describe('Retry-After', () => {
  const limited = (value: string): Answer => status(429, { 'retry-after': value });

  test.each([
    ['2', 2_000],
    ['0', 0],
    ['Fri, 01 May 2026 10:00:04 GMT', 4_000],
    ['Fri, 01 May 2026 09:00:00 GMT', 0],
  ])('of %j is waited for', async (value, wait) => {
    api().answers(limited(value), json({}));
    const clock = new FakeClock({ now: Date.parse('2026-05-01T10:00:00Z') });
    await createTestTransport({ clock })(GET);
    expect(clock.slept).toEqual([wait]);
  });

  test.each(['-5', 'soon', ''])('of %j is as good as none', async (value) => {
    api().answers(limited(value), json({}));
    const clock = new FakeClock();
    await createTestTransport({ clock })(GET);
    expect(clock.slept).toEqual([375]);
  });

  test.each([502, 503, 504])('counts with status %i as well', async (code) => {
    api().answers(status(code, { 'retry-after': '3' }), json({}));
    const clock = new FakeClock();
    await createTestTransport({ clock })(GET);
    expect(clock.slept).toEqual([3_000]);
  });

  test('of more than ten seconds fails at once and says how long', async () => {
    api().always(limited('90'));
    const clock = new FakeClock();
    const failure = await failureOf(createTestTransport({ clock })(GET));
    expect(failure.code).toBe('RATE_LIMITED');
    expect(hintOf(failure)).toContain('wait 90 s');
    expect(api().requests).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  test('of more than what is left of ten seconds fails at once and says how long', async () => {
    api().answers(limited('6'), limited('5'), json({}));
    const clock = new FakeClock();
    const failure = await failureOf(createTestTransport({ clock })(GET));
    expect(hintOf(failure)).toContain('wait 5 s');
    expect(api().requests).toHaveLength(2);
    expect(clock.slept).toEqual([6_000]);
  });

  test('of a status that is not tried again changes nothing', async () => {
    api().always(status(500, { 'retry-after': '1' }));
    const clock = new FakeClock();
    await failureOf(createTestTransport({ clock })(GET));
    expect(clock.slept).toEqual([]);
  });
});

describe('the time for one try', () => {
  test('bounds each try anew', async () => {
    api().always(status(503));
    const clock = new FakeClock();
    await failureOf(createTestTransport({ clock, timeout: 7_000 })(GET));
    expect(clock.timeouts).toEqual([7_000, 7_000, 7_000, 7_000]);
  });

  test('ends a POST without an answer, by the name of the host and the length', async () => {
    api().always(noAnswer);
    const clock = new FakeClock();
    const work = failureOf(createTestTransport({ clock, timeout: 30_000 })(POST));
    await api().received(1);
    clock.advance(30_000);
    const failure = await work;
    expect([failure.code, failure.message]).toEqual([
      'TIMEOUT',
      'no answer from api.example.test within 30 s',
    ]);
    expect(hintOf(failure)).toContain('--timeout');
    expect(api().requests).toHaveLength(1);
  });

  test('is not over a moment before', async () => {
    let answer = (): void => {};
    api().always(
      () =>
        new Promise((resolve) => {
          answer = () => resolve(new Response('late'));
        }),
    );
    const clock = new FakeClock();
    const work = createTestTransport({ clock, timeout: 30_000 })(POST);
    await api().received(1);
    clock.advance(29_999);
    answer();
    expect((await work).body).toBe('late');
  });

  test.each([GET, DELETE])('is given four times in all: $operation', async (request) => {
    api().always(noAnswer);
    const clock = new FakeClock();
    const work = failureOf(createTestTransport({ clock, timeout: 1_500 })(request));
    for (let tries = 1; tries <= 4; tries += 1) {
      await api().received(tries);
      clock.advance(1_500);
    }
    const failure = await work;
    expect(failure.code).toBe('TIMEOUT');
    expect(failure.message).toBe('no answer from api.example.test within 1.5 s (4 tries)');
    expect(api().requests).toHaveLength(4);
  });

  test('covers the redirects of a try', async () => {
    api().answers(redirect(`${API}/elsewhere`), noAnswer);
    const clock = new FakeClock();
    const work = createTestTransport({ clock })(GET);
    await api().received(2);
    expect(clock.timeouts).toHaveLength(1);
    clock.advance(30_000);
    await api().received(3);
    expect(clock.timeouts).toHaveLength(2);
    expect(api().log[2]).toBe('GET /v1/organizations/acme/service-tokens');
    clock.advance(30_000);
    // The last answers say that nothing was to be sent, which ends it.
    expect((await failureOf(work)).code).toBe('API_ERROR');
  });
});

describe('a redirect', () => {
  const toward = (location: string, code = 302): Answer => redirect(location, code);

  test.each([301, 302, 303, 307, 308])('of a GET within the origin is followed: status %i', async (code) => {
    api().answers(toward('/moved?x=1', code), json({ moved: true }));
    expect(await createTestTransport()(GET)).toMatchObject({ status: 200, body: '{"moved":true}', tries: 1 });
    expect(api().log).toEqual(['GET /v1/organizations/acme/service-tokens', 'GET /moved?x=1']);
    expect(api().requests[1]?.headers).toMatchObject({
      authorization: `callerid0000:${SECRET}`,
      accept: 'application/json',
    });
  });

  test.each([
    ['relative', `${API}/v1/organizations/acme/relative`],
    [`${API}/absolute`, `${API}/absolute`],
    ['//api.example.test/same', `${API}/same`],
    ['https://API.example.test:443/same', `${API}/same`],
    ['?page=2', `${LIST}?page=2`],
  ])('to %s is within the origin', async (location, address) => {
    api().answers(toward(location), json({}));
    await createTestTransport()(GET);
    expect(api().requests[1]?.url).toBe(address);
  });

  test('is followed a few times in a row', async () => {
    api().answers(...[1, 2, 3, 4, 5].map((hop) => toward(`/hop-${hop}`)), json({ end: true }));
    expect((await createTestTransport()(GET)).body).toBe('{"end":true}');
    expect(api().log.at(-1)).toBe('GET /hop-5');
  });

  test('in a loop ends soon, and is not tried again', async () => {
    api().always(toward('/round'));
    const failure = await failureOf(createTestTransport()(GET));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain('302');
    // The first address, and five that it led to.
    expect(api().requests).toHaveLength(6);
  });

  test.each([
    'https://elsewhere.example.net/v1/organizations',
    'https://evil.api.example.test/',
    'https://example.test/',
    'https://api.example.test.example.net/',
    'http://api.example.test/v1/organizations/acme/service-tokens',
    'https://api.example.test:8443/v1/organizations/acme/service-tokens',
    '//elsewhere.example.net/',
    'https://user:word@elsewhere.example.net/',
    'https://user:word@api.example.test/',
    'https://user@api.example.test/',
    'https://:word@api.example.test/',
    'ftp://api.example.test/',
    'data:application/json,[]',
    'javascript:[]',
    'https://',
    '',
  ])('of a GET to %j is refused, and nothing is sent there', async (location) => {
    api().always(toward(location));
    const failure = await failureOf(createTestTransport()(GET));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain(`redirected GET ${LIST} to`);
    expect(failure.message).toContain('credentials go to api.example.test only');
    expect(failure.message).not.toContain(SECRET);
    expect(api().requests.map(({ url }) => url)).toEqual([LIST]);
  });

  test('that names no address is refused', async () => {
    api().always(status(302));
    const failure = await failureOf(createTestTransport()(GET));
    expect([failure.code, api().requests.length]).toEqual(['INVALID_RESPONSE', 1]);
    expect(failure.message).toContain('to nowhere');
  });

  test('of the second hop is checked like the first', async () => {
    api().answers(toward('/hop'), toward('https://elsewhere.example.net/'));
    const failure = await failureOf(createTestTransport()(GET));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(api().requests.map(({ url }) => url)).toEqual([LIST, `${API}/hop`]);
  });

  test.each(
    [POST, DELETE].flatMap((request) =>
      [301, 302, 303, 307, 308].map((code) => ({ code, request, operation: request.operation })),
    ),
  )('of anything but a GET is refused: status $code, $operation', async ({ code, request }) => {
    api().always(toward('/moved', code));
    const failure = await failureOf(createTestTransport()(request));
    expect([failure.code, api().requests.length]).toEqual(['INVALID_RESPONSE', 1]);
    expect(failure.message).toContain('/moved');
  });

  test.each([300, 304, 305, 399])('status %i is no redirect and no success', async (code) => {
    api().always(status(code, { location: '/moved' }));
    for (const request of [GET, POST, DELETE]) {
      const failure = await failureOf(createTestTransport()(request));
      expect(failure.code).toBe('INVALID_RESPONSE');
      expect(failure.message).toContain(`status ${code}`);
    }
    expect(api().requests).toHaveLength(3);
  });
});

test.each([300, 304, 305, 399])('status %i is no success either where any success is taken', async (code) => {
  api().always(status(code, { location: '/moved' }));
  const failure = await failureOf(createTestTransport()({ ...POST, takesAnySuccess: true }));
  expect([failure.code, api().requests.length]).toEqual(['INVALID_RESPONSE', 1]);
});

test('an answer to DELETE of white space alone is an empty one', async () => {
  api().answers(body(' \n', 200));
  expect(await createTestTransport()(DELETE)).toMatchObject({ status: 200 });
});

test('what is thrown and is no error is quoted, too', async () => {
  const failure = await failureOf(
    createTestTransport({ send: () => Promise.reject('no such thing'), clock: new FakeClock() })(POST),
  );
  expect(failure.message).toContain('no such thing');
});

describe('an interruption', () => {
  const reason = new Interrupted('SIGINT');

  test.each([GET, DELETE, POST])('ends a request under way at once: $operation', async (request) => {
    api().always(noAnswer);
    const interruption = new AbortController();
    const work = createTestTransport({ signal: interruption.signal })(request);
    await api().received(1);
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(api().requests).toHaveLength(1);
  });

  test('ends the wait for the next try at once', async () => {
    api().always(status(503));
    const interruption = new AbortController();
    const clock = new FakeClock({ held: true });
    const asleep = clock.nextSleep();
    const work = createTestTransport({ clock, signal: interruption.signal })(GET);
    await asleep;
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(api().requests).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
  });

  test.each([GET, DELETE, POST])('before the start lets nothing be sent: $operation', async (request) => {
    const interruption = new AbortController();
    interruption.abort(reason);
    const exchanges: Exchange[] = [];
    const transport = createTestTransport({
      signal: interruption.signal,
      observe: (exchange) => exchanges.push(exchange),
    });
    await expect(transport(request)).rejects.toBe(reason);
    expect([api().log, exchanges]).toEqual([[], []]);
  });

  test('is the signal of the request where that has one', async () => {
    api().answers(noAnswer, json({}));
    const interruption = new AbortController();
    const own = new AbortController();
    const transport = createTestTransport({ signal: interruption.signal });
    interruption.abort(reason);
    const work = transport({ ...GET, signal: own.signal });
    await api().received(1);
    const ownReason = new Error('enough');
    own.abort(ownReason);
    await expect(work).rejects.toBe(ownReason);
  });

  test('is listened for no longer once a request is done, whatever came of it', async () => {
    api().answers(
      status(503),
      redirect('/hop'),
      json({}),
      status(404),
      redirect('https://elsewhere.example.net/'),
    );
    const { signal } = new AbortController();
    const transport = createTestTransport({ signal });
    await transport(GET);
    await failureOf(transport(GET));
    await failureOf(transport(GET));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('is told apart from a timeout that comes at the same moment', async () => {
    api().always(noAnswer);
    const interruption = new AbortController();
    const clock = new FakeClock();
    const work = createTestTransport({ clock, signal: interruption.signal })(GET);
    await api().received(1);
    clock.advance(30_000);
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
  });
});

describe('what is told for --debug', () => {
  const secretless = (exchanges: readonly Exchange[]): void => {
    const told = JSON.stringify(exchanges);
    for (const word of [SECRET, 'callerid0000', 'authorization', 'Bearer']) expect(told).not.toContain(word);
  };

  test('is one request and one answer a try, with its number, and no credential', async () => {
    api().answers(status(503), brokenConnection, json({}));
    const exchanges: Exchange[] = [];
    await createTestTransport({ observe: (exchange) => exchanges.push(exchange) })(GET);
    expect(exchanges).toEqual([
      { phase: 'request', method: 'GET', url: LIST, tries: 1 },
      { phase: 'response', method: 'GET', url: LIST, tries: 1, outcome: '503', milliseconds: 0 },
      { phase: 'request', method: 'GET', url: LIST, tries: 2 },
      {
        phase: 'response',
        method: 'GET',
        url: LIST,
        tries: 2,
        outcome: expect.stringContaining('could not reach'),
        milliseconds: 0,
      },
      { phase: 'request', method: 'GET', url: LIST, tries: 3 },
      { phase: 'response', method: 'GET', url: LIST, tries: 3, outcome: '200', milliseconds: 0 },
    ]);
    secretless(exchanges);
  });

  test('counts the milliseconds of a try that ran out of time', async () => {
    api().always(noAnswer);
    const clock = new FakeClock();
    const exchanges: Exchange[] = [];
    const work = failureOf(
      createTestTransport({ clock, observe: (exchange) => exchanges.push(exchange) })(POST),
    );
    await api().received(1);
    clock.advance(30_000);
    await work;
    expect(exchanges).toHaveLength(2);
    expect(exchanges[1]).toMatchObject({ phase: 'response', outcome: 'timed out', milliseconds: 30_000 });
    secretless(exchanges);
  });

  test('says that a try was interrupted', async () => {
    api().always(noAnswer);
    const interruption = new AbortController();
    const exchanges: Exchange[] = [];
    const work = createTestTransport({
      signal: interruption.signal,
      observe: (exchange) => exchanges.push(exchange),
    })(POST);
    await api().received(1);
    interruption.abort(new Interrupted('SIGTERM'));
    await expect(work).rejects.toBeInstanceOf(Interrupted);
    expect(exchanges[1]).toMatchObject({ outcome: 'interrupted' });
  });

  test('shows every hop of a redirect, also the one that is refused', async () => {
    api().answers(redirect('/hop'), redirect('https://elsewhere.example.net/'));
    const exchanges: Exchange[] = [];
    await failureOf(createTestTransport({ observe: (exchange) => exchanges.push(exchange) })(GET));
    expect(exchanges.map(({ phase, url, tries }) => [phase, url, tries])).toEqual([
      ['request', LIST, 1],
      ['response', LIST, 1],
      ['request', `${API}/hop`, 1],
      ['response', `${API}/hop`, 1],
    ]);
    secretless(exchanges);
  });

  test('holds nothing of the body that is sent or answered', async () => {
    api().answers(body('{"token":"pscale_tkn_EXAMPLEofTheNewOne"}'));
    const exchanges: Exchange[] = [];
    await createTestTransport({ observe: (exchange) => exchanges.push(exchange) })(POST);
    expect(JSON.stringify(exchanges)).not.toMatch(/pscale_tkn_|"ci"/);
  });
});

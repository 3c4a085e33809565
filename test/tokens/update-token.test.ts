import { describe, expect, test } from 'vitest';
import { Interrupted } from '../../src/text/errors.ts';
import { type TokenUpdate, UpdateUnsupported, updateToken } from '../../src/tokens/update-token.ts';
import {
  type Answer,
  body,
  brokenConnection,
  createTestOrganization,
  failureOf,
  hintOf,
  interceptApi,
  json,
  listOf,
  noAnswer,
  status,
  tokenRow,
  tokenWithActor,
  USER,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';

const api = interceptApi();

const TOKEN = '/v1/organizations/acme/service-tokens/k3j9x0q2m7ab';
const PATCH = `PATCH ${TOKEN}`;
const GET = `GET ${TOKEN}`;
const LIST = 'GET /v1/organizations/acme/service-tokens?per_page=100';
const NOW = Date.parse('2026-11-25T12:00:00Z');

function updating(update: TokenUpdate, { asUser = false }: { asUser?: boolean } = {}) {
  const clock = new FakeClock({ now: NOW });
  const organization = createTestOrganization({ clock, ...(asUser && { credentials: USER }) });
  return updateToken(organization, 'k3j9x0q2m7ab', update, { clock });
}

const bodies = (): string[] => api().requests.flatMap(({ body: sent }) => (sent === '' ? [] : [sent]));

function shown(fields: Record<string, unknown>): Answer {
  return json({ ...tokenWithActor, ...fields });
}

const notFound = json({ code: 'not_found', message: 'Not Found' }, 404);
const inAnHour = '2026-11-25T13:00:00.000Z';

describe('an update', () => {
  test('sends only what is to change, and is done by an answer that shows it', async () => {
    api().answers(shown({ name: 'new', expires_at: null }));
    expect((await updating({ name: 'new' })).name).toBe('new');
    expect(api().log).toEqual([PATCH]);
    expect(bodies()).toEqual(['{"name":"new"}']);
  });

  test('takes away with null and an empty list', async () => {
    api().answers(shown({ name: null, expires_at: null, cidrs: [] }));
    await updating({ name: null, end: { kind: 'never' }, cidrs: [] });
    expect(bodies()).toEqual(['{"name":null,"ttl":null,"cidrs":[]}']);
  });

  test('is sent again like a read, and done by one look where every answer was lost', async () => {
    api().answers(
      brokenConnection,
      brokenConnection,
      brokenConnection,
      brokenConnection,
      shown({ cidrs: ['10.0.0.0/8'] }),
    );
    await updating({ cidrs: ['10.0.0.0/8'] });
    expect(api().log).toEqual([PATCH, PATCH, PATCH, PATCH, GET]);
  });

  test('of an end at a moment asks for what is left at each try', async () => {
    api().answers(json(listOf()), status(503), shown({ expires_at: inAnHour }));
    await updating({ end: { kind: 'at', time: Date.parse(inAnHour) } });
    const [first = 0, second = 0] = bodies().map((sent) => Number(/"ttl":(\d+)/.exec(sent)?.[1]));
    expect(first).toBe(3_600);
    expect(second).toBeLessThan(first);
  });

  test.each<[string, TokenUpdate, Record<string, unknown>, string]>([
    ['a name', { name: 'new' }, { name: 'old' }, 'its name (it shows old)'],
    ['no name', { name: null }, { name: 'old' }, 'its name (it shows old)'],
    [
      'an end',
      { end: { kind: 'in', seconds: 3_600 } },
      { expires_at: '2026-11-25T13:00:09Z' },
      'its expiry (it shows 2026-11-25T13:00:09Z instead of 2026-11-25T13:00:00.000Z)',
    ],
    [
      'an end that is not there',
      { end: { kind: 'in', seconds: 60 } },
      { expires_at: null },
      '(it shows none instead of 2026-11-25T12:01:00.000Z)',
    ],
    [
      'no end',
      { end: { kind: 'never' } },
      { expires_at: inAnHour },
      `its expiry (it shows ${inAnHour} instead of none)`,
    ],
    ['networks', { cidrs: ['10.0.0.0/8'] }, { cidrs: [] }, 'its IP restrictions (it shows none)'],
    ['networks that are not told', { cidrs: [] }, {}, 'its IP restrictions (it shows no such field)'],
  ])('that neither the answer nor a look shows is not claimed: %s', async (_, update, fields, missing) => {
    api().answers(shown(fields), shown(fields));
    const failure = await failureOf(updating(update));
    expect([failure.code, failure.message]).toEqual(['INVALID_RESPONSE', expect.stringContaining(missing)]);
    expect(hintOf(failure)).toContain('show k3j9x0q2m7ab');
    expect(api().log).toEqual([PATCH, GET]);
  });

  test('that a look shows is done, whatever the answer was', async () => {
    for (const answer of [body('not JSON'), status(500), shown({ name: 'old' })]) {
      api().answers(answer, shown({ name: 'new' }));
      expect((await updating({ name: 'new' })).name).toBe('new');
    }
  });

  test('in doubt that nobody can look at may have been done', async () => {
    api().answers(status(500), status(403));
    const failure = await failureOf(updating({ name: 'new' }));
    expect([failure.code, failure.message]).toEqual([
      'COMMAND_FAILED',
      expect.stringContaining('may have been changed'),
    ]);
    expect(hintOf(failure)).toContain('show k3j9x0q2m7ab');
    expect(failure.nextSteps).toEqual(['pscale-service-token show k3j9x0q2m7ab --org acme']);
  });

  test('that is refused changes nothing, and is not looked at', async () => {
    api().answers(status(403));
    expect((await failureOf(updating({ name: 'new' }))).code).toBe('FORBIDDEN');
    expect(api().log).toEqual([PATCH]);
  });
});

describe('the end that a token is to have', () => {
  const anHour: TokenUpdate = { end: { kind: 'in', seconds: 3_600 } };
  const at = (time: string, headers: Record<string, string> = {}): Answer =>
    json({ ...tokenWithActor, expires_at: time }, 200, headers);

  test.each(['2026-11-25T12:59:55Z', '2026-11-25T13:00:05Z'])('may be a little off: %s', async (time) => {
    api().answers(at(time));
    expect((await updating(anHour)).expires_at).toBe(time);
  });

  test.each(['2026-11-25T12:59:54Z', '2026-11-25T13:00:06Z'])(
    'is another one if it is more off: %s',
    async (time) => {
      api().answers(at(time), at(time));
      expect((await failureOf(updating(anHour))).code).toBe('INVALID_RESPONSE');
    },
  );

  test('counts from the clock of the API, where it says its time', async () => {
    const date = { date: 'Wed, 25 Nov 2026 15:00:00 GMT' };
    api().answers(at('2026-11-25T16:00:00Z', date));
    await updating(anHour);
    api().answers(at(inAnHour, date), at(inAnHour, date));
    expect((await failureOf(updating(anHour))).code).toBe('INVALID_RESPONSE');
  });

  test('counts from any of the tries: the first may have been carried out', async () => {
    api().answers(status(503, { 'retry-after': '8' }), at(inAnHour));
    await updating(anHour);
    api().answers(status(503, { 'retry-after': '8' }), at('2026-11-25T13:00:08Z'));
    await updating(anHour);
    const early = at('2026-11-25T12:59:54Z');
    api().answers(status(503, { 'retry-after': '8' }), early, early);
    expect((await failureOf(updating(anHour))).code).toBe('INVALID_RESPONSE');
  });

  test('that has passed by the next try is not sent', async () => {
    api().answers(json(listOf()), status(503, { 'retry-after': '8' }));
    const failure = await failureOf(updating({ end: { kind: 'at', time: NOW + 5_000 } }));
    expect([failure.code, failure.message]).toEqual([
      'COMMAND_FAILED',
      expect.stringContaining('passed in the meantime'),
    ]);
    expect(api().log.filter((line) => line === PATCH)).toHaveLength(1);
  });
});

describe('an update that is interrupted', () => {
  const reason = new Interrupted('SIGINT');

  test.each<[string, Answer[]]>([
    ['on its way', [noAnswer]],
    ['during the look', [brokenConnection, status(403), noAnswer]],
  ])('%s may have been carried out', async (_, answers) => {
    const interruption = new AbortController();
    api().answers(...answers);
    const clock = new FakeClock({ now: NOW });
    const organization = createTestOrganization({ clock });
    const work = failureOf(
      updateToken(organization, 'k3j9x0q2m7ab', { name: 'new' }, { clock }, interruption.signal),
    );
    await api().received(answers.length);
    interruption.abort(reason);
    const failure = await work;
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure.message).toBe('interrupted by SIGINT\ntoken k3j9x0q2m7ab may have been changed');
  });

  test('before it is sent was not carried out', async () => {
    const clock = new FakeClock({ now: NOW });
    const work = updateToken(
      createTestOrganization({ clock }),
      'k3j9x0q2m7ab',
      { name: 'new' },
      { clock },
      AbortSignal.abort(reason),
    );
    expect(await failureOf(work)).toBe(reason);
    expect(api().log).toEqual([]);
  });
});

test('an update that was lost, and then refused, is looked after', async () => {
  api().answers(brokenConnection, status(403), shown({ name: 'new' }));
  expect((await updating({ name: 'new' })).name).toBe('new');
  expect(api().log).toEqual([PATCH, PATCH, GET]);
});

describe('an API without PATCH', () => {
  test('is one that answers 405', async () => {
    api().answers(status(405));
    const failure = await failureOf(updating({ name: 'new' }));
    expect(failure).toBeInstanceOf(UpdateUnsupported);
    expect([failure.code, hintOf(failure)]).toEqual([
      'API_ERROR',
      expect.stringContaining('Nothing was changed'),
    ]);
  });

  test('is one that answers 404 of a token that a user sees in the list', async () => {
    api().answers(notFound, json(listOf(tokenRow)));
    expect(await failureOf(updating({ name: 'new' }, { asUser: true }))).toBeInstanceOf(UpdateUnsupported);
    expect(api().log).toEqual([PATCH, LIST]);
  });

  test('is not known where the token is not in the list, or a service token asks', async () => {
    api().answers(notFound, json(listOf({ ...tokenRow, id: 'another00000' })));
    expect((await failureOf(updating({ name: 'new' }, { asUser: true }))).code).toBe('NOT_FOUND');
    api().answers(notFound);
    expect((await failureOf(updating({ name: 'new' }))).code).toBe('NOT_FOUND');
  });
});

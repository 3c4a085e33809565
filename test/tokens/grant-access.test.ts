import { describe, expect, test } from 'vitest';
import { grantAccess } from '../../src/tokens/grant-access.ts';
import { createInterruption, type Interruption } from '../../src/values/interruption.ts';
import {
  type Answer,
  accessRow,
  body,
  brokenConnection,
  createTestOrganization,
  failureOf,
  hintOf,
  interceptApi,
  json,
  listOf,
  noAnswer,
  type Setup,
  status,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { testWork } from '../support/work.ts';

const api = interceptApi();

const POST = 'POST /v1/organizations/acme/service-tokens/k3j9x0q2m7ab/access';
const GET = 'GET /v1/organizations/acme/service-tokens/k3j9x0q2m7ab/access?per_page=100';

interface Granting extends Omit<Setup, 'signal'> {
  readonly interruption?: Interruption;
  readonly clock?: FakeClock;
  readonly database?: string;
  readonly access?: readonly string[];
}

function granting({
  clock = new FakeClock(),
  database = 'shop',
  access = ['read_branch', 'create_branch'],
  interruption = createInterruption(),
  ...setup
}: Granting = {}) {
  const organization = createTestOrganization({ ...setup, clock, signal: interruption.signal });
  const work = testWork({ clock, interruption });
  return grantAccess(organization, 'k3j9x0q2m7ab', { database, access }, work);
}

/** What each POST asked for. */
function granted(): unknown[] {
  return api()
    .requests.filter(({ method }) => method === 'POST')
    .map(({ body }): unknown => JSON.parse(body));
}

const holding = (...rows: readonly unknown[]): Answer => json(listOf(...rows));
const READ = accessRow('read_branch', 'shop');
const CREATE = accessRow('create_branch', 'shop');

const lostAnswers: [string, Answer][] = [
  ['a lost connection', brokenConnection],
  ...[502, 503, 504].map((code): [string, Answer] => [`status ${code}`, status(code)]),
];

describe('accesses', () => {
  test('are granted with one request, and what the token then holds is answered', async () => {
    api().answers(holding(accessRow('other', 'crm'), READ, CREATE));
    const rows = await granting();
    expect(rows.map(({ access, resource }) => [access, resource?.name])).toEqual([
      ['other', 'crm'],
      ['read_branch', 'shop'],
      ['create_branch', 'shop'],
    ]);
    expect(api().log).toEqual([POST]);
    expect(granted()).toEqual([{ database: 'shop', access: ['read_branch', 'create_branch'] }]);
  });

  test('of the organization are asked for with an empty database', async () => {
    api().answers(holding(accessRow('read_databases')));
    await granting({ database: '', access: ['read_databases'] });
    expect(granted()).toEqual([{ database: '', access: ['read_databases'] }]);
  });
});

describe('an answer that does not show the grant', () => {
  const NOT_CONFIRMED = 'of create_branch on database shop to token k3j9x0q2m7ab was not confirmed: ';
  const SHOW = 'pscale-service-token show-access k3j9x0q2m7ab --org acme';

  test('is no failure where one look at the token does', async () => {
    api().answers(holding(), holding(accessRow('other', 'crm'), READ, CREATE));
    expect((await granting()).map(({ access }) => access)).toEqual(['other', 'read_branch', 'create_branch']);
    expect(api().log).toEqual([POST, GET]);
  });

  test.each<[string, Answer, string]>([
    [
      'nor does the look',
      holding(READ),
      'the API took it, but neither its answer nor a look at the token shows it',
    ],
    [
      'and there is no look',
      json({ message: 'No' }, 403),
      "the API's answer does not show it, and reading what the token holds failed:",
    ],
  ])('%s: it is not confirmed, and not sent again', async (_, look, why) => {
    api().answers(holding(READ), look);
    const failure = await failureOf(granting());
    expect(failure.name).toBe('UnconfirmedGrant');
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain(NOT_CONFIRMED + why);
    expect(hintOf(failure)).toBe(`Check it with: ${SHOW}`);
    expect(failure.nextSteps).toEqual([SHOW]);
    expect(api().log).toEqual([POST, GET]);
  });

  test('is not looked after once the run was ended', async () => {
    const interruption = createInterruption();
    api().answers((request) => {
      interruption.interrupt('SIGINT');
      return holding()(request);
    });
    expect((await failureOf(granting({ interruption }))).code).toBe('INTERRUPTED');
  });
});

describe('an answer that got lost', () => {
  test.each(lostAnswers)('%s: what the token holds is read, and what is missing is sent', async (_, lost) => {
    api().answers(lost, holding(READ), holding(READ, CREATE));
    expect(await granting()).toHaveLength(2);
    expect(api().log).toEqual([POST, GET, POST]);
    expect(granted().at(-1)).toEqual({ database: 'shop', access: ['create_branch'] });
  });

  test('in time: what the token holds is read, and what is missing is sent', async () => {
    api().answers(noAnswer, holding(CREATE), holding(READ, CREATE));
    const clock = new FakeClock();
    const work = granting({ clock });
    await api().received(1);
    clock.advance(30_000);
    expect(await work).toHaveLength(2);
    expect(granted().at(-1)).toEqual({ database: 'shop', access: ['read_branch'] });
  });

  test.each(lostAnswers)(
    '%s: nothing is sent again where all is held, and what was read is answered',
    async (_, lost) => {
      api().answers(lost, holding(accessRow('other', 'crm'), READ, CREATE));
      expect((await granting()).map(({ access }) => access)).toEqual([
        'other',
        'read_branch',
        'create_branch',
      ]);
      expect(api().log).toEqual([POST, GET]);
    },
  );

  test.each([
    ['of another database', 'shop', [accessRow('read_branch', 'crm'), accessRow('create_branch', 'crm')]],
    ['of the organization', 'shop', [accessRow('read_branch'), accessRow('create_branch')]],
    ['of a database, for the organization', '', [READ, CREATE]],
    [
      'of a database with the name of the organization',
      '',
      [accessRow('read_branch', 'acme'), accessRow('create_branch', 'acme')],
    ],
    [
      'of an organization with the name of the database',
      'shop',
      ['read_branch', 'create_branch'].map((access) => ({
        id: access,
        access,
        resource: { type: 'Organization', name: 'shop' },
      })),
    ],
  ])('accesses of the same name %s do not count as held', async (_, database, held) => {
    const shown = holding(accessRow('read_branch', database), accessRow('create_branch', database));
    api().answers(brokenConnection, holding(...held), shown);
    await granting({ database });
    const asked = { database, access: ['read_branch', 'create_branch'] };
    expect(granted()).toEqual([asked, asked]);
  });

  test('several times: only what is still missing is sent each time', async () => {
    const DELETE_BRANCH = accessRow('delete_branch', 'shop');
    api().answers(
      brokenConnection,
      holding(READ),
      status(503),
      holding(READ, CREATE),
      holding(READ, CREATE, DELETE_BRANCH),
    );
    await granting({ access: ['read_branch', 'create_branch', 'delete_branch'] });
    expect(granted()).toEqual(
      [
        ['read_branch', 'create_branch', 'delete_branch'],
        ['create_branch', 'delete_branch'],
        ['delete_branch'],
      ].map((access) => ({ database: 'shop', access })),
    );
  });

  test('is waited after as any other, by backoff or as the API asks', async () => {
    const clock = new FakeClock();
    api().answers(
      status(503),
      holding(),
      status(504, { 'retry-after': '3' }),
      holding(),
      holding(READ, CREATE),
    );
    await granting({ clock });
    expect(clock.slept).toEqual([188, 3_000]);
  });

  test('that still is not all granted after the last look is the failure', async () => {
    api().always((request) => (request.method === 'POST' ? status(503)(request) : holding(READ)(request)));
    const failure = await failureOf(granting());
    expect(failure.message).toBe('the PlanetScale API answered 503 without saying why');
    expect(granted().at(-1)).toEqual({ database: 'shop', access: ['create_branch'] });
  });

  test('with a longer wait than there is time for ends it, by the length', async () => {
    api().answers(status(429, { 'retry-after': '60' }));
    const failure = await failureOf(granting());
    expect(failure.code).toBe('RATE_LIMITED');
    expect(hintOf(failure)).toContain('60 s');
    expect(granted()).toHaveLength(1);
  });

  test('four times ends it', async () => {
    const clock = new FakeClock();
    api().always((request) => (request.method === 'POST' ? status(503)(request) : holding()(request)));
    const failure = await failureOf(granting({ clock }));
    expect(failure.code).toBe('API_ERROR');
    expect(granted()).toHaveLength(4);
    expect(clock.waited).toBeLessThanOrEqual(10_000);
  });

  test('the last time is looked after like the others', async () => {
    let posts = 0;
    api().always((request) => {
      if (request.method === 'GET') return holding(...(posts === 4 ? [READ, CREATE] : []))(request);
      posts += 1;
      return brokenConnection(request);
    });
    expect(await granting()).toHaveLength(2);
    expect(granted()).toHaveLength(4);
  });
});

describe('a refusal for now', () => {
  test('is sent again as it was, without a look: nothing was done', async () => {
    const clock = new FakeClock();
    api().answers(status(429), status(429, { 'retry-after': '2' }), holding(READ, CREATE));
    expect(await granting({ clock })).toHaveLength(2);
    expect(api().log).toEqual([POST, POST, POST]);
    expect(new Set(granted().map((body) => JSON.stringify(body))).size).toBe(1);
    expect(clock.slept).toEqual([375, 2_000]);
  });

  test('four times ends it, without a look', async () => {
    api().always(status(429));
    expect((await failureOf(granting())).code).toBe('RATE_LIMITED');
    expect(api().log).toEqual([POST, POST, POST, POST]);
  });

  test('that asks for a longer wait than there is time for ends it, without a look', async () => {
    api().answers(status(429, { 'retry-after': '60' }));
    const failure = await failureOf(granting());
    expect(hintOf(failure)).toContain('60 s');
    expect(api().log).toEqual([POST]);
  });
});

describe('an answer that cannot be used, and is not worth a second try', () => {
  const unusable: [string, string, Answer][] = [
    ['status 500', 'API_ERROR', json({ message: 'Oops' }, 500)],
    ['a page for people', 'INVALID_RESPONSE', body('<html>')],
    ['JSON of another kind', 'INVALID_RESPONSE', json({ data: 'none' })],
  ];

  test.each(unusable)('%s: is done where the token holds all', async (_, __, answer) => {
    api().answers(answer, holding(READ, CREATE));
    expect(await granting()).toHaveLength(2);
    expect(api().log).toEqual([POST, GET]);
  });

  test.each(unusable)('%s: is the failure where it does not', async (_, code, answer) => {
    api().answers(answer, holding(READ));
    const failure = await failureOf(granting());
    expect(failure.code).toBe(code);
    expect(failure.message).not.toContain('may have been granted');
    expect(api().log).toEqual([POST, GET]);
  });

  test.each(unusable)('%s: may be done where that cannot be read', async (_, __, answer) => {
    api().answers(answer, json({ message: 'Hands off' }, 403));
    const failure = await failureOf(granting());
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain('The permissions may have been granted');
    expect(hintOf(failure)).toContain('show-access');
  });
});

describe('a failure to read what the token holds', () => {
  test.each<[string, Answer[]]>([
    ['a refusal', [json({ message: 'Hands off' }, 403)]],
    ['a broken API', [json({ message: 'Oops' }, 500)]],
    ['an answer that is not JSON', [json('nothing')]],
    ['an API out of reach', Array.from({ length: 4 }, () => brokenConnection)],
  ])('%s: says that the permissions may have been granted', async (_, answers) => {
    api().answers(status(503), ...answers);
    const failure = await failureOf(granting());
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain('may have been granted');
    expect(failure.message).toContain('the PlanetScale API answered 503');
    expect(hintOf(failure)).toContain('show-access');
    expect(granted()).toHaveLength(1);
  });

  test('is named beside the failure it came after', async () => {
    api().answers(brokenConnection, json({ message: 'Hands off' }, 403));
    const { message } = await failureOf(granting());
    expect(message).toContain('could not reach the PlanetScale API');
    expect(message).toContain('Hands off');
  });

  test('after accesses were granted and answered in part does not hide that', async () => {
    api().answers(json({ ...listOf(READ), next_page: 2 }), json({ message: 'Hands off' }, 403));
    const failure = await failureOf(granting());
    expect(failure.message).toMatch(/granted/);
  });
});

describe('any other failure', () => {
  test.each([400, 401, 403, 404, 409, 422])('goes straight through: status %i', async (code) => {
    api().answers(json({ message: 'No' }, code));
    const clock = new FakeClock();
    const failure = await failureOf(granting({ clock }));
    expect(failure.code).not.toBe('COMMAND_FAILED');
    expect(api().log).toEqual([POST]);
    expect(clock.slept).toEqual([]);
  });

  test('goes straight through after a lost answer, too', async () => {
    api().answers(status(503), holding(), json({ message: 'no such access' }, 422));
    const failure = await failureOf(granting());
    expect([failure.code, failure.message]).toEqual(['INVALID_REQUEST', 'no such access']);
  });
});

describe('an interruption', () => {
  test.each<[string, Answer[]]>([
    ['while accesses are granted', [noAnswer]],
    ['while what is held is read', [status(503), noAnswer]],
    ['while an answer that is cut into pages is read', [json({ ...listOf(READ), next_page: 2 }), noAnswer]],
  ])('ends it at once %s', async (_, answers) => {
    const interruption = createInterruption();
    api().answers(...answers);
    const work = granting({ interruption });
    await api().received(answers.length);
    interruption.interrupt('SIGINT');
    await expect(work).rejects.toBe(interruption.cause());
    expect(api().requests).toHaveLength(answers.length);
  });

  test('ends it at once during the wait', async () => {
    const interruption = createInterruption();
    const clock = new FakeClock({ held: true });
    api().answers(status(503));
    const asleep = clock.nextSleep();
    const work = granting({ clock, interruption });
    await asleep;
    interruption.interrupt('SIGINT');
    await expect(work).rejects.toBe(interruption.cause());
    expect(api().log).toEqual([POST]);
  });
});

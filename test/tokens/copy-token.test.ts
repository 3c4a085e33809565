import { describe, expect, test } from 'vitest';
import { lifetimeOf, readModel, verifyCopy } from '../../src/tokens/copy-token.ts';
import type { IssueEvent } from '../../src/tokens/issue-token.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import {
  type Answer,
  brokenConnection,
  createTestOrganization,
  failureOf,
  grantRow,
  hintOf,
  interceptApi,
  json,
  listOf,
  status,
  tokenRow,
  tokenWithActor,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { testWork } from '../support/work.ts';

const api = interceptApi();

const TOKEN = '/v1/organizations/acme/service-tokens/k3j9x0q2m7ab';
const GRANTS = `GET ${TOKEN}/grants?per_page=100`;
const TRY = 'GET /v1/organizations?per_page=100';

/** What a token holds on one resource, as the API answers it. */
function grant(type: string, name: string, ...accesses: readonly string[]): Record<string, unknown> {
  const rows = accesses.map((access) => ({ access, description: 'May do it' }));
  return {
    ...grantRow,
    resource_id: `${type}-${name}`,
    resource_type: type,
    resource_name: name,
    accesses: rows,
  };
}

const STRICT = { without: new Set<string>(), isRestrictionSaid: false };

/** Both requests of a model are sent at once. */
function answerModel(token: Answer, grants: Answer): void {
  api().always((request) => (request.url.includes('/grants') ? grants : token)(request));
}

describe('the model of a copy', () => {
  test('is what the token is, and what it holds in the order of the API', async () => {
    answerModel(
      json(tokenWithActor),
      json(
        listOf(
          grant('Database', 'shop', 'read_branch', 'create_branch'),
          grant('Organization', 'acme', 'read_databases'),
          grant('Database', 'blog', 'connect_branch'),
        ),
      ),
    );
    const { token, access } = await readModel(createTestOrganization(), 'k3j9x0q2m7ab', STRICT);
    expect(token.name).toBe('ci-deploy');
    expect(access).toEqual([
      { database: 'shop', access: ['read_branch', 'create_branch'] },
      { database: '', access: ['read_databases'] },
      { database: 'blog', access: ['connect_branch'] },
    ]);
    expect(api().log.toSorted()).toEqual([`GET ${TOKEN}`, GRANTS]);
  });

  test('of a token that holds nothing is nothing', async () => {
    answerModel(json(tokenWithActor), json(listOf(grant('Database', 'shop'), grant('Branch', 'main'))));
    expect((await readModel(createTestOrganization(), 'k3j9x0q2m7ab', STRICT)).access).toEqual([]);
  });

  test('does not leave out what this program does not understand: there is none', async () => {
    answerModel(
      json(tokenWithActor),
      json(
        listOf(grant('Database', 'shop', 'read_branch'), grant('Branch', 'main', 'read_branch', 'promote')),
      ),
    );
    const failure = await failureOf(readModel(createTestOrganization(), 'k3j9x0q2m7ab', STRICT));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toBe(
      'token k3j9x0q2m7ab holds read_branch, promote on Branch main, a kind of grant that this program does not understand',
    );
    expect(hintOf(failure)).toContain('A copy would not have the same permissions');
  });
});

describe('how long a token was made for', () => {
  test.each([
    ['2026-05-01T10:00:00Z', '2026-05-31T10:00:00Z', 30 * 86_400],
    // The API's two times are taken a moment apart.
    ['2026-05-01T10:00:00.123Z', '2026-05-01T11:00:00.120Z', 3_600],
    ['2026-05-01T10:00:00Z', '2026-05-01T10:00:00Z', 1],
    ['2026-05-01T10:00:00Z', null, undefined],
  ])('made %s, until %s', (created_at, expires_at, seconds) => {
    const token = { ...tokenRow, created_at, updated_at: created_at, expires_at };
    expect(lifetimeOf(token, 0)).toEqual({ kind: 'known', ttl: seconds });
  });

  test.each([undefined, null])('is unknown where %s tells whether it was changed since', (updated_at) => {
    const token = { ...tokenRow, updated_at, expires_at: '2026-05-01T11:00:00Z' };
    const left = Date.parse(token.expires_at) / 1_000;
    expect(lifetimeOf(token, 0)).toEqual({ kind: 'unknown', span: 3_600, left });
  });
});

describe('a copy', () => {
  const access = [
    { database: 'shop', access: ['read_branch', 'create_branch'] },
    { database: '', access: ['read_databases'] },
  ];
  const same = json(
    listOf(
      grant('Organization', 'acme', 'read_databases'),
      grant('Database', 'shop', 'create_branch', 'read_branch'),
    ),
  );
  const works = json(listOf({ name: 'other' }, { name: 'acme' }));

  function verifying(clock = new FakeClock(), interruption = createInterruption()): Promise<void> {
    const { signal } = interruption;
    const organization = createTestOrganization({ clock, signal });
    const id = { value: 'k3j9x0q2m7ab', source: { kind: 'created' } } as const;
    const secret = { value: 'pscale_tkn_new', source: { kind: 'created' } } as const;
    const credentials = { kind: 'service-token', id, secret } as const;
    const asNew = createTestOrganization({ clock, signal, credentials });
    const work = { ...testWork<IssueEvent>({ clock, interruption }), organizationAs: async () => asNew };
    return verifyCopy(
      { tokenId: 'k3j9x0q2m7ab', access, cidrs: [], carried: new Map() },
      organization,
      asNew,
      work,
    );
  }

  test('that holds the same, in whatever order, and authenticates is one', async () => {
    api().answers(same, works);
    await verifying();
    expect(api().log).toEqual([GRANTS, TRY]);
    const credentials = api().requests.map(({ headers }) => headers.authorization);
    expect(credentials[0]).not.toContain('k3j9x0q2m7ab');
    expect(credentials[1]).toBe('k3j9x0q2m7ab:pscale_tkn_new');
  });

  test.each<[string, Record<string, unknown>[], string]>([
    [
      'less on a resource',
      [grant('Organization', 'acme', 'read_databases'), grant('Database', 'shop', 'read_branch')],
      'it does not hold shop=create_branch',
    ],
    [
      'nothing on a resource',
      [grant('Database', 'shop', 'read_branch', 'create_branch')],
      'it does not hold read_databases',
    ],
    ['nothing at all', [], 'it does not hold shop=read_branch, shop=create_branch, read_databases'],
    [
      'the same on another resource',
      [
        grant('Organization', 'acme', 'read_databases'),
        grant('Database', 'blog', 'read_branch', 'create_branch'),
      ],
      'it does not hold shop=read_branch, shop=create_branch',
    ],
    [
      'more',
      [
        grant('Organization', 'acme', 'read_databases', 'delete_databases'),
        grant('Database', 'shop', 'read_branch', 'create_branch'),
      ],
      'it holds delete_databases as well',
    ],
  ])('that holds %s is none, and is not tried', async (_, rows, message) => {
    api().answers(json(listOf(...rows)));
    const failure = await failureOf(verifying());
    expect([failure.code, failure.message]).toEqual(['COMMAND_FAILED', message]);
    expect(api().log).toEqual([GRANTS]);
  });

  test('that belongs to another organization is none', async () => {
    api().answers(same, json(listOf({ name: 'other' })));
    expect((await failureOf(verifying())).message).toBe('it does not belong to organization acme');
  });

  test('may take a moment until it works', async () => {
    api().answers(same, status(401), status(401), works);
    const clock = new FakeClock();
    await verifying(clock);
    expect(clock.slept).toEqual([500, 1_000]);
  });

  test('that never works is none', async () => {
    api().answers(same);
    api().always(status(401));
    const clock = new FakeClock();
    expect((await failureOf(verifying(clock))).code).toBe('AUTH_INVALID');
    expect(clock.slept).toEqual([500, 1_000, 2_000]);
    expect(api().log).toEqual([GRANTS, TRY, TRY, TRY, TRY]);
  });

  test.each<[string, Answer, string]>([
    ['broken', json({ message: 'Oops' }, 500), 'API_ERROR'],
    ['out of reach', brokenConnection, 'NETWORK_ERROR'],
  ])('is none where the API is %s: that is not a matter of time', async (_, answer, code) => {
    api().answers(same);
    api().always(answer);
    expect((await failureOf(verifying())).code).toBe(code);
  });

  test('is not waited for once the command is interrupted', async () => {
    api().answers(same, status(401));
    const clock = new FakeClock({ held: true });
    const interruption = createInterruption();
    const asleep = clock.nextSleep();
    const work = failureOf(verifying(clock, interruption));
    await asleep;
    interruption.interrupt('SIGINT');
    expect((await work).code).toBe('INTERRUPTED');
    expect(clock.sleeping).toBe(0);
  });
});

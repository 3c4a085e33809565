import { describe, expect, test } from 'vitest';
import permissions from '../../fixtures/permissions.json' with { type: 'json' };
import {
  type AccessChange,
  BRANCHES,
  column,
  DATABASES,
  startApi,
  type TestApi,
  TOKENS,
} from '../support/api.ts';
import { type DocumentedOperation, OPERATIONS } from '../support/openapi.ts';

/** What the document leaves open, decided here as docs/emulator.md says. */
const UNPUBLISHED: Readonly<Record<string, string[]>> = {
  list_service_token_access: ['read_service_tokens'],
  list_service_token_grants: ['read_service_tokens'],
  add_service_token_access: ['write_service_tokens'],
  delete_service_token_access: ['write_service_tokens'],
};

const ALL_ACCESS: AccessChange[] = [
  { database: '', access: permissions.permissions.organization.map(({ name }) => name) },
  { database: 'shop', access: permissions.permissions.database.map(({ name }) => name) },
];

interface Case extends DocumentedOperation {
  /** Where the accesses are held: a database, or '' for the organization. */
  readonly resource: '' | 'shop';
  readonly accepted: readonly string[];
}

const CASES: Case[] = OPERATIONS.map((operation) => ({
  ...operation,
  resource: operation.path.includes('/databases') ? 'shop' : '',
  accepted: UNPUBLISHED[operation.id] ?? operation.anyOf,
}));
/** The two that let every token in, and show it no more than its own. */
const LISTS = ['list_organizations', 'list_databases'];
const GUARDED = CASES.filter(({ id }) => !LISTS.includes(id));

/** A request that succeeds for whoever may make it. */
async function attempt(api: TestApi, { id: operation, method, path }: Case, as: string) {
  const { id } = await api.tokenWith({ database: '', access: ['write_service_tokens'] });
  if (operation === 'delete_branch') await api.call('POST', BRANCHES, { json: { name: 'target' } });
  const target = path
    .replace('{organization}', 'acme')
    .replace('{database}', 'shop')
    .replace('{branch}', operation === 'delete_branch' ? 'target' : 'main')
    .replace('{id}', id);
  const bodies: Readonly<Record<string, unknown>> = {
    create_service_token: {},
    create_branch: { name: 'made' },
    add_service_token_access: { database: '', access: ['write_service_tokens'] },
    delete_service_token_access: { database: '', access: ['write_service_tokens'] },
  };
  return api.call(method, target, { as, json: bodies[operation] });
}

/** Shows every database by the page of permissions, and not by the document. */
const EVERY_DATABASE = 'read_databases';

describe.each(GUARDED)('$id', (operation) => {
  const { resource, accepted } = operation;
  const refusal = resource === '' ? 403 : 404;

  test.each(accepted.map((name) => ({ name })))('is allowed by $name alone', async ({ name }) => {
    const api = await startApi();
    const { as } = await api.tokenWith({ database: resource, access: [name] });
    const { status } = await attempt(api, operation, as);
    expect(status).toBe(success(operation));
  });

  test('is refused to a token that holds nothing', async () => {
    const api = await startApi();
    const { as } = await api.tokenWith();
    expect(await attempt(api, operation, as)).toMatchObject({
      status: refusal,
      body: { code: resource === '' ? 'forbidden' : 'not_found' },
    });
  });

  test('is refused to a token that holds everything else', async () => {
    const api = await startApi();
    const reads = operation.id === 'get_database';
    const { as } = await api.tokenWith(
      ...ALL_ACCESS.map(({ database, access }) => ({
        database,
        access: access.filter(
          (name) =>
            (database !== resource || !accepted.includes(name)) && !(reads && name === EVERY_DATABASE),
        ),
      })).filter(({ access }) => access.length > 0),
    );
    expect(await attempt(api, operation, as)).toMatchObject({ status: refusal });
  });
});

/** The first success that is documented. */
function success({ statuses }: Case): number {
  return Number(statuses.find((status) => status.startsWith('2')));
}

test('every operation of the document is covered', () => {
  expect(GUARDED).toHaveLength(OPERATIONS.length - LISTS.length);
  for (const { accepted } of GUARDED) expect(accepted).not.toEqual([]);
});

describe('the organizations list', () => {
  test('is open to a token that holds nothing', async () => {
    const api = await startApi();
    const { as } = await api.tokenWith();
    expect(column(await api.call('GET', '/organizations', { as }), 'name')).toEqual(['acme']);
  });
});

describe('the databases list', () => {
  const listing = CASES.find(({ id }) => id === 'list_databases');

  test('is empty for a token that holds nothing', async () => {
    const api = await startApi();
    const { as } = await api.tokenWith();
    const answer = await api.call('GET', DATABASES, { as });
    expect(answer).toMatchObject({ status: 200, body: { data: [], total_count: 0 } });
  });

  test.each((listing?.anyOf ?? []).map((name) => ({ name })))(
    'shows a database to $name',
    async ({ name }) => {
      const api = await startApi();
      const { as } = await api.tokenWith({ database: 'blog', access: [name] });
      expect(column(await api.call('GET', DATABASES, { as }), 'name')).toEqual(['blog']);
    },
  );

  test('shows every database to read_databases', async () => {
    const api = await startApi();
    const { as } = await api.tokenWith({ database: '', access: ['read_databases'] });
    const names = column(await api.call('GET', DATABASES, { as }), 'name');
    expect(names).toEqual(column(await api.call('GET', DATABASES), 'name'));
    expect(names).not.toEqual([]);
  });

  test('shows no database to all other accesses', async () => {
    const api = await startApi();
    const { as } = await api.tokenWith(
      ...ALL_ACCESS.map(({ database, access }) => ({
        database,
        access: access.filter((name) => !listing?.anyOf.includes(name) && name !== EVERY_DATABASE),
      })),
    );
    expect(column(await api.call('GET', DATABASES, { as }), 'name')).toEqual([]);
  });

  test('shows every database, and each one, to read_databases', async () => {
    const api = await startApi();
    const { as } = await api.tokenWith({ database: '', access: [EVERY_DATABASE] });
    expect(column(await api.call('GET', DATABASES, { as }), 'name')).toEqual(['shop', 'blog']);
    expect(await api.call('GET', `${DATABASES}/blog`, { as })).toMatchObject({ status: 200 });
    expect(await api.call('GET', `${DATABASES}/none`, { as })).toMatchObject({ status: 404 });
  });
});

test('an access on one database opens no other', async () => {
  const api = await startApi();
  const { as } = await api.tokenWith({ database: 'blog', access: ['read_branch'] });
  expect(await api.call('GET', `${DATABASES}/blog/branches`, { as })).toMatchObject({ status: 200 });
  expect(await api.call('GET', BRANCHES, { as })).toMatchObject({ status: 404 });
});

test('an access that was taken away no longer opens anything', async () => {
  const api = await startApi();
  const { id, as } = await api.tokenWith({ database: 'shop', access: ['read_branch', 'read_backups'] });
  await api.call('DELETE', `${TOKENS}/${id}/access`, { json: { database: 'shop', access: ['read_branch'] } });
  expect(await api.call('GET', BRANCHES, { as })).toMatchObject({ status: 404 });
  expect(await api.call('GET', `${DATABASES}/shop`, { as })).toMatchObject({ status: 200 });
});

test('an unknown organization is not found, even by who may do nothing', async () => {
  const api = await startApi();
  const { as } = await api.tokenWith();
  expect(await api.call('GET', '/organizations/other/service-tokens', { as })).toMatchObject({ status: 404 });
});

describe('a token that may change tokens', () => {
  test('gives what it holds itself, there', async () => {
    const api = await startApi();
    const giver = await api.tokenWith(
      { database: '', access: ['write_service_tokens'] },
      { database: 'shop', access: ['read_branch'] },
    );
    const { id } = await api.tokenWith();
    const give = (database: string, access: string[]) =>
      api.call('POST', `${TOKENS}/${id}/access`, { as: giver.as, json: { database, access } });
    expect(await give('shop', ['read_branch'])).toMatchObject({ status: 200 });
    expect(await give('shop', ['read_branch', 'delete_branch'])).toMatchObject({ status: 403 });
    expect(await give('blog', ['read_branch'])).toMatchObject({ status: 403 });
    expect(column(await api.call('GET', `${TOKENS}/${id}/access`), 'access')).toEqual(['read_branch']);
  });

  test('cannot raise itself', async () => {
    const api = await startApi();
    const { id, as } = await api.tokenWith({ database: '', access: ['write_service_tokens'] });
    const json = { database: '', access: ['delete_service_tokens'] };
    expect(await api.call('POST', `${TOKENS}/${id}/access`, { as, json })).toMatchObject({ status: 403 });
  });
});

import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type ApiAnswer, column, startApi, type TestApi, TOKENS } from './support/api.ts';

const ACCESS = `${TOKENS}/target/access`;
const GRANTS = `${TOKENS}/target/grants`;
const seed = { tokens: [{ id: 'target' }] };

const give = (api: TestApi, database: string, ...access: string[]) =>
  api.call('POST', ACCESS, { json: { database, access } });
const take = (api: TestApi, database: string, ...access: string[]) =>
  api.call('DELETE', ACCESS, { json: { database, access } });

const rowShape = z.object({
  data: z.array(z.object({ access: z.string(), resource: z.object({ name: z.string() }) })),
});

/** `resource access` of each row, in order. */
function held(answer: ApiAnswer): string[] {
  return rowShape.parse(answer.body).data.map(({ access, resource }) => `${resource.name} ${access}`);
}

describe('giving', () => {
  test('answers everything the token then holds, resources and accesses in order of first grant', async () => {
    const api = await startApi({ seed });
    expect(held(await give(api, 'shop', 'read_branch', 'create_branch'))).toEqual([
      'shop read_branch',
      'shop create_branch',
    ]);
    await give(api, '', 'read_databases');
    await give(api, 'blog', 'read_branch');
    const all = await give(api, 'shop', 'delete_branch');
    expect(held(all)).toEqual([
      'shop read_branch',
      'shop create_branch',
      'shop delete_branch',
      'acme read_databases',
      'blog read_branch',
    ]);
    expect(held(await api.call('GET', ACCESS))).toEqual(held(all));
  });

  test('has one row an access and resource', async () => {
    const api = await startApi({ seed });
    await give(api, 'shop', 'read_branch');
    const { body } = await give(api, '', 'read_databases');
    expect(body).toMatchObject({
      type: 'list',
      next_page: null,
      data: [
        { type: 'DatabaseAccess', resource: { type: 'Database', name: 'shop' } },
        { type: 'OrganizationAccess', resource: { type: 'Organization', name: 'acme' } },
      ],
    });
    const ids = column(await api.call('GET', ACCESS), 'id');
    expect(new Set(ids).size).toBe(2);
  });

  test('twice changes nothing, nor does naming an access twice', async () => {
    const api = await startApi({ seed });
    await give(api, 'shop', 'read_branch', 'create_branch');
    expect(held(await give(api, 'shop', 'create_branch', 'create_branch'))).toEqual([
      'shop read_branch',
      'shop create_branch',
    ]);
  });

  test('does not count as a change of the token', async () => {
    let now = Date.parse('2026-05-01T10:00:00.000Z');
    const api = await startApi({ seed, clock: { now: () => now } });
    now += 5_000;
    await give(api, 'shop', 'read_branch');
    expect((await api.call('GET', `${TOKENS}/target`)).body).toMatchObject({
      created_at: '2026-05-01T10:00:00.000Z',
      updated_at: '2026-05-01T10:00:00.000Z',
    });
  });
});

describe('taking away', () => {
  test('leaves the rest', async () => {
    const api = await startApi({ seed });
    await give(api, 'shop', 'read_branch', 'create_branch', 'delete_branch');
    expect(await take(api, 'shop', 'create_branch')).toMatchObject({ status: 200, text: '' });
    expect(held(await api.call('GET', ACCESS))).toEqual(['shop read_branch', 'shop delete_branch']);
  });

  test('what is not held changes nothing', async () => {
    const api = await startApi({ seed });
    await give(api, 'shop', 'read_branch');
    expect(await take(api, 'blog', 'read_branch')).toMatchObject({ status: 200 });
    expect(await take(api, 'shop', 'create_branch')).toMatchObject({ status: 200 });
    expect(held(await api.call('GET', ACCESS))).toEqual(['shop read_branch']);
  });

  test('the last access makes the resource go; given again, it goes to the end', async () => {
    const api = await startApi({ seed });
    await give(api, 'shop', 'read_branch');
    await give(api, 'blog', 'read_branch');
    await take(api, 'shop', 'read_branch');
    expect(column(await api.call('GET', GRANTS), 'resource_name')).toEqual(['blog']);
    await give(api, 'shop', 'read_branch');
    expect(column(await api.call('GET', GRANTS), 'resource_name')).toEqual(['blog', 'shop']);
  });
});

describe.each(['POST', 'DELETE'])('%s refuses', (method) => {
  const change = (api: TestApi, json: unknown) => api.call(method, ACCESS, { json });

  test.each([
    ['an unknown name', { database: 'shop', access: ['wat'] }, 'Access wat is not valid'],
    [
      'a name of the organization on a database',
      { database: 'shop', access: ['read_databases'] },
      'Access read_databases is not valid',
    ],
    [
      'a name of a database on the organization',
      { database: '', access: ['read_branch'] },
      'Access read_branch is not valid',
    ],
    ['a name that is none', { database: '', access: [5] }, 'Access 5 is not valid'],
    ['an empty list', { database: 'shop', access: [] }, "Access can't be blank"],
    ['no list', { database: 'shop' }, 'Access is not valid'],
    ['a text for the list', { database: 'shop', access: 'read_branch' }, 'Access is not valid'],
    ['no database, which is not the organization', { access: ['read_databases'] }, 'Database is not valid'],
    ['no body', undefined, 'Database is not valid'],
  ])('%s', async (_, json, message) => {
    const api = await startApi({ seed });
    expect(await change(api, json)).toMatchObject({ status: 422, body: { code: 'unprocessable', message } });
  });

  test('an unknown database or token', async () => {
    const api = await startApi({ seed });
    expect(await change(api, { database: 'nope', access: ['read_branch'] })).toMatchObject({ status: 404 });
    const other = `${TOKENS}/nope/access`;
    const json = { database: 'shop', access: ['read_branch'] };
    expect(await api.call(method, other, { json })).toMatchObject({ status: 404 });
  });

  test('a body that is not JSON', async () => {
    const api = await startApi({ seed });
    expect(await api.call(method, ACCESS, { text: '{"database":' })).toMatchObject({ status: 400 });
  });

  test('all of a list for one bad name in it', async () => {
    const api = await startApi({ seed });
    await give(api, 'shop', 'read_branch');
    const names = ['read_branch', 'create_branch', 'wat'];
    expect(await change(api, { database: 'shop', access: names })).toMatchObject({ status: 422 });
    expect(held(await api.call('GET', ACCESS))).toEqual(['shop read_branch']);
  });
});

test('grants have one row a resource, with the accesses described', async () => {
  const api = await startApi({ seed });
  await give(api, 'shop', 'read_branch', 'create_branch');
  await give(api, '', 'read_databases');
  const { body } = await api.call('GET', GRANTS);
  expect(body).toMatchObject({
    total_count: 2,
    data: [
      {
        type: 'ServiceTokenGrant',
        resource_name: 'shop',
        resource_type: 'Database',
        accesses: [
          { access: 'read_branch', description: 'Read branch' },
          { access: 'create_branch', description: 'Create branch' },
        ],
      },
      { resource_name: 'acme', resource_type: 'Organization', accesses: [{ access: 'read_databases' }] },
    ],
  });
  const [id] = column(await api.call('GET', GRANTS), 'id');
  expect(column(await api.call('GET', GRANTS), 'resource_id')[0]).toBe(id);
});

test.each([
  ['access', 'access'],
  ['grants', 'resource_name'],
])('%s is paged', async (list, field) => {
  const api = await startApi({ seed });
  await give(api, 'shop', 'read_branch');
  await give(api, 'blog', 'create_branch');
  const first = await api.call('GET', `${TOKENS}/target/${list}?per_page=1`);
  const second = await api.call('GET', `${TOKENS}/target/${list}?per_page=1&page=2`);
  expect(first.body).toMatchObject({ next_page: 2, total_pages: 2 });
  expect(second.body).toMatchObject({ next_page: null, prev_page: 1 });
  const both = column(await api.call('GET', `${TOKENS}/target/${list}`), field);
  expect([...column(first, field), ...column(second, field)]).toEqual(both);
});

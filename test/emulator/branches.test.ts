import { describe, expect, test } from 'vitest';
import { BRANCHES, column, startApi } from './support/api.ts';

const NOW = Date.parse('2026-05-01T10:00:00.000Z');

describe('creating', () => {
  test('makes a development branch of the default one', async () => {
    const api = await startApi({ clock: { now: () => NOW }, randomId: () => 'b7n6v5c4x3z2' });
    const json = { name: 'feature-1', parent_branch: '', cluster_size: 'PS_20' };
    expect(await api.call('POST', BRANCHES, { json })).toMatchObject({
      status: 201,
      body: {
        id: 'b7n6v5c4x3z2',
        name: 'feature-1',
        parent_branch: 'main',
        production: false,
        ready: true,
        state: 'ready',
        kind: 'mysql',
        cluster_name: 'PS_20',
        created_at: '2026-05-01T10:00:00.000Z',
        actor: { type: 'ServiceToken' },
        html_url: 'https://app.planetscale.com/acme/shop/feature-1',
        url: `${api.emulator.url}/v1${BRANCHES}/feature-1`,
      },
    });
  });

  test('obeys parent, region, protection and the size as Postgres clients name it', async () => {
    const api = await startApi();
    await api.call('POST', BRANCHES, { json: { name: 'one', region: 'eu-west' } });
    const json = { name: 'two', parent_branch: 'one', cluster_name: 'PS_10', deletion_protected: true };
    expect((await api.call('POST', BRANCHES, { json })).body).toMatchObject({
      parent_branch: 'one',
      region: { slug: 'eu-west', display_name: 'EU West' },
      cluster_name: 'PS_10',
      deletion_protected: true,
    });
  });

  test.each([
    ['no name', {}, 'Name is not valid'],
    ['a blank name', { name: ' \t' }, "Name can't be blank"],
    ['a name that is taken', { name: 'main' }, 'Name has already been taken'],
    ['an unknown parent', { name: 'x', parent_branch: 'nope' }, 'Parent branch nope does not exist'],
    ['a parent that is none', { name: 'x', parent_branch: 5 }, 'Parent branch is not valid'],
  ])('refuses %s', async (_, json, message) => {
    const api = await startApi();
    expect(await api.call('POST', BRANCHES, { json })).toMatchObject({
      status: 422,
      body: { code: 'unprocessable', message },
    });
    expect(column(await api.call('GET', BRANCHES), 'name')).toEqual(['main']);
  });

  test('a name may be used in two databases', async () => {
    const api = await startApi();
    await api.call('POST', BRANCHES, { json: { name: 'dev' } });
    const other = BRANCHES.replace('shop', 'blog');
    expect(await api.call('POST', other, { json: { name: 'dev' } })).toMatchObject({ status: 201 });
  });
});

test('a branch is pending until its time has come', async () => {
  let now = NOW;
  const api = await startApi({ seed: { branch_ready_after: 2.5 }, clock: { now: () => now } });
  const json = { name: 'dev' };
  expect((await api.call('POST', BRANCHES, { json })).body).toMatchObject({ ready: false, state: 'pending' });
  now += 2_499;
  expect((await api.call('GET', `${BRANCHES}/dev`)).body).toMatchObject({ ready: false });
  now += 1;
  expect((await api.call('GET', `${BRANCHES}/dev`)).body).toMatchObject({ ready: true, state: 'ready' });
});

test('a branch that the seed says is not ready never gets ready', async () => {
  let now = NOW;
  const branches = [
    { name: 'main', production: true },
    { name: 'stuck', ready: false },
  ];
  const api = await startApi({
    seed: { databases: [{ name: 'shop', branches }] },
    clock: { now: () => now },
  });
  now += 365 * 86_400_000;
  expect((await api.call('GET', `${BRANCHES}/stuck`)).body).toMatchObject({ ready: false, state: 'pending' });
});

describe('deleting', () => {
  const branches = [
    { name: 'main', production: true },
    { name: 'dev' },
    { name: 'dev-child', parent: 'dev' },
    { name: 'dev-grandchild', parent: 'dev-child' },
    { name: 'other', parent: 'main' },
  ];
  const seed = { databases: [{ name: 'shop', branches }] };

  test('a branch without children', async () => {
    const api = await startApi({ seed });
    expect(await api.call('DELETE', `${BRANCHES}/other`)).toMatchObject({ status: 204 });
    expect(await api.call('GET', `${BRANCHES}/other`)).toMatchObject({ status: 404 });
  });

  test.each(['', '?delete_descendants=false', '?delete_descendants='])(
    'with children is refused %s',
    async (query) => {
      const api = await startApi({ seed });
      expect(await api.call('DELETE', `${BRANCHES}/dev${query}`)).toMatchObject({
        status: 422,
        body: { message: 'Branch has child branches' },
      });
      expect(column(await api.call('GET', BRANCHES), 'name')).toHaveLength(5);
    },
  );

  test('takes children along when told to', async () => {
    const api = await startApi({ seed });
    expect(await api.call('DELETE', `${BRANCHES}/dev?delete_descendants=true`)).toMatchObject({
      status: 204,
    });
    expect(column(await api.call('GET', BRANCHES), 'name')).toEqual(['main', 'other']);
  });

  test('the default branch is refused, alone and as a child', async () => {
    const api = await startApi({
      seed: {
        databases: [
          { name: 'shop', branches: [{ name: 'base' }, { name: 'main', parent: 'base', production: true }] },
        ],
      },
    });
    const refusal = { status: 422, body: { message: 'The default branch cannot be deleted' } };
    expect(await api.call('DELETE', `${BRANCHES}/main`)).toMatchObject(refusal);
    expect(await api.call('DELETE', `${BRANCHES}/base?delete_descendants=true`)).toMatchObject(refusal);
  });
});

test.each([
  ['', ['main', 'dev-1', 'dev-2', 'live']],
  ['?q=DEV', ['dev-1', 'dev-2']],
  ['?production=true', ['main', 'live']],
  ['?production=false', ['dev-1', 'dev-2']],
  ['?production=perhaps', ['main', 'dev-1', 'dev-2', 'live']],
  ['?safe_migrations=true', ['main']],
  ['?safe_migrations=false&production=true', ['live']],
  ['?order=desc', ['live', 'dev-2', 'dev-1', 'main']],
  ['?order=asc&per_page=2', ['main', 'dev-1']],
  ['?order=sideways', ['main', 'dev-1', 'dev-2', 'live']],
])('a list narrowed by %s', async (query, names) => {
  const branches = [
    { name: 'main', production: true, safe_migrations: true },
    { name: 'dev-1' },
    { name: 'dev-2' },
    { name: 'live', production: true },
  ];
  const api = await startApi({ seed: { databases: [{ name: 'shop', branches }] } });
  expect(column(await api.call('GET', `${BRANCHES}${query}`), 'name')).toEqual(names);
  expect(column(await api.call('GET', BRANCHES), 'name')).toHaveLength(4);
});

import { expect, test } from 'vitest';
import { column, DATABASES, startApi } from './support/api.ts';

test('the default databases, each with a production branch main', async () => {
  const api = await startApi();
  const list = await api.call('GET', DATABASES);
  expect(column(list, 'name')).toEqual(['shop', 'blog']);
  expect(column(list, 'kind')).toEqual(['mysql', 'postgresql']);
  expect(column(list, 'default_branch')).toEqual(['main', 'main']);
  expect((await api.call('GET', `${DATABASES}/blog/branches/main`)).body).toMatchObject({
    production: true,
    ready: true,
    kind: 'postgresql',
    parent_branch: null,
  });
});

test('a database links to where it can be found', async () => {
  const api = await startApi();
  const { body } = await api.call('GET', `${DATABASES}/shop`);
  expect(body).toMatchObject({
    url: `${api.emulator.url}/v1/organizations/acme/databases/shop`,
    branches_url: `${api.emulator.url}/v1/organizations/acme/databases/shop/branches`,
    region: { slug: 'us-east', display_name: 'US East' },
  });
});

test('counts its branches', async () => {
  const api = await startApi();
  await api.call('POST', `${DATABASES}/shop/branches`, { json: { name: 'dev' } });
  expect((await api.call('GET', `${DATABASES}/shop`)).body).toMatchObject({
    branches_count: 2,
    production_branches_count: 1,
    development_branches_count: 1,
  });
});

test.each([
  ['?q=SHO', ['shop', 'workshop']],
  ['?q=nothing', []],
  ['?q=', ['shop', 'workshop', 'blog']],
  ['?q=o&per_page=1&page=2', ['workshop']],
])('%s', async (query, names) => {
  const databases = [{ name: 'shop' }, { name: 'workshop' }, { name: 'blog' }];
  const api = await startApi({ seed: { databases } });
  expect(column(await api.call('GET', `${DATABASES}${query}`), 'name')).toEqual(names);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { column, DATABASES, startApi, TOKENS } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const YAML = `
organization: umbrella
branch_ready_after: 2
users:
  - name: Kim
    token: pscale_oauth_kim
databases:
  - name: orders
    kind: postgresql
    region: eu-west
    branches:
      - name: trunk
        production: true
        safe_migrations: true
      - name: dev
        parent: trunk
tokens:
  - id: k3j9x0q2m7ab
    name: ci-deploy
    secret: pscale_tkn_ci
    created_at: 2026-01-05T08:00:00Z
    last_used_at: 2026-02-01T10:30:00.5+02:00
    expires_at: 2099-01-01T00:00:00Z
    access:
      - database: orders
        access: [read_branch, create_branch]
      - access: [read_databases]
      - database: orders
        access: [delete_branch]
  - id: spare
    name: ''
`;

test('a file says everything an emulator starts with', async () => {
  const seedFile = join(temporaryFolder(), 'seed.yml');
  writeFileSync(seedFile, YAML);
  const api = await startApi({ seedFile });
  expect(api.emulator).toMatchObject({ organization: 'umbrella', seedApplied: true });

  const tokens = '/organizations/umbrella/service-tokens';
  const list = await api.call('GET', tokens, { as: 'Bearer pscale_oauth_kim' });
  expect(list.body).toMatchObject({
    data: [
      {
        id: 'k3j9x0q2m7ab',
        name: 'ci-deploy',
        created_at: '2026-01-05T08:00:00.000Z',
        last_used_at: '2026-02-01T08:30:00.500Z',
        expires_at: '2099-01-01T00:00:00.000Z',
        actor_display_name: 'Robin',
      },
      { id: 'spare', name: null, display_name: 'spare', expires_at: null, last_used_at: null },
    ],
  });
  const grants = await api.call('GET', `${tokens}/k3j9x0q2m7ab/grants`);
  expect(grants.body).toMatchObject({
    data: [
      {
        resource_name: 'orders',
        accesses: [{ access: 'read_branch' }, { access: 'create_branch' }, { access: 'delete_branch' }],
      },
      { resource_name: 'umbrella', resource_type: 'Organization', accesses: [{ access: 'read_databases' }] },
    ],
  });

  const branches = '/organizations/umbrella/databases/orders/branches';
  const own = await api.call('GET', branches, { as: 'k3j9x0q2m7ab:pscale_tkn_ci' });
  expect(own.body).toMatchObject({
    data: [
      { name: 'trunk', production: true, safe_migrations: true, region: { slug: 'eu-west' } },
      { name: 'dev', production: false, parent_branch: 'trunk', kind: 'postgresql', ready: true },
    ],
  });
  expect((await api.call('POST', branches, { json: { name: 'new' } })).body).toMatchObject({ ready: false });
});

test('the documented example can be used', async () => {
  const manual = readFileSync(new URL('../../../docs/emulator.md', import.meta.url), 'utf8');
  const seedFile = join(temporaryFolder(), 'seed.yml');
  writeFileSync(seedFile, /```yaml\r?\n(.*?)```/s.exec(manual)?.[1] ?? '');
  const api = await startApi({ seedFile });
  expect(column(await api.call('GET', `${DATABASES}/shop/branches`), 'ready')).toEqual([true, true, false]);
  expect(await api.call('GET', TOKENS, { as: 'Bearer pscale_oauth_kim' })).toMatchObject({ status: 200 });
});

test('may be JSON', async () => {
  const seedFile = join(temporaryFolder(), 'seed.json');
  writeFileSync(seedFile, JSON.stringify({ tokens: [{ id: 'one' }] }));
  const api = await startApi({ seedFile });
  expect(column(await api.call('GET', TOKENS), 'id')).toEqual(['one']);
});

test('what it leaves out is the default', async () => {
  const api = await startApi({ seed: { tokens: [{ id: 'one' }] } });
  expect(api.emulator.organization).toBe('acme');
  expect(column(await api.call('GET', DATABASES), 'name')).toEqual(['shop', 'blog']);
  const other = await startApi({ seed: { databases: [{ name: 'plain' }] } });
  expect(column(await other.call('GET', DATABASES), 'name')).toEqual(['plain']);
  expect(column(await other.call('GET', `${DATABASES}/plain/branches`), 'name')).toEqual(['main']);
});

describe('a file is refused', () => {
  const refusal = async (text: string) => {
    const seedFile = join(temporaryFolder(), 'seed.yml');
    writeFileSync(seedFile, text);
    const failure = startEmulator({ seedFile });
    await expect(failure).rejects.toMatchObject({ code: 'SEED_INVALID' });
    return failure.catch((error: Error) => error.message);
  };

  test.each([
    ['of more than 4 MB', `#${'x'.repeat(4_000_000)}`, /it holds more than 4 MB$/],
    ['with a key twice', 'organization: a\norganization: b\n', /the key organization is there twice/],
    ['with a key twice deep inside', 'tokens: [{ id: a, id: b }]', /the key id is there twice/],
    [
      'with more keys than a seed can have',
      Array.from({ length: 5_000 }, (_, index) => `k${index}: 1`).join('\n'),
      /a mapping has more than 100 keys$/,
    ],
    ['nested deeper than a parser likes', '['.repeat(100_000), /cannot read the seed file/],
    [
      'whose aliases unfold without end',
      [...'abcdefgh']
        .map((name, i) => `${name}: &${name} [${Array(20).fill(i === 0 ? 'x' : `*${'abcdefgh'[i - 1]}`)}]`)
        .join('\n'),
      /Excessive alias count/,
    ],
    ['that is no YAML', 'tokens: [', /cannot read the seed file/],
  ])('%s', async (_, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });
});

describe('refused, naming what is wrong', () => {
  test.each([
    ['nothing', null, /expected object, received null/],
    ['a list', [], /expected object, received array/],
    ['an unknown key', { colour: 'red' }, /Unrecognized key: "colour"/],
    ['an unknown key inside', { tokens: [{ id: 'a', nmae: 'x' }] }, /tokens\[0\]: Unrecognized key: "nmae"/],
    ['a token without id', { tokens: [{}] }, /tokens\[0\]\.id/],
    ['a token id with a colon', { tokens: [{ id: 'a:b' }] }, /token id a:b holds a colon/],
    ['an id twice', { tokens: [{ id: 'a' }, { id: 'a' }] }, /two tokens with the id a/],
    ["the administrator's id", { tokens: [{ id: 'emulatoradm1' }] }, /emulatoradm1 is the administrator's/],
    [
      'a time that is none',
      { tokens: [{ id: 'a', created_at: 'yesterday' }] },
      /tokens\[0\]\.created_at: Invalid ISO datetime/,
    ],
    [
      'an unknown kind',
      { databases: [{ name: 'x', kind: 'oracle' }] },
      /databases\[0\]\.kind.*"mysql"\|"postgresql"/,
    ],
    ['a database twice', { databases: [{ name: 'x' }, { name: 'x' }] }, /two databases named x/],
    [
      'a branch twice',
      { databases: [{ name: 'x', branches: [{ name: 'b' }, { name: 'b' }] }] },
      /database x has two branches named b/,
    ],
    ['no branch', { databases: [{ name: 'x', branches: [] }] }, /databases\[0\]\.branches/],
    [
      'a parent below its child',
      { databases: [{ name: 'x', branches: [{ name: 'b', parent: 'a' }, { name: 'a' }] }] },
      /branch b of database x has the parent a, which is not listed before it/,
    ],
    [
      'an unknown parent',
      { databases: [{ name: 'x', branches: [{ name: 'b', parent: 'nope' }] }] },
      /branch b of database x has the parent nope/,
    ],
    [
      'an unknown access',
      { tokens: [{ id: 'a', access: [{ access: ['wat'] }] }] },
      /token a: wat is not an access on the organization/,
    ],
    [
      'an access of the other level',
      { tokens: [{ id: 'a', access: [{ database: 'shop', access: ['read_databases'] }] }] },
      /token a: read_databases is not an access on a database/,
    ],
    [
      'an access on nothing',
      { tokens: [{ id: 'a', access: [{ database: 'nope', access: ['read_branch'] }] }] },
      /database nope, which does not exist/,
    ],
    ['a wait that is not one', { branch_ready_after: -1 }, /branch_ready_after/],
  ])('%s', async (_, seed, message) => {
    const failure = startEmulator({ seed });
    await expect(failure).rejects.toMatchObject({ name: 'EmulatorError', code: 'SEED_INVALID' });
    await expect(failure).rejects.toThrow(message);
  });

  test.each([
    ['is missing', undefined, /no such file or directory/],
    ['is no YAML', 'tokens: [', /Flow sequence/],
    ['is empty', '', /expected object, received null/],
  ])('a file that %s', async (_, content, message) => {
    const seedFile = join(temporaryFolder(), 'seed.yml');
    if (content !== undefined) writeFileSync(seedFile, content);
    const failure = startEmulator({ seedFile });
    await expect(failure).rejects.toMatchObject({ code: 'SEED_INVALID' });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(seedFile);
  });

  test('a value and a file at once', async () => {
    await expect(startEmulator({ seed: {}, seedFile: 'seed.yml' })).rejects.toMatchObject({
      code: 'SEED_INVALID',
    });
  });
});

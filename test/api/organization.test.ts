import { describe, expect, test } from 'vitest';
import type { Organization } from '../../src/api/organization.ts';
import {
  accessRow,
  branchRow,
  brokenConnection,
  createdToken,
  createTestOrganization,
  failureOf,
  grantRow,
  interceptApi,
  json,
  listOf,
  SERVICE_TOKEN,
  status,
  tokenRow,
  tokenWithActor,
  USER,
} from '../support/api.ts';

const api = interceptApi();

const ID = 'k3j9x0q2m7ab';
const TOKENS = '/v1/organizations/acme/service-tokens';
const DATABASES = '/v1/organizations/acme/databases';
const CHANGE = { database: 'shop', access: ['read_branch'] };
const databaseRow = { name: 'shop', kind: 'mysql' };

describe('a call of an organization is the call of the client with its name', () => {
  test.each<[string, unknown, (organization: Organization) => Promise<unknown>]>([
    [`GET ${TOKENS}?per_page=100`, listOf(tokenRow), ({ tokens }) => tokens.list()],
    [`GET ${TOKENS}/${ID}`, tokenWithActor, ({ tokens }) => tokens.get(ID)],
    [`POST ${TOKENS}`, createdToken, ({ tokens }) => tokens.create({ name: 'ci' })],
    [`DELETE ${TOKENS}/${ID}`, {}, ({ tokens }) => tokens.delete(ID)],
    [`GET ${TOKENS}/${ID}/grants?per_page=100`, listOf(grantRow), ({ grants }) => grants.list(ID)],
    [`GET ${TOKENS}/${ID}/access?per_page=100`, listOf(), ({ grants }) => grants.rows(ID)],
    [
      `POST ${TOKENS}/${ID}/access`,
      listOf(accessRow('read_branch', 'shop')),
      ({ grants }) => grants.add(ID, CHANGE),
    ],
    [`DELETE ${TOKENS}/${ID}/access`, {}, ({ grants }) => grants.remove(ID, CHANGE)],
    [`GET ${DATABASES}?per_page=100`, listOf(), ({ databases }) => databases.list()],
    [`GET ${DATABASES}/shop`, databaseRow, ({ databases }) => databases.get('shop')],
    [
      `GET ${DATABASES}/shop/branches?per_page=100`,
      listOf(branchRow),
      ({ branches }) => branches.list('shop'),
    ],
    [
      `GET ${DATABASES}/shop/branches/feature-1`,
      branchRow,
      ({ branches }) => branches.get('shop', 'feature-1'),
    ],
    [
      `POST ${DATABASES}/shop/branches`,
      branchRow,
      ({ branches }) => branches.create('shop', { name: 'feature-1', parent_branch: 'main' }),
    ],
    [`DELETE ${DATABASES}/shop/branches/main`, {}, ({ branches }) => branches.delete('shop', 'main')],
  ])('%s', async (request, answer, call) => {
    api().answers(json(answer));
    await call(createTestOrganization());
    expect(api().log).toEqual([request]);
  });

  test.each<[string, (organization: Organization, onConnected: () => void) => Promise<unknown>]>([
    ['creating a token', ({ tokens }, onConnected) => tokens.create({}, { onConnected })],
    ['deleting a token', ({ tokens }, onConnected) => tokens.delete(ID, { onConnected })],
    ['removing permissions', ({ grants }, onConnected) => grants.remove(ID, CHANGE, { onConnected })],
    ['deleting a branch', ({ branches }, onConnected) => branches.delete('shop', 'main', { onConnected })],
  ])('%s can be followed', async (_, call) => {
    api().answers(json({ message: 'No' }, 403));
    let connected = 0;
    await failureOf(
      call(createTestOrganization(), () => {
        connected += 1;
      }),
    );
    expect(connected).toBe(1);
  });
});

describe('an organization', () => {
  test('knows its name and the service token in use', () => {
    expect(createTestOrganization({}, 'umbrella').name).toBe('umbrella');
    const asToken = createTestOrganization({ credentials: SERVICE_TOKEN });
    expect(asToken.tokenInUse?.value).toBe('callerid0000');
    expect(createTestOrganization({ credentials: USER }).tokenInUse).toBeUndefined();
  });

  test.each<[string, readonly string[], boolean]>([
    ['is among those', ['other', 'acme'], true],
    ['is not among those', ['other', 'Acme', 'acme2'], false],
    ['is not there without any', [], false],
  ])('%s that the credentials see', async (_, names, expected) => {
    api().answers(json(listOf(...names.map((name) => ({ name })))));
    expect(await createTestOrganization().isVisible()).toBe(expected);
    expect(api().log).toEqual(['GET /v1/organizations?per_page=100']);
  });

  test('that cannot be looked for is not said to be out of sight', async () => {
    api().answers(status(401));
    expect((await failureOf(createTestOrganization().isVisible())).code).toBe('AUTH_INVALID');
    api().always(brokenConnection);
    expect((await failureOf(createTestOrganization().isVisible())).code).toBe('NETWORK_ERROR');
  });
});

import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/api/client.ts';
import { plain, type Text } from '../../src/text/text.ts';
import {
  type Answer,
  branchRow,
  createdToken,
  createTestClient,
  databaseRow,
  failureOf,
  interceptApi,
  json,
  listOf,
  tokenRow,
  tokenWithActor,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';

const api = interceptApi();

const ID = tokenRow.id;
const BRANCH = { name: 'feature-1', parent_branch: 'main' };

/** Every call that is about one thing, its answer, and the field that tells which one. */
const ABOUT_ONE: [string, (client: Client) => Promise<unknown>, Record<string, unknown>, string][] = [
  ['look at a token', (client) => client.getServiceToken('acme', ID), tokenWithActor, 'id'],
  ['update a token', (client) => client.updateServiceToken('acme', ID, () => ({})), tokenRow, 'id'],
  ['delete a token', (client) => client.deleteServiceToken('acme', ID), { id: ID }, 'id'],
  ['look at a database', (client) => client.getDatabase('acme', 'shop'), databaseRow, 'name'],
  ['look at a branch', (client) => client.getBranch('acme', 'shop', 'feature-1'), branchRow, 'name'],
  ['create a branch', (client) => client.createBranch('acme', 'shop', BRANCH), branchRow, 'name'],
  ['delete a branch', (client) => client.deleteBranch('acme', 'shop', 'feature-1'), branchRow, 'name'],
];

describe('an answer about another thing than the one asked for', () => {
  test.each(ABOUT_ONE)('to %s is refused, and names both', async (_, call, answer, field) => {
    api().answers(json({ ...answer, [field]: 'another' }));
    const failure = await failureOf(call(createTestClient()));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain(`another instead of ${String(answer[field])}`);
    expect(api().requests).toHaveLength(1);
  });

  test.each(ABOUT_ONE)('to %s is none where it is that thing', async (_, call, answer) => {
    api().answers(json(answer));
    await call(createTestClient());
  });

  test('is none where a branch was named by its id', async () => {
    api().answers(json(branchRow));
    expect(await createTestClient().getBranch('acme', 'shop', branchRow.id)).toEqual(branchRow);
  });

  test('is one where a token has what was asked for as its name', async () => {
    api().answers(json({ ...tokenWithActor, id: 'another', name: ID }));
    expect((await failureOf(createTestClient().getServiceToken('acme', ID))).code).toBe('INVALID_RESPONSE');
  });
});

describe('a creation is answered with a token', () => {
  const MADE = Date.parse(createdToken.created_at);

  /** The answer to a creation, `age` milliseconds after its token was made. */
  function answered(age: number | undefined, fields: Record<string, unknown> = {}): Answer {
    const headers = age === undefined ? {} : { date: new Date(MADE + age).toUTCString() };
    return json({ ...createdToken, ...fields }, 201, headers);
  }

  test.each([-3_600_000, 0, 1_000, 60_000])('%i ms old: it is new', async (age) => {
    api().answers(answered(age));
    expect((await createTestClient().createServiceToken('acme', {})).id).toBe(ID);
  });

  test.each([61_000, 3_600_000, 400 * 86_400_000])('%i ms old: it is not', async (age) => {
    api().answers(answered(age));
    const failure = await failureOf(createTestClient().createServiceToken('acme', {}));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toBe(
      `the PlanetScale API answered the creation of a token with ${ID}, which already existed (created at ${createdToken.created_at}): that token was not touched`,
    );
    expect(failure.message).not.toContain(createdToken.token);
  });

  test('as old as its request was under way, it is new', async () => {
    const clock = new FakeClock();
    api().answers(async (request) => {
      clock.advance(300_000);
      return answered(300_000)(request);
    });
    expect((await createTestClient({ clock, timeout: 600_000 }).createServiceToken('acme', {})).id).toBe(ID);
  });

  test.each<[string, number | undefined, Record<string, unknown>]>([
    ['the answer has no Date', undefined, {}],
    ['the token has no time', 0, { created_at: null }],
  ])('where %s it is new by its secret alone', async (_, age, fields) => {
    api().answers(answered(age, fields), answered(age, { ...fields, token: null }));
    expect((await createTestClient().createServiceToken('acme', {})).token).toBe(createdToken.token);
    const failure = await failureOf(createTestClient().createServiceToken('acme', {}));
    expect(failure.name).not.toBe('UnusableToken');
    expect(failure.message).toContain(`${ID}, which has no secret and might not be new`);
  });

  test.each<[string, (client: Client) => Promise<unknown>]>([
    [
      'was listed',
      (client) => {
        api().answers(json(listOf(tokenRow)));
        return client.listServiceTokens('acme');
      },
    ],
    [
      'was asked for',
      (client) => {
        api().answers(json(tokenWithActor));
        return client.getServiceToken('acme', ID);
      },
    ],
    [
      'was created just now',
      (client) => {
        api().answers(answered(0));
        return client.createServiceToken('acme', {});
      },
    ],
  ])('that %s: it is not new, whatever its age', async (_, before) => {
    const client = createTestClient();
    await before(client);
    api().answers(answered(0));
    const failure = await failureOf(client.createServiceToken('acme', {}));
    expect(failure.message).toContain(`${ID}, which already existed`);
  });

  test('that is the one in use: it is not new', async () => {
    api().answers(answered(0, { id: 'callerid0000' }));
    const failure = await failureOf(createTestClient().createServiceToken('acme', {}));
    expect(failure.message).toContain('callerid0000, which already existed');
  });

  test.each([
    ['ci', 'ci', undefined],
    ['é', 'e\u0301', undefined],
    ['', null, undefined],
    [undefined, 'anything', undefined],
    [' ci ', 'ci', `the API named the new token ${ID} ci instead of  ci `],
    ['ci', null, `the API named the new token ${ID} (no name) instead of ci`],
  ])('named %j and answered as %j it is handed over; warned: %s', async (name, shown, warning) => {
    const warnings: string[] = [];
    const warn = (told: Text): void => void warnings.push(plain(told));
    api().answers(answered(0, { name: shown }));
    const made = await createTestClient({ warn }).createServiceToken('acme', { name });
    expect(made.token).toBe(createdToken.token);
    expect(warnings).toEqual(warning === undefined ? [] : [warning]);
  });
});

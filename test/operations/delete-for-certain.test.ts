import { describe, expect, test } from 'vitest';
import { Interrupted } from '../../src/errors.ts';
import { deleteForCertain } from '../../src/operations/delete-for-certain.ts';
import { text } from '../../src/text.ts';
import {
  type Answer,
  brokenConnection,
  createTestClient,
  failureOf,
  hintOf,
  interceptApi,
  json,
  listOf,
  noAnswer,
  type Setup,
  status,
  tokenRow,
} from '../support/api.ts';

const api = interceptApi();

const DELETE = 'DELETE /v1/organizations/acme/service-tokens/k3j9x0q2m7ab';
const LIST = 'GET /v1/organizations/acme/service-tokens?per_page=100';

/** A token deleted through the real transport, with a look at the list of tokens. */
function deleting(setup: Setup = {}): Promise<void> {
  const client = createTestClient(setup);
  return deleteForCertain(
    text`token ${'k3j9x0q2m7ab'}`,
    () => client.deleteServiceToken('acme', 'k3j9x0q2m7ab'),
    async () => (await client.listServiceTokens('acme')).some(({ id }) => id === 'k3j9x0q2m7ab'),
  );
}

const notFound = json({ code: 'not_found', message: 'Not Found' }, 404);
const MAY_BE = 'token k3j9x0q2m7ab may or may not be gone';

describe('a deletion', () => {
  test('that the API confirms is done without a look', async () => {
    api().answers(status(204));
    await deleting();
    expect(api().log).toEqual([DELETE]);
  });

  test('that the API confirms after a lost answer is done without a look', async () => {
    api().answers(brokenConnection, status(204));
    await deleting();
    expect(api().log).toEqual([DELETE, DELETE]);
  });

  test('that finds nothing the first time is NOT_FOUND, without a look', async () => {
    api().answers(notFound);
    const failure = await failureOf(deleting());
    expect(failure.code).toBe('NOT_FOUND');
    expect(failure.message).toBe('token k3j9x0q2m7ab does not exist in organization acme');
    expect(api().log).toEqual([DELETE]);
  });

  test.each([403, 422, 500])('that fails otherwise fails so, without a look: status %i', async (code) => {
    api().answers(brokenConnection, json({ message: 'No' }, code));
    const failure = await failureOf(deleting());
    expect(failure.message).toBe('No');
    expect(api().log).toEqual([DELETE, DELETE]);
  });
});

describe('a deletion whose answer got lost and that then finds nothing', () => {
  const lost: [string, Answer][] = [
    ['a lost connection', brokenConnection],
    ['status 502', status(502)],
    ['status 503', status(503)],
    ['status 504', status(504)],
  ];

  test.each(lost)('is done where a look does not show it any more: %s', async (_, answer) => {
    api().answers(answer, notFound, json(listOf({ ...tokenRow, id: 'another' })));
    await deleting();
    expect(api().log).toEqual([DELETE, DELETE, LIST]);
  });

  test('is done where the fourth try finds nothing, too', async () => {
    api().answers(brokenConnection, brokenConnection, brokenConnection, notFound, json(listOf()));
    await deleting();
    expect(api().requests).toHaveLength(5);
  });

  test.each(lost)('may or may not be done where a look still shows it: %s', async (_, answer) => {
    api().answers(answer, notFound, json(listOf(tokenRow)));
    const failure = await failureOf(deleting());
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain(MAY_BE);
    expect(hintOf(failure)).toContain('Look');
  });

  test('looks at every page before it believes that it is done', async () => {
    api().answers(
      brokenConnection,
      notFound,
      json({ ...listOf({ ...tokenRow, id: 'another' }), next_page: 2 }),
      json(listOf(tokenRow)),
    );
    expect((await failureOf(deleting())).message).toContain(MAY_BE);
  });

  test.each<[string, Answer[]]>([
    ['is refused', [json({ message: 'No' }, 403)]],
    ['finds no organization', [notFound]],
    ['breaks', [status(500)]],
    ['cannot be read', [json({ data: [{}] })]],
    ['gets no answer', Array.from({ length: 4 }, () => brokenConnection)],
  ])('may or may not be done where the look %s', async (_, look) => {
    api().answers(brokenConnection, notFound, ...look);
    const failure = await failureOf(deleting());
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain(MAY_BE);
  });

  test('is no success when the look is interrupted', async () => {
    const interruption = new AbortController();
    const reason = new Interrupted('SIGINT');
    api().answers(brokenConnection, notFound, noAnswer);
    const work = deleting({ signal: interruption.signal });
    await api().received(3);
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
  });
});

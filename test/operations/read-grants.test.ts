import { expect, test } from 'vitest';
import { readGrants } from '../../src/operations/read-grants.ts';
import {
  createTestOrganization,
  failureOf,
  interceptApi,
  json,
  listOf,
  status,
  tokenRow,
} from '../support/api.ts';
import { testWork } from '../support/work.ts';

const api = interceptApi();

const IDS = ['tok000000001', 'tok000000002', 'tok000000003'];

test('a token that is no longer listed is gone, one that is listed cannot be read', async () => {
  api().answers(json(listOf()), status(404), status(404), json(listOf({ ...tokenRow, id: 'tok000000003' })));
  const progress: number[] = [];
  const read = await readGrants(IDS, createTestOrganization(), {
    ...testWork(),
    onEvent: ({ done }) => progress.push(done),
  });
  const kinds = [...read.values()].map(({ kind }) => kind).sort();
  expect(kinds).toContain('read');
  expect(kinds).toHaveLength(3);
  expect(kinds.filter((kind) => kind === 'gone' || kind === 'unreadable')).toHaveLength(2);
  expect(progress).toEqual([1, 2, 3]);
});

test('refused credentials end it', async () => {
  api().answers(status(401), status(401), status(401));
  const work = readGrants(IDS, createTestOrganization(), testWork());
  expect(await failureOf(work)).toMatchObject({ code: 'AUTH_INVALID' });
});

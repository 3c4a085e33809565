import { expect, test } from 'vitest';
import { createPace, readEach, readGrants } from '../../src/tokens/read-grants.ts';
import {
  createTestOrganization,
  failureOf,
  interceptApi,
  isPending,
  json,
  listOf,
  status,
  tokenRow,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { testWork } from '../support/work.ts';

const api = interceptApi();

function work(clock = new FakeClock()) {
  return { ...testWork(), clock, pace: createPace(clock) };
}

const IDS = ['tok000000001', 'tok000000002', 'tok000000003'];

test('a token that is no longer listed is gone, one that is listed cannot be read', async () => {
  api().answers(json(listOf()), status(404), status(404), json(listOf({ ...tokenRow, id: 'tok000000003' })));
  const progress: number[] = [];
  const read = await readGrants(IDS, createTestOrganization(), {
    ...work(),
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
  const refused = readGrants(IDS, createTestOrganization(), work());
  expect(await failureOf(refused)).toMatchObject({ code: 'AUTH_INVALID' });
});

test('no more than 500 are read in a minute, whatever they are read for, and the wait is told', async () => {
  const clock = new FakeClock({ held: true });
  const waits: number[] = [];
  const paced = {
    ...work(clock),
    onEvent: ({ wait }: { readonly wait?: number }) => {
      if (wait !== undefined) waits.push(wait);
    },
  };
  const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `tok${at}`);
  let read = 0;
  const one = async (): Promise<void> => {
    read += 1;
  };
  await readEach(ids(400), paced, one);
  clock.advance(20_000);
  const rest = readEach(ids(102), paced, one);
  await isPending(rest);
  expect(read).toBe(500);
  expect(waits).toEqual([40_000, 40_000]);
  clock.advance(40_000);
  await rest;
  expect(read).toBe(502);
});

import { describe, expect, test } from 'vitest';
import {
  type Pruned,
  type PruneEvent,
  type PruneOutcome,
  pruneTokens,
} from '../../src/tokens/prune-tokens.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import {
  type Answer,
  brokenConnection,
  createTestOrganization,
  interceptApi,
  json,
  laterAnswer,
  listOf,
  noAnswer,
  status,
  tokenRow,
} from '../support/api.ts';

const api = interceptApi();

const LIST = 'GET /v1/organizations/acme/service-tokens?per_page=100';
const notFound = json({ code: 'not_found', message: 'Not Found' }, 404);

function pruning(
  ids: readonly string[],
  { interruption = createInterruption(), onEvent = (_: PruneEvent): void => {} } = {},
): Promise<Pruned> {
  const organization = createTestOrganization({ signal: interruption.signal });
  return pruneTokens(ids, organization, { interruption, onEvent });
}

/** Answers of deletions by the token's id, one after the other; a list shows the tokens of `left`. */
function answering(deletions: Readonly<Record<string, readonly Answer[]>>, left: readonly string[]): void {
  const queues = new Map(Object.entries(deletions).map(([id, answers]) => [id, [...answers]]));
  api().always((request) => {
    if (request.method === 'GET') return json(listOf(...left.map((id) => ({ ...tokenRow, id }))))(request);
    const id = request.url.split('/').at(-1) ?? '';
    return (queues.get(id)?.shift() ?? status(204))(request);
  });
}

function outcomes({ tokens }: Pruned): [string, PruneOutcome][] {
  return [...tokens].map(([id, { outcome }]) => [id, outcome]);
}

const looks = (): number => api().log.filter((line) => line === LIST).length;

test('nothing to delete asks for nothing', async () => {
  expect(await pruning([])).toEqual({ tokens: new Map(), stopped: undefined });
  expect(api().log).toEqual([]);
});

test('what the API confirms is deleted, without a look, and counted as it goes', async () => {
  answering({}, []);
  const counted: number[] = [];
  const pruned = await pruning(['a', 'b', 'c'], { onEvent: ({ done }) => counted.push(done) });
  expect(outcomes(pruned)).toEqual([
    ['a', 'deleted'],
    ['b', 'deleted'],
    ['c', 'deleted'],
  ]);
  expect(counted).toEqual([1, 2, 3]);
  expect(looks()).toBe(0);
});

describe('a token in doubt', () => {
  test.each<[string, readonly Answer[], PruneOutcome, PruneOutcome]>([
    ['that was not found', [notFound], 'already_gone', 'failed'],
    [
      'that was not found when a lost request was sent again',
      [brokenConnection, notFound],
      'deleted',
      'failed',
    ],
    ['of which no answer came', Array.from({ length: 4 }, () => brokenConnection), 'deleted', 'failed'],
    ['at which the API broke', [status(500)], 'deleted', 'failed'],
    ['that was refused when a lost request was sent again', [status(503), status(403)], 'deleted', 'failed'],
    ['whose deletion is redirected', [status(302, { location: '/' })], 'deleted', 'failed'],
  ])('%s is looked for in the list', async (_, answers, gone, there) => {
    answering({ a: answers }, ['b']);
    expect(outcomes(await pruning(['a']))).toEqual([['a', gone]]);
    answering({ a: answers }, ['a']);
    const pruned = await pruning(['a']);
    expect(outcomes(pruned)).toEqual([['a', there]]);
    expect(pruned.tokens.get('a')?.failure).toBeDefined();
    expect(looks()).toBe(2);
  });

  test.each([403, 422])('is none where the only answer is %i: no look', async (code) => {
    answering({ a: [status(code)] }, ['a']);
    expect(outcomes(await pruning(['a', 'b']))).toEqual([
      ['a', 'failed'],
      ['b', 'deleted'],
    ]);
    expect(looks()).toBe(0);
  });

  test('shares the look with a hundred others', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `t${i}`);
    answering(Object.fromEntries(ids.map((id) => [id, [notFound]])), ['t7']);
    const pruned = await pruning(ids);
    expect(looks()).toBe(1);
    expect(outcomes(pruned).filter(([, outcome]) => outcome !== 'already_gone')).toEqual([['t7', 'failed']]);
  });

  test('stays one where the list cannot be read', async () => {
    api().answers(notFound, status(403));
    const pruned = await pruning(['a']);
    expect(outcomes(pruned)).toEqual([['a', 'unknown']]);
    expect(pruned.stopped).toBeUndefined();
  });

  test('stays one where the look is interrupted', async () => {
    const interruption = createInterruption();
    api().answers(notFound, noAnswer);
    const work = pruning(['a'], { interruption });
    await api().received(2);
    interruption.interrupt('SIGTERM');
    const pruned = await work;
    expect(outcomes(pruned)).toEqual([['a', 'unknown']]);
    expect(pruned.stopped).toBe(interruption.cause());
  });
});

test('no more than six deletions are under way at once', async () => {
  const held = laterAnswer(status(204));
  api().always(held.answer);
  const work = pruning(Array.from({ length: 20 }, (_, i) => `t${i}`));
  await api().received(6);
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(api().requests).toHaveLength(6);
  held.release();
  await work;
  expect(new Set(api().log).size).toBe(20);
});

test('a signal ends it: nothing more is sent, and what was under way is in doubt', async () => {
  const interruption = createInterruption();
  const ids = Array.from({ length: 9 }, (_, i) => `t${i}`);
  answering(Object.fromEntries(ids.slice(1).map((id) => [id, [noAnswer]])), []);
  const work = pruning(ids, { interruption });
  await api().received(7);
  interruption.interrupt('SIGINT');
  const pruned = await work;
  expect(outcomes(pruned).map(([, outcome]) => outcome)).toEqual([
    'deleted',
    ...Array(6).fill('unknown'),
    ...Array(2).fill('not_tried'),
  ]);
  expect(pruned.stopped).toBe(interruption.cause());
  expect(api().requests).toHaveLength(7);
});

test('a signal that was there before leaves nothing in doubt', async () => {
  const interruption = createInterruption();
  interruption.interrupt('SIGINT');
  const pruned = await pruning(['a', 'b'], { interruption });
  expect(outcomes(pruned)).toEqual([
    ['a', 'not_tried'],
    ['b', 'not_tried'],
  ]);
  expect(pruned.stopped).toBe(interruption.cause());
});

test('refused credentials end it, without a look that would be refused as well', async () => {
  api().always(status(401));
  const pruned = await pruning(Array.from({ length: 9 }, (_, i) => `t${i}`));
  expect(pruned.stopped?.code).toBe('AUTH_INVALID');
  expect(outcomes(pruned).filter(([, outcome]) => outcome === 'not_tried')).toHaveLength(3);
  expect(looks()).toBe(0);
});

import { describe, expect, test } from 'vitest';
import { type Contest, yieldToFirst } from '../../src/tokens/yield-to-first.ts';
import { createTestOrganization, interceptApi, json, listOf, status, tokenRow } from '../support/api.ts';

const api = interceptApi();

const START = Date.parse('2026-05-01T10:00:00Z');
const at = (milliseconds: number): string => new Date(START + milliseconds).toISOString();
const row = (id: string, created: number, name = 'ci') => ({
  ...tokenRow,
  id,
  name,
  created_at: at(created),
});

/** Token `b`, created a second after the start. */
const OWN = { ...row('b', 1_000), token: 'pscale_tkn_new', display_name: 'ci', expires_at: null, cidrs: [] };

function contend(contest: Partial<Contest> = {}, created_at: string | null = OWN.created_at): Promise<void> {
  const full = { names: ['ci', 'ci (unfinished)'], after: START - 1, ...contest };
  return yieldToFirst({ ...OWN, created_at }, full, createTestOrganization());
}

describe('a new token stays', () => {
  test.each([
    ['it is the only one', [OWN]],
    ['the other one is later', [OWN, row('a', 1_001)]],
    ['the other one is of that moment, and of a later id', [row('c', 1_000), OWN]],
    ['the other one was there before', [row('a', -1), OWN]],
    ['the other one has another name', [row('a', 0, 'ci2'), OWN]],
    ['no list shows it, and there is no other', []],
  ])('where %s', async (_, rows) => {
    api().answers(json(listOf(...rows)));
    await expect(contend()).resolves.toBeUndefined();
  });

  test('beside the one that it replaces', async () => {
    api().answers(json(listOf(row('a', 0), OWN)));
    await expect(contend({ replaced: 'a' })).resolves.toBeUndefined();
  });
});

describe('a new token yields', () => {
  test.each([
    ['an earlier one', row('a', 999)],
    ['one of that moment, and of an earlier id', row('a', 1_000)],
    ['an earlier one of the other name', row('c', 999, 'ci (unfinished)')],
    ['an earlier one whose name is canonically equal', row('c', 999, 'cafe\u0301')],
  ])('to %s, which is named and not to be deleted', async (_, rival) => {
    api().answers(json(listOf(OWN, rival)));
    await expect(contend({ names: ['ci', 'ci (unfinished)', 'caf\u00e9'] })).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: expect.stringContaining(`another run made token ${rival.id}, ${rival.name}, at`),
      nextSteps: ['pscale-service-token list --org acme'],
    });
  });

  test('where nothing says when it was created', async () => {
    api().answers(json(listOf(row('c', 5_000))));
    await expect(contend({}, null)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  });

  test('where the others cannot be read', async () => {
    api().answers(status(403));
    await expect(contend()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

import { expect, test } from 'vitest';
import { renderCsv } from '../../src/output/csv.ts';
import { renderHuman } from '../../src/output/human.ts';
import { createStyle } from '../../src/output/style.ts';
import { text } from '../../src/text/text.ts';
import { type PrunedTokenRow, pruning } from '../../src/views/pruning.ts';

const NOW = Date.parse('2026-05-22T10:00:00Z');
const words = { applied: true, whenEmpty: text`Nothing.`, after: text`Done.` };

function row(id: string, outcome: PrunedTokenRow['outcome'], message?: string): PrunedTokenRow {
  const token = {
    id,
    name: 'ci',
    created_at: '2026-05-01T10:00:00.000Z',
    last_used_at: null,
    expires_at: null,
  };
  return { token, outcome, error: message === undefined ? undefined : { code: 'FORBIDDEN', message } };
}

test('JSON has the tokens as list has them, what became of each, and how many of which', () => {
  const { data } = pruning([row('a', 'already_gone'), row('b', 'failed', 'No\nwhy')], words);
  expect(data).toEqual({
    applied: true,
    tokens: [
      {
        id: 'a',
        type: '',
        token: '',
        name: 'ci',
        created_at: '2026-05-01T10:00:00Z',
        last_used_at: null,
        expires_at: null,
        outcome: 'already_gone',
      },
      expect.objectContaining({
        id: 'b',
        outcome: 'failed',
        error: { code: 'FORBIDDEN', message: 'No\nwhy' },
      }),
    ],
    summary: {
      planned: 2,
      deleted: 0,
      already_gone: 1,
      no_longer_matches: 0,
      failed: 1,
      unknown: 0,
      not_tried: 0,
    },
  });
});

test('a table has a row for each, the reason of a failure in one line, and a sentence under it for people', () => {
  const result = pruning([row('a', 'not_tried'), row('b', 'failed', 'No\u001b[2J\nwhy')], words);
  expect(renderHuman(result, createStyle(false), NOW)).toBe(
    [
      '  ID   NAME   LAST USED AT   EXPIRES AT   CREATED AT    OUTCOME',
      '  a    ci     never          never        21 days ago   not tried',
      '  b    ci     never          never        21 days ago   failed: No\\e[2J',
      '',
      'Done.',
      '',
    ].join('\n'),
  );
  expect(renderCsv(pruning([row('a', 'planned')], words).table)).toBe(
    'ID,Name,LastUsedAt,ExpiresAt,CreatedAt,Outcome\na,ci,0,0,1777629600000,planned\n',
  );
});

test('where there is nothing, people read a sentence and no table', () => {
  expect(renderHuman(pruning([], words), createStyle(false), NOW)).toBe('Nothing.\n');
});

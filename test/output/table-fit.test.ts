import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { renderHuman } from '../../src/output/human.ts';
import type { Cell, Column } from '../../src/output/result.ts';
import { tabulate } from '../../src/output/result.ts';
import { PLAIN_STYLE } from '../../src/output/styled.ts';
import { fitted } from '../../src/output/table-fit.ts';
import { text } from '../../src/text/text.ts';

const NOW = Date.parse('2026-05-01T10:00:00Z');

const COLUMNS: readonly Column<readonly Cell[]>[] = [
  { header: 'ID', cell: ([id = '']) => id, isWhole: 'in tables' },
  { header: 'Name', cell: ([, name = '']) => name },
  { header: 'LastUsedAt', cell: ([, , used = '']) => used, priority: 2 },
  { header: 'ExpiresAt', cell: ([, , , end = '']) => end, priority: 1 },
  { header: 'CreatedAt', cell: ([, , , , made = '']) => made, priority: 3 },
];

function shown(rows: readonly (readonly Cell[])[], width?: number, hasColumnsFlag = true): string {
  const human = { kind: 'table', whenEmpty: text``, hasColumnsFlag } as const;
  return renderHuman({ data: null, table: tabulate(COLUMNS, rows), human }, PLAIN_STYLE, NOW, width);
}

/** Several columns that may be broken, and that share the room. */
test('columns that are all too wide share the room', () => {
  const needs = { short: 60, least: 12, priority: 0 };
  const fit = fitted([needs, needs, { ...needs, short: 30 }], 80);
  expect(fit).toEqual({ kind: 'fitted', widths: [24, 24, 24] });
});

const ROW: readonly Cell[] = [
  'k3j9x0q2m7ab',
  'ci-deploy',
  { time: '2026-04-10T10:00:00Z' },
  { time: '2026-06-20T10:00:00Z', isEnd: true },
  { time: '2025-05-01T10:00:00Z' },
];

describe('a table on a terminal', () => {
  test('is as it is where it fits', () => {
    expect(shown([ROW], 80)).toBe(shown([ROW]));
  });

  test('says times in less room first', () => {
    expect(shown([ROW], 66).split('\n').slice(0, 3)).toEqual([
      '  ID             NAME        LAST     EXPIRES   CREATED',
      '                             USED',
      '  k3j9x0q2m7ab   ci-deploy   3w ago   in 7w     12mo ago',
    ]);
  });

  test('wraps what may be broken', () => {
    const long = ROW.with(1, 'a name of several words that is long');
    expect(shown([long], 70).split('\n').slice(0, 5)).toEqual([
      '  ID             NAME                      LAST     EXPIRES   CREATED',
      '                                           USED',
      '  k3j9x0q2m7ab   a name of several words   3w ago   in 7w     12mo ago',
      '                 that is long',
      '',
    ]);
  });

  test('leaves out what matters least, and says so', () => {
    expect(shown([ROW], 50)).toBe(
      [
        '  ID             NAME        LAST     EXPIRES',
        '                             USED',
        '  k3j9x0q2m7ab   ci-deploy   3w ago   in 7w',
        '',
        'Not shown here: CREATED AT. To show them use',
        '  --columns, or --wide.',
        '',
      ].join('\n'),
    );
    expect(shown([ROW], 50, false)).toContain('Not shown here: CREATED AT. To show them use\n  --wide.');
  });

  test('is a record per row below 50 columns', () => {
    expect(shown([ROW, ROW.with(1, 'twelve-character-name-and-more')], 40)).toBe(
      [
        '  ID             k3j9x0q2m7ab',
        '  NAME           ci-deploy',
        '  LAST USED AT   21 days ago',
        '  EXPIRES AT     in 50 days',
        '  CREATED AT     12 months ago',
        '',
        '  ID             k3j9x0q2m7ab',
        '  NAME           twelve-character-name-',
        '                 and-more',
        '  LAST USED AT   21 days ago',
        '  EXPIRES AT     in 50 days',
        '  CREATED AT     12 months ago',
        '',
      ].join('\n'),
    );
  });

  test('is never wider than the terminal, and holds every character, whatever a name is made of', () => {
    const name = fc.oneof(
      fc.string({
        unit: fc.constantFrom('a', 'b-', ' ', '名', 'e\u0301', '👩‍👩‍👧', 'x'.repeat(30)),
        maxLength: 60,
      }),
      fc.constant('n'.repeat(255)),
    );
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 40, max: 120 }),
        (names, width) => {
          const output = shown(
            names.map((one) => ROW.with(1, one)),
            width,
          );
          const table = output.split('\nNot shown here')[0] ?? '';
          for (const line of table.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
          const letters = (words: string) => [...words].filter((one) => one === '名').length;
          expect(letters(table)).toBe(letters(names.join('')));
          expect(table.split('k3j9x0q2m7ab')).toHaveLength(names.length + 1);
        },
      ),
    );
  });
});

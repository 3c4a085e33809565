import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { createStyle } from '../../src/output/style.ts';
import { type Choice, openList, press } from '../../src/prompts/choice-list.ts';
import { drawClosed, drawList } from '../../src/prompts/choice-list-view.ts';

const plainStyle = createStyle(false);
const choice = (id: string, detail = '', group?: string): Choice => ({ id, label: id, detail, group });
const down = { name: 'down' };
const asked = (row: string, rowsAbove = 0) => ({ row, rowsAbove });

describe('a list on the screen', () => {
  test('shows question, filter, groups, marks, the whole detail and the keys', () => {
    const list = openList(
      [choice('read_branch', 'View branches', 'Branches'), choice('read_backups', 'View backups', 'Backups')],
      new Set(['read_backups']),
    );
    expect(drawList(list, asked('What may it do?'), { columns: 60, rows: 24 }, plainStyle)).toEqual([
      'What may it do?',
      'Filter: (type to filter)  2',
      '  Branches',
      '> [ ] read_branch   View branches',
      '  Backups',
      '  [x] read_backups  View backups',
      '  View branches',
      'Space toggle  ^A all  Enter  Esc cancel  ? keys',
    ]);
  });

  test('says what was chosen when it is closed', () => {
    const list = openList([choice('shop'), choice('blog')]);
    const screen = { columns: 40, rows: 12 };
    const accepted = press(press(list, down, 3), { name: 'return' }, 3);
    expect(drawClosed(accepted, asked('Where?'), screen, plainStyle)).toBe('Where? blog');
    // Where all of the question stands above, and where there is no room for both in one row.
    expect(drawClosed(accepted, asked('', 2), screen, plainStyle)).toBe('blog');
    const long = 'Where should it have access, my friend';
    expect(drawClosed(accepted, asked(long), screen, plainStyle)).toBe(`${long}\nblog`);
    expect(drawClosed(press(list, { name: 'escape' }, 3), asked('Where?'), screen, plainStyle)).toBe(
      'Where?',
    );
  });

  test('says so when nothing fits the filter', () => {
    const list = press(openList([choice('shop')]), { sequence: 'x' }, 3);
    expect(drawList(list, asked('Where?'), { columns: 40, rows: 12 }, plainStyle)).toEqual([
      'Where?',
      'Filter: x  0 of 1',
      '  no match',
      '',
      'Enter choose  Esc clear  ? keys',
    ]);
  });

  test('fits any screen, with names in any script, and shows the choice under the cursor', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((text) => !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(text));
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 300 }),
        fc.nat(),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 8, max: 60 }),
        (names, steps, columns, rows) => {
          const choices = names.map((text, index) => ({
            ...choice(text, text, `group ${index % 7}`),
            id: `${index}`,
          }));
          let list = openList(choices, new Set());
          for (let step = 0; step < steps % names.length; step += 1) list = press(list, down, 5);
          const lines = drawList(list, asked('Which?'), { columns, rows }, plainStyle);
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) expect(stringWidth(line)).toBeLessThan(columns);
          expect(lines.filter((line) => line.startsWith('>'))).toHaveLength(1);
        },
      ),
      { numRuns: 50 },
    );
  });
});

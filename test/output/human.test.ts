import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { renderHuman } from '../../src/output/human.ts';
import type { Cell, Column, HumanView, Result } from '../../src/output/result.ts';
import { createStyle } from '../../src/output/style.ts';
import { text } from '../../src/text/text.ts';
import { localTime } from '../../src/values/time.ts';

const PLAIN = createStyle(false);
const NOW = Date.parse('2026-05-01T10:00:00Z');
const TABLE: HumanView = { kind: 'table', whenEmpty: text`There is nothing.` };
const RECORD: HumanView = { kind: 'record' };

function result(human: HumanView, headers: readonly string[], ...rows: readonly (readonly Cell[])[]): Result {
  return { data: null, table: { columns: headers.map((header) => ({ header })), rows }, human };
}

function render(of: Result, style = PLAIN): string {
  return renderHuman(of, style, NOW);
}

describe('a table', () => {
  test('has capital headers, two spaces before and three between columns, and no space at line ends', () => {
    const shown = render(
      result(
        TABLE,
        ['ID', 'LastUsedAt', 'Name'],
        ['k3j9x0q2m7ab', 'x', 'ci'],
        ['b', 'long', 'a longer name'],
      ),
    );
    expect(shown).toBe(
      [
        '  ID             LAST USED AT   NAME',
        '  k3j9x0q2m7ab   x              ci',
        '  b              long           a longer name',
        '',
      ].join('\n'),
    );
  });

  test('shows each kind of cell for people', () => {
    const shown = render(
      result(
        TABLE,
        ['A', 'B', 'C', 'D', 'E'],
        [true, false, { time: '2026-04-10T10:00:00Z' }, { time: '2026-05-01T10:59:00Z' }, ['read', 'write']],
      ),
    );
    expect(shown.split('\n')[1]).toBe('  Yes   No   21 days ago   in 59 minutes   read, write');
  });

  test('says what stands for an empty cell, and leaves it blank where nothing does', () => {
    const shown = render({
      data: null,
      table: {
        columns: [
          { header: 'Name', whenEmpty: 'none' },
          { header: 'Used', whenEmpty: 'never' },
          { header: 'All', whenEmpty: 'nothing' },
          { header: 'Rest' },
          { header: 'End' },
        ],
        rows: [['', { time: null }, [], '', 'x']],
      },
      human: TABLE,
    });
    expect(shown).toBe('  NAME   USED    ALL       REST   END\n  none   never   nothing          x\n');
  });

  test('without rows is a sentence, without a header', () => {
    const human: HumanView = { kind: 'table', whenEmpty: text`Token ${'k3j9'} holds nothing.` };
    expect(render(result(human, ['ID']))).toBe('Token k3j9 holds nothing.\n');
  });

  test.each([
    ['Chinese', '名前'],
    ['an emoji', '🔑'],
    ['a family of emojis', '👩‍👩‍👧'],
    ['a combining accent', 'e\u0301te\u0301'],
    ['full width', 'ＡＢＣ'],
    ['Hangul', '한국어'],
  ])('stays aligned with %s in a cell', (_, name) => {
    const lines = render(result(TABLE, ['Name', 'Next'], [name, '|'], ['ascii', '|']))
      .split('\n')
      .filter((line) => line.endsWith('|'));
    const widths = lines.map((line) => stringWidth(line));
    expect(widths).toHaveLength(2);
    expect(new Set(widths).size).toBe(1);
  });

  test('gives each row one line, however hostile its cells are', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        '\n',
        '\r',
        '\t',
        '\u001b',
        '[31m',
        '\u009b',
        '\u202e',
        '\u2028',
        '|',
        '{',
        '名',
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { minLength: 1, maxLength: 5 }), (rows) => {
        // The second column holds lists.
        const cells = rows.map(([one, two]) => [one, [two, one]]);
        const shown = render(result(TABLE, ['One', 'Two'], ...cells));
        expect(shown.split('\n')).toHaveLength(rows.length + 2);
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
        expect(shown).not.toMatch(/ \n/);
      }),
    );
  });

  test('never cuts a long cell: a token that is shown once has to be whole', () => {
    const secret = `pscale_tkn_${'x'.repeat(300)}`;
    expect(render(result(TABLE, ['ID', 'Token'], ['a', secret]))).toContain(secret);
  });

  test('is bold and dim on a terminal, and without one has no escape code', () => {
    const of: Result = {
      data: null,
      table: { columns: [{ header: 'Used', whenEmpty: 'never' }], rows: [[{ time: null }]] },
      human: TABLE,
    };
    expect(render(of)).toBe('  USED\n  never\n');
    const coloured = render(of, createStyle(true));
    expect(coloured).toContain('\u001b[1mUSED\u001b[22m');
    expect(coloured).toContain('\u001b[2mnever\u001b[22m');
  });

  test('is aligned with colour as without', () => {
    const of = result(TABLE, ['ID', 'Name'], ['k3j9', 'ci']);
    const strip = (shown: string): string => shown.replaceAll(/\u001b\[\d+m/g, '');
    expect(strip(render(of, createStyle(true)))).toBe(render(of));
  });
});

describe('the colours of a table', () => {
  const COLOURS = createStyle(true);
  const cell = (of: Cell, column: Partial<Column<never>> = {}): string => {
    const columns = [{ header: 'X', ...column }];
    return (
      render({ data: null, table: { columns, rows: [[of]] }, human: TABLE }, COLOURS).split('\n')[1] ?? ''
    );
  };

  test.each([
    ['done', '\u001b[32mx\u001b[39m'],
    ['granted', '\u001b[32mx\u001b[39m'],
    ['failed', '\u001b[31mx\u001b[39m'],
    ['removed', '\u001b[31mx\u001b[39m'],
    ['warning', '\u001b[33mx\u001b[39m'],
    ['name', '\u001b[1mx\u001b[22m'],
    ['absent', '\u001b[2mx\u001b[22m'],
  ] as const)('show what is %s the same, whether a cell or its column is that', (tone, shown) => {
    expect(cell({ words: 'x', tone })).toBe(`  ${shown}`);
    expect(cell('x', { tone })).toBe(`  ${shown}`);
  });

  test.each([
    ['2026-05-08T10:00:00Z', '\u001b[33min 7 days'],
    ['2026-05-08T10:00:01Z', 'in 7 days'],
    ['2026-04-30T10:00:00Z', '\u001b[31mexpired 24 hours ago'],
    ['2026-05-01T10:00:00Z', '\u001b[31mexpired now'],
  ])('warn of an end within seven days, and say what is over: %s', (time, shown) => {
    expect(cell({ time, isEnd: true }).startsWith(`  ${shown}`)).toBe(true);
    expect(cell({ time })).not.toContain('\u001b[');
  });

  test('do not reach what a cell holds: its own codes are shown', () => {
    expect(cell({ words: '\u001b[31mx', tone: 'done' })).toBe('  \u001b[32m\\e[31mx\u001b[39m');
  });
});

test('a table of many rows is drawn as one: the last row has the columns of the first', () => {
  const rows = Array.from({ length: 130 }, (_, index) => [index === 129 ? 'the-longest-of-all' : 'x', '|']);
  const shown = render(result(TABLE, ['Name', 'Next'], ...rows))
    .trimEnd()
    .split('\n');
  expect(shown).toHaveLength(131);
  expect(new Set(shown.slice(1).map((line) => line.indexOf('|')))).toEqual(new Set([23]));
});

test('groups go on from one part that is drawn to the next', () => {
  const rows = Array.from({ length: 130 }, (_, index) => ['same', `r${index}`]);
  const shown = render(result({ ...TABLE, groupedBy: 1 }, ['Group', 'Name'], ...rows));
  expect(shown.split('same')).toHaveLength(2);
});

describe('a record', () => {
  test('has a line for each column, with what is said before and after', () => {
    const human: HumanView = {
      kind: 'record',
      before: text`Token ${'ci'} was made.`,
      after: text`Store it now.`,
    };
    expect(
      render(
        result(human, ['ID', 'CreatedAt', 'Token'], ['k3j9', { time: '2026-05-01T10:00:00Z' }, 'secret']),
      ),
    ).toBe(
      [
        'Token ci was made.',
        '',
        '  ID           k3j9',
        `  CREATED AT   now (${localTime(NOW)})`,
        '  TOKEN        secret',
        '',
        'Store it now.',
        '',
      ].join('\n'),
    );
  });

  test('has no blank lines where nothing is said around it', () => {
    expect(render(result(RECORD, ['ID'], ['k3j9']))).toBe('  ID   k3j9\n');
  });

  test('leaves no space at the end of a line whose value is empty', () => {
    expect(render(result(RECORD, ['Name', 'ID'], ['', 'k3j9']))).toBe('  NAME\n  ID     k3j9\n');
  });

  test('shows what a terminal would obey', () => {
    const shown = render(result(RECORD, ['Name'], ['\u001b[2J\nfake']));
    expect(shown).toBe('  NAME   \\e[2J\\nfake\n');
  });
});

describe('a sentence', () => {
  test('is a line of its own', () => {
    expect(render(result({ kind: 'sentence', text: text`Token ${'k3j9'} is gone.` }, []))).toBe(
      'Token k3j9 is gone.\n',
    );
  });

  test('keeps what a value holds on that line', () => {
    expect(render(result({ kind: 'sentence', text: text`Token ${'a\nb'} is gone.` }, []))).toBe(
      'Token a\\nb is gone.\n',
    );
  });
});

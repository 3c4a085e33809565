import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderCsv } from '../../src/output/csv.ts';
import type { Cell, Table } from '../../src/output/result.ts';

function table(headers: readonly string[], ...rows: readonly (readonly Cell[])[]): Table {
  return { columns: headers.map((header) => ({ header })), rows };
}

/** Go's rule: which fields its encoding/csv package puts into quotes. */
function needsQuotes(field: string): boolean {
  if (field === '') return false;
  return field === '\\.' || /[,"\r\n]/.test(field) || /^\p{White_Space}/u.test(field);
}

function quotedAsGo(field: string): string {
  return needsQuotes(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Strings in which everything that CSV can stumble over is frequent. */
const field = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...',"\r\n\t \\.;\'=', 'a', 'é', '\u00a0', '\u3000', '\u2028', '\u0085', '\ufeff'),
  }),
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.constantFrom('', '\\.', ' ', '"', '""', '\r\n', 'null', '0'),
);
const rows = fc
  .integer({ min: 2, max: 4 })
  .chain((width) =>
    fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
  );

describe('renderCsv', () => {
  test('writes what a CSV reader reads back, whatever the cells hold', () => {
    fc.assert(
      fc.property(rows, ([header = [], ...body]) => {
        const csv = renderCsv(table(header, ...body));
        expect(parse(csv, { record_delimiter: '\n' })).toEqual([header, ...body]);
      }),
      { numRuns: 500 },
    );
  });

  test("quotes exactly the fields that Go's encoding/csv does", () => {
    fc.assert(
      fc.property(rows, ([header = [], ...body]) => {
        const lines = [header, ...body].map((row) => `${row.map(quotedAsGo).join(',')}\n`);
        expect(renderCsv(table(header, ...body))).toBe(lines.join(''));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['a\rb', '"a\rb"'],
    [' leading', '" leading"'],
    ['\tleading', '"\tleading"'],
    ['\u00a0leading', '"\u00a0leading"'],
    ['\u0085leading', '"\u0085leading"'],
    ['\ufeffnot white space', '\ufeffnot white space'],
    ['trailing ', 'trailing '],
    ['\\.', '"\\."'],
    ['\\.x', '\\.x'],
    ["it's", "it's"],
    ['a;b', 'a;b'],
    ['=1+1', '=1+1'],
  ])('writes the field %j as %j', (value, written) => {
    expect(renderCsv(table(['A', 'B'], [value, 'x']))).toBe(`A,B\n${written},x\n`);
  });

  test.each<[string, Cell, string]>([
    ['a time as Unix milliseconds', { time: '2026-05-01T10:00:00.5Z' }, '1777629600500'],
    ['a time with an offset', { time: '2026-05-01T12:00:00+02:00' }, '1777629600000'],
    ['no time as 0', { time: null }, '0'],
    ['true as a word', true, 'true'],
    ['false as a word', false, 'false'],
    [
      'a list as a JSON array in one cell',
      ['read_branch', 'create_branch'],
      '"[""read_branch"",""create_branch""]"',
    ],
    ['an empty list too', [], '[]'],
    ['words without what they are to people', { words: 'failed', tone: 'failed' }, 'failed'],
  ])('writes %s', (_, cell, written) => {
    expect(renderCsv(table(['A', 'B'], [cell, 'x']))).toBe(`A,B\n${written},x\n`);
  });

  test('writes the header of a table without rows, and no blank line after it', () => {
    expect(renderCsv(table(['ID', 'Name']))).toBe('ID,Name\n');
  });

  test('writes what a terminal would obey as it is: CSV is for programs', () => {
    expect(renderCsv(table(['A', 'B'], ['\u001b[31m', 'x']))).toBe('A,B\n\u001b[31m,x\n');
  });
});

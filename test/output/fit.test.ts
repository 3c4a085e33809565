import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { clip, strictWidth, styledInOneRow, wrapped } from '../../src/output/fit.ts';
import { createStyle } from '../../src/output/style.ts';
import { terminalSafe } from '../../src/text/terminal-safe.ts';
import { lines, text } from '../../src/text/text.ts';

const anyText = fc.string({ unit: 'grapheme', maxLength: 80 }).map(terminalSafe);
const anyWidth = fc.integer({ min: 12, max: 60 });

describe('clip', () => {
  test('keeps what fits, and marks what was cut off', () => {
    expect(clip('service', 7)).toBe('service');
    expect(clip('services', 7)).toBe('servic~');
    expect(clip('商店商店', 5)).toBe('商店~');
    expect(clip('x', 0)).toBe('');
  });

  test('never takes more columns than there are, nor more characters where both count', () => {
    fc.assert(
      fc.property(anyText, anyWidth, (words, width) => {
        expect(stringWidth(clip(words, width))).toBeLessThanOrEqual(width);
        const strict = clip(words, width, strictWidth);
        expect(Math.max(stringWidth(strict), strict.length)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('styledInOneRow', () => {
  test('cuts a message where the row ends, and leaves no style open', () => {
    const message = lines(text`Fetching ${'acme-corporation'}`, text`now`);
    expect(styledInOneRow(message, createStyle(false), 40)).toBe('Fetching acme-corporation now');
    expect(styledInOneRow(message, createStyle(true), 14)).toBe('Fetching \u001b[1macme~\u001b[22m');
    expect(styledInOneRow(text`${'\u001b[2J'}`, createStyle(false), 40)).toBe('\\e[2J');
  });
});

describe('wrapped', () => {
  test('breaks between words, and in a word only where it is longer than a row', () => {
    expect(wrapped('What may the token do on shop?', 14)).toEqual(['What may the', 'token do on', 'shop?']);
    expect(wrapped('of abcdefghij', 5)).toEqual(['of', 'abcde', 'fghij']);
    expect(wrapped('  + read_branch', 40)).toEqual(['  + read_branch']);
    expect(wrapped('', 10)).toEqual(['']);
  });

  test('loses nothing, and fits, whatever the words are, styled or not', () => {
    fc.assert(
      fc.property(anyText, anyText, anyWidth, fc.boolean(), (one, two, width, isColoured) => {
        const line = `${one} ${createStyle(isColoured).bold(two)} end`;
        const rows = wrapped(line, width);
        for (const row of rows) expect(stringWidth(row)).toBeLessThanOrEqual(width);
        const inOne = (words: string): string => stripVTControlCharacters(words).replaceAll(' ', '');
        expect(inOne(rows.join(''))).toBe(inOne(line));
      }),
    );
  });
});

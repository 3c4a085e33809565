import { describe, expect, test } from 'vitest';
import { parseInteger } from '../../src/values/integer.ts';

describe('an integer as Go writes it', () => {
  test.each([
    ['0', 0],
    ['60', 60],
    ['+60', 60],
    ['0x10', 16],
    ['0X1f', 31],
    ['0x_1F', 31],
    ['1_000', 1_000],
    ['0b11', 3],
    ['0o17', 15],
  ])('%s is %i', (word, value) => {
    expect(parseInteger(word)).toEqual({ kind: 'integer', value });
  });

  test.each(['010', '0060', '00', '08', '0_10'])('%s is ambiguous', (word) => {
    expect(parseInteger(word)).toEqual({ kind: 'ambiguous' });
  });

  test.each([
    '',
    '+',
    '-1',
    '60.0',
    '1e3',
    '1__0',
    '_1',
    '1_',
    '0x',
    '0b2',
    '0o8',
    ' 1',
    '٣',
    '9007199254740993',
  ])('%j is none', (word) => {
    expect(parseInteger(word)).toEqual({ kind: 'none' });
  });
});

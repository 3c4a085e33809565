import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lines, listed, plain, text } from '../src/text.ts';

describe('text', () => {
  test('keeps words and values apart, so that only values are highlighted and made safe', () => {
    expect(text`token ${'k3j9'} is gone`.filter((segment) => segment !== '')).toEqual([
      'token ',
      { value: 'k3j9' },
      ' is gone',
    ]);
  });

  test('takes numbers as values', () => {
    expect(plain(text`status ${404}`)).toBe('status 404');
    expect(text`${404}`).toContainEqual({ value: '404' });
  });

  test('keeps the segments of a text that is put into another one', () => {
    const inner = text`by ${'Robin'}`;
    expect(text`made ${inner}`.filter((segment) => segment !== '')).toEqual([
      'made ',
      'by ',
      { value: 'Robin' },
    ]);
  });

  test('keeps an empty value, so that a message never loses its place', () => {
    expect(text`name ${''}!`).toContainEqual({ value: '' });
    expect(plain(text`name ${''}!`)).toBe('name !');
  });

  test('reads in plain like the template literal it looks like, whatever the values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer(), (name, count) => {
        expect(plain(text`a ${name} b ${count} c`)).toBe(`a ${name} b ${count} c`);
      }),
    );
  });
});

describe('listed', () => {
  test.each([
    [[], ''],
    [['one'], 'one'],
    [['one', 'two', 'three'], 'one, two, three'],
  ])('joins %j with commas', (values, expected) => {
    expect(plain(listed(values))).toBe(expected);
  });

  test('highlights each value on its own, not the separators', () => {
    expect(listed(['a', 'b'], ' or ')).toEqual([{ value: 'a' }, ' or ', { value: 'b' }]);
  });

  test('keeps the separator where a value is empty', () => {
    expect(plain(listed(['', 'b']))).toBe(', b');
  });
});

test('lines puts messages one under the other, without a break before or after', () => {
  expect(plain(lines(['one'], text`two ${2}`, ['three']))).toBe('one\ntwo 2\nthree');
  expect(plain(lines(['one']))).toBe('one');
  expect(lines()).toEqual([]);
});

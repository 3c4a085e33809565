import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lines, listed, plain, segmentsOf, type Text, text, unstyled } from '../../src/text/text.ts';

const value = (of: string) => ({ value: of, highlighted: true });

describe('text', () => {
  test('keeps words and values apart, so that only values are highlighted and made safe', () => {
    expect(segmentsOf(text`token ${'k3j9'} is gone`)).toEqual(['token ', value('k3j9'), ' is gone']);
  });

  test('takes numbers as values', () => {
    expect(plain(text`status ${404}`)).toBe('status 404');
    expect(segmentsOf(text`${404}`)).toEqual([value('404')]);
  });

  test('keeps the segments of a text that is put into another one', () => {
    const inner = text`by ${'Robin'}`;
    expect(segmentsOf(text`made ${inner}`)).toEqual(['made ', 'by ', value('Robin')]);
  });

  test('keeps an empty value, so that a message never loses its place', () => {
    expect(segmentsOf(text`name ${''}!`)).toContainEqual(value(''));
    expect(plain(text`name ${''}!`)).toBe('name !');
  });

  test('reads in plain like the template literal it looks like, whatever the values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer(), (name, count) => {
        expect(plain(text`a ${name} b ${count} c`)).toBe(`a ${name} b ${count} c`);
      }),
    );
  });

  test('is the only way to words of our own: a string from outside is no message', () => {
    const foreign: string = JSON.parse('"\\u001b[2J"');
    // @ts-expect-error a list of strings
    const list: Text = [foreign];
    // @ts-expect-error a string
    const bare: Text = foreign;
    // @ts-expect-error called like any function
    const called = (): Text => text([foreign]);
    // @ts-expect-error what messages are made of is nobody else's
    const forged: Text = { segments: [foreign] };
    expect([list, bare, called, forged]).toHaveLength(4);
    // Nor does what the types do not see make one: parts are found by a name that is not given away.
    expect(() => segmentsOf(JSON.parse('{"segments": ["x"]}')).map(String)).toThrow(TypeError);
  });
});

test('unstyled is a value that is not highlighted', () => {
  expect(segmentsOf(text`in ${unstyled('2 days')}`)).toEqual([
    'in ',
    { value: '2 days', highlighted: false },
  ]);
  expect(plain(unstyled(3))).toBe('3');
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
    expect(segmentsOf(listed(['a', 'b'], text` or `))).toEqual([value('a'), ' or ', value('b')]);
  });

  test('keeps the segments of texts among the values', () => {
    expect(segmentsOf(listed([text`'${'a'}'`, 'b']))).toEqual(["'", value('a'), "'", ', ', value('b')]);
  });

  test('keeps the separator where a value is empty', () => {
    expect(plain(listed(['', 'b']))).toBe(', b');
  });
});

test('lines puts messages one under the other, without a break before or after', () => {
  expect(plain(lines(text`one`, text`two ${2}`, text`three`))).toBe('one\ntwo 2\nthree');
  expect(plain(lines(text`one`))).toBe('one');
  expect(plain(lines())).toBe('');
});

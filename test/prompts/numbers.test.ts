import { expect, test } from 'vitest';
import { numbersIn } from '../../src/prompts/numbers.ts';

test.each([
  ['3', [3]],
  ['1 3-5, 5', [1, 3, 4, 5]],
  [' 2,2 ', [2]],
  ['', []],
])('“%s” names %j', (answer, numbers) => {
  expect(numbersIn(answer, 5)).toEqual(numbers);
});

test.each(['0', '6', '1 6', '4-6', '5-4', '1-999999999'])('“%s” is out of range', (answer) => {
  expect(numbersIn(answer, 5)).toBe('out of range');
});

test.each(['backup', '1 backup', '-1', '1-', '1.5', '1-2-3', '9999999999'])(
  '“%s” is no numbers',
  (answer) => {
    expect(numbersIn(answer, 5)).toBe('not numbers');
  },
);

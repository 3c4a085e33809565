import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitsPattern } from '../../src/values/name-pattern.ts';

describe('a pattern', () => {
  test.each([
    ['ci-deploy', 'ci-deploy'],
    ['ci-deploy', 'ci-*'],
    ['ci-', 'ci-*'],
    ['ci-deploy', '*'],
    ['ci-deploy', '*deploy'],
    ['ci-deploy', '*-*'],
    ['ci-deploy', 'c?-d*y'],
    ['ci-deploy', '**ci**'],
    ['a*b', 'a*b'],
    ['', '*'],
    ['', '**'],
    ['ab.c', 'ab.c'],
    ['𝒩x', '?x'],
    ['a\nb', 'a*b'],
    ['aXbXc', '*X?'],
    ['abab', '*ab'],
  ])('%j fits %j', (name, pattern) => {
    expect(fitsPattern(name, pattern)).toBe(true);
  });

  test.each([
    ['ci-deploy', 'ci'],
    ['ci-deploy', 'CI-*'],
    ['ci-deploy', 'deploy'],
    ['ci-deploy', '?'],
    ['', '?'],
    ['', 'a'],
    ['abXc', 'ab.c'],
    ['ab', 'a?b'],
    ['ci', '[c]i'],
    ['ci', '(ci|x)'],
    ['abc', '*ab'],
  ])('%j does not fit %j', (name, pattern) => {
    expect(fitsPattern(name, pattern)).toBe(false);
  });

  test('means what the regular expression of the same parts means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.', '𝒩'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (name, pattern) => {
        const source = [...pattern].map((character) => {
          if (character === '*') return '.*';
          return character === '?' ? '.' : character.replace(/[.\\]/, '\\$&');
        });
        expect(fitsPattern(name, pattern)).toBe(new RegExp(`^${source.join('')}$`, 'su').test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  test('of very many stars is done in no time', () => {
    expect(fitsPattern('a'.repeat(255), '*a'.repeat(120).concat('b'))).toBe(false);
  });
});

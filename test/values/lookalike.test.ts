import { describe, expect, test } from 'vitest';
import { appearance, disguiseOf, shownName } from '../../src/values/lookalike.ts';

describe('names look alike', () => {
  test.each([
    ['ci', 'ci '],
    ['ci', '\u00a0ci'],
    ['ci', 'c\u200bi'],
    ['ci', '\u0441\u0456'],
    ['ci', '\uff43\uff49'],
    ['CI-KAPPA', '\u0421\u0406-\u039aA\u03a1\u03a1A'],
    ['caf\u00e9', 'cafe\u0301'],
  ])('%j and %j', (one, other) => {
    expect(appearance(other)).toBe(appearance(one));
  });

  test.each([
    ['ci', 'ci2'],
    ['ci', 'CI'],
    ['ci', 'c i'],
    ['\u0441\u0431\u043e\u0440', 'c6op'],
  ])('%j and %j do not', (one, other) => {
    expect(appearance(other)).not.toBe(appearance(one));
  });
});

test.each([
  ['ci ', { kind: 'blank' }],
  ['\u3000ci', { kind: 'blank' }],
  ['c\u200bi', { kind: 'invisible', letter: '\u200b' }],
  ['\u0441i', { kind: 'script', letter: '\u0441' }],
  ['ci-deplo\u03bd', { kind: 'script', letter: '\u03bd' }],
])('%j is disguised, and quoted', (name, disguise) => {
  expect(disguiseOf(name)).toEqual(disguise);
  expect(shownName(name)).toBe(JSON.stringify(name));
});

test.each([
  'ci',
  'ci build',
  'ci-\u0441\u0431\u043e\u0440\u043a\u0430',
  'caf\u00e9',
  'cafe\u0301',
  'CI \u30c7\u30d7\u30ed\u30a4\u7528',
  'ci \u2764\ufe0f',
  '\u{1f469}\u200d\u{1f680} launch',
  '',
])('%j is not', (name) => {
  expect(disguiseOf(name)).toBeUndefined();
  expect(shownName(name)).toBe(name);
});

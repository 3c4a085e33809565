import { expect, test } from 'vitest';
import { keysIn } from '../../src/prompts/keys.ts';
import { edit } from '../../src/prompts/line.ts';

/** A line after some keys, `|` being the cursor. */
function typed(keys: string): string {
  const { before, after } = keysIn(keys).keys.reduce(edit, { before: '', after: '' });
  return `${before}|${after}`;
}

test.each([
  ['ab', 'ab|'],
  ['a🔑\u007f', 'a|'],
  ['a🔑\u001b[D', 'a|🔑'],
  ['a🔑\u001b[D\u0006', 'a🔑|'],
  ['abc\u0001x', 'x|abc'],
  ['abc\u0001\u001b[3~\u0005!', 'bc!|'],
  ['abc\u001b[D\u000b', 'ab|'],
  ['abc\u001b[D\u0015', '|c'],
  ['two words  \u0017', 'two |'],
  ['a\u001b[A\t\u001b[200~b', 'ab|'],
])('%j', (keys, expected) => {
  expect(typed(keys)).toBe(expected);
});

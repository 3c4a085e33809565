import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { terminalSafe } from '../../src/output/terminal-safe.ts';

/** Code points a terminal obeys, or that reorder or hide what it shows. */
const DANGEROUS: readonly (readonly [first: number, last: number, what: string])[] = [
  [0x00, 0x1f, 'C0 controls'],
  [0x7f, 0x9f, 'DEL and C1 controls'],
  [0x061c, 0x061c, 'the Arabic letter mark'],
  [0x200e, 0x200f, 'direction marks'],
  [0x2028, 0x2029, 'line and paragraph separators'],
  [0x202a, 0x202e, 'bidirectional overrides'],
  [0x2066, 0x2069, 'bidirectional isolates'],
  [0xe0000, 0xe007f, 'tags'],
];

function isDangerous(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return DANGEROUS.some(([first, last]) => first <= code && code <= last);
}

describe('terminalSafe', () => {
  test.each(DANGEROUS)('lets no character from U+%i to U+%i through: %s', (first, last) => {
    for (let code = first; code <= last; code += 1) {
      const safe = terminalSafe(`a${String.fromCodePoint(code)}b`);
      expect([...safe].filter(isDangerous)).toEqual([]);
      expect(safe).toMatch(/^a\\.+b$/);
    }
  });

  test('lets none of them through, whatever surrounds them', () => {
    const dangerous = fc
      .constantFrom(...DANGEROUS)
      .chain(([first, last]) => fc.integer({ min: first, max: last }))
      .map((code) => String.fromCodePoint(code));
    const hostile = fc
      .array(fc.oneof(dangerous, fc.string({ unit: 'binary', maxLength: 3 })))
      .map((parts) => parts.join(''));
    fc.assert(fc.property(hostile, (text) => ![...terminalSafe(text)].some(isDangerous)));
  });

  test('leaves text without them as it is', () => {
    const harmless = fc.string({ unit: 'binary' }).filter((text) => ![...text].some(isDangerous));
    fc.assert(fc.property(harmless, (text) => terminalSafe(text) === text));
    fc.assert(fc.property(fc.string(), (text) => terminalSafe(text) === text));
  });

  test.each([
    ['\u001b[31mred\u001b[0m', '\\e[31mred\\e[0m'],
    ['two\nlines\r\n', 'two\\nlines\\r\\n'],
    ['a\tb', 'a\\tb'],
    ['bell\u0007', 'bell\\x07'],
    ['\u009b31m', '\\x9b31m'],
    ['\u007f', '\\x7f'],
    ['admin\u202etxt', 'admin\\u{202e}txt'],
    ['\u2028', '\\u{2028}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['naïve 名前 🔑 👩‍💻', 'naïve 名前 🔑 👩‍💻'],
    ['', ''],
  ])('shows %j as %j', (text, shown) => {
    expect(terminalSafe(text)).toBe(shown);
  });
});

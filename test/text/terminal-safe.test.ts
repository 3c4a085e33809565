import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { terminalSafe } from '../../src/text/terminal-safe.ts';

/** Code points that a terminal obeys or does not show, or that reorder what it shows; named one by one. */
const DANGEROUS: readonly (readonly [first: number, last: number, what: string])[] = [
  [0x00, 0x1f, 'C0 controls'],
  [0x7f, 0x9f, 'DEL and C1 controls'],
  [0xad, 0xad, 'the soft hyphen'],
  [0x034f, 0x034f, 'the grapheme joiner'],
  [0x0600, 0x0605, 'Arabic number signs'],
  [0x061c, 0x061c, 'the Arabic letter mark'],
  [0x115f, 0x1160, 'Hangul fillers'],
  [0x17b4, 0x17b5, 'Khmer inherent vowels'],
  [0x180b, 0x180f, 'Mongolian selectors'],
  [0x200b, 0x200f, 'zero-width characters and direction marks'],
  [0x2028, 0x2029, 'line and paragraph separators'],
  [0x202a, 0x202e, 'bidirectional overrides'],
  [0x2060, 0x206f, 'invisible operators, bidirectional isolates'],
  [0x3164, 0x3164, 'the Hangul filler'],
  [0xd800, 0xdfff, 'lone surrogates'],
  [0xfe00, 0xfe0d, 'variation selectors that choose no emoji'],
  [0xfeff, 0xfeff, 'the byte order mark'],
  [0xffa0, 0xffa0, 'the half-width Hangul filler'],
  [0xfff0, 0xfffb, 'specials'],
  [0x1bca0, 0x1bca3, 'shorthand controls'],
  [0x1d173, 0x1d17a, 'musical controls'],
  [0xe0000, 0xe0fff, 'tags, selectors and what is kept for more of them'],
];

function isDangerous(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return DANGEROUS.some(([first, last]) => first <= code && code <= last);
}

describe('terminalSafe', () => {
  test.each(DANGEROUS)('lets no character from U+%i to U+%i through: %s', (first, last) => {
    for (let code = first; code <= last; code += 1) {
      const safe = terminalSafe(`a${String.fromCodePoint(code)}b`);
      expect(safe).toMatch(/^a\\[\x20-\x7e]+b$/);
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

  test('leaves text that is seen as it is, in any script', () => {
    const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]*$/u;
    const harmless = fc
      .string({ unit: 'binary' })
      .filter((text) => visible.test(text) && ![...text].some(isDangerous));
    fc.assert(fc.property(harmless, (text) => terminalSafe(text) === text));
    fc.assert(fc.property(fc.string(), (text) => terminalSafe(text) === text));
  });

  test('stays the same when it is done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = terminalSafe(text);
        return terminalSafe(once) === once;
      }),
    );
  });

  test.each([
    ['\u001b[31mred\u001b[0m', '\\e[31mred\\e[0m'],
    ['two\nlines\r\n', 'two\\nlines\\r\\n'],
    ['a\tb', 'a\\tb'],
    ['bell\u0007', 'bell\\x07'],
    ['\u009b31m', '\\x9b31m'],
    ['\u007f', '\\x7f'],
    ['soft\u00adhyphen', 'soft\\xadhyphen'],
    ['admin\u202etxt', 'admin\\u{202e}txt'],
    ['\u2028', '\\u{2028}'],
    ['ci\u200b-deploy', 'ci\\u{200b}-deploy'],
    ['\u3164', '\\u{3164}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud83d alone', '\\u{d83d} alone'],
    ['naïve 名前 🔑 ❤️ ❤︎', 'naïve 名前 🔑 ❤️ ❤︎'],
    ['👩‍💻', '👩\\u{200d}💻'],
    ['', ''],
  ])('shows %j as %j', (text, shown) => {
    expect(terminalSafe(text)).toBe(shown);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderJson } from '../../src/output/json.ts';

describe('renderJson', () => {
  test('writes two spaces for each level and one line break at the end', () => {
    expect(renderJson([{ id: 'k3j9', accesses: ['a', 'b'], none: null, empty: {} }])).toBe(
      `[
  {
    "id": "k3j9",
    "accesses": [
      "a",
      "b"
    ],
    "none": null,
    "empty": {}
  }
]
`,
    );
    expect(renderJson([])).toBe('[]\n');
  });

  test('means the same value, whatever that holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(JSON.parse(renderJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('holds no character that a terminal would obey, keys included', () => {
    const nasty = fc.string({
      unit: fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCodePoint(code)),
    });
    fc.assert(
      fc.property(nasty, nasty, (key, value) => {
        const json = renderJson({ [key]: value, list: [value] });
        expect(json.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
        expect(JSON.parse(json).list).toEqual([value]);
      }),
    );
  });

  test.each([
    ['\u007f', '\\u007f'],
    ['\u0080', '\\u0080'],
    ['\u009b', '\\u009b'],
    ['\u009f', '\\u009f'],
    ['\u2028', '\\u2028'],
    ['\u2029', '\\u2029'],
    ['\u001b', '\\u001b'],
    ['\n', '\\n'],
  ])('writes %j as %s', (character, written) => {
    expect(renderJson(character)).toBe(`"${written}"\n`);
  });

  test.each(['<', '>', '&', "'", 'é', '名', '🔑', '\u00a0'])('writes %s as it is', (character) => {
    expect(renderJson(character)).toBe(`"${character}"\n`);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedConfig } from '../../src/settings/config-edit.ts';
import { parseConfig } from '../../src/settings/config-yaml.ts';

const set = (content: string, key: string, value: string | undefined, path = '~/pscale.yml'): string =>
  changedConfig(content, { key, value }, path, 'user');

describe('a file in lines', () => {
  test.each([
    ['nothing', '', 'org: acme\n'],
    ['comments alone', '# mine\n', '# mine\norg: acme\n'],
    ['no line break at its end', 'format: json', 'format: json\norg: acme\n'],
    ['Windows line breaks', '# a\r\nformat: json\r\n', '# a\r\nformat: json\r\norg: acme\r\n'],
    ['a value of its own', 'org: beta # why\nformat: json\n', 'org: acme # why\nformat: json\n'],
    ['a quoted value', "org: 'beta'   # why\n", 'org: acme   # why\n'],
    ['the key in other letter case', 'ORG: beta\n', 'ORG: acme\n'],
    ['the key in quotes', '"org": "beta"\n', '"org": acme\n'],
    ['the key without a value', 'org:\nformat: json\n', 'org: acme\nformat: json\n'],
    ['keys of somebody else', 'a: {b: [1,2]}\norg: x\n', 'a: {b: [1,2]}\norg: acme\n'],
    ['a marker before it', '---\nformat: json\n', '---\nformat: json\norg: acme\n'],
  ])('%s: only what is set changes', (_, before, after) => {
    expect(set(before, 'org', 'acme')).toBe(after);
  });

  test.each([
    ['a flow mapping', '{org: beta, # why\n b: 0123}\n', '{org: acme, # why\n b: 0123}\n'],
    [
      'a flow mapping without it',
      '{b: 12345678901234567890, # why\n}\n',
      '{org: acme, b: 12345678901234567890, # why\n}\n',
    ],
    ['a folded text', 'org: > # why\n  beta\n\n# next\nb: 1\n', 'org: acme # why\n\n# next\nb: 1\n'],
    ['indented keys', '  b: 1\n', '  b: 1\n  org: acme\n'],
    ['an end marker', 'b: 1\n... # end\n', 'b: 1\norg: acme\n... # end\n'],
    ['an alias', 'database: &a beta # why\norg: *a # who\n', 'database: &a beta # why\norg: acme # who\n'],
  ])('%s: comments, layout and all other values stay', (_, before, after) => {
    expect(set(before, 'org', 'acme')).toBe(after);
  });

  test.each([
    ['{org: beta, b: 1}\n', '{b: 1}\n'],
    ['{b: 1, org: beta}\n', '{b: 1}\n'],
    ['{org: beta}\n', '{}\n'],
    ['b: 1\norg: >\n  beta\n  gamma\n# next\n', 'b: 1\n# next\n'],
  ])('%j: one setting is taken out', (before, after) => {
    expect(set(before, 'org', undefined)).toBe(after);
  });

  test.each([
    ['{b: 1, # why\norg: beta}\n', undefined],
    ['org: &a beta\nb: *a\n', 'acme'],
    ['null\n', 'acme'],
  ])('%j is refused: something else would change', (before, value) => {
    expect(() => set(before, 'org', value)).toThrow(
      'cannot change org in ~/pscale.yml: other parts of the file',
    );
  });

  test.each([
    ['a flow mapping', '{org: beta, format: json}\n'],
    ['an empty flow mapping', '{}\n'],
    ['an end marker', 'format: json\n...\n'],
    ['an anchor that nobody uses', 'org: &a beta\n'],
    ['an alias', 'database: &a beta\norg: *a\n'],
    ['a value of several lines', 'org: >\n  beta\nformat: json\n'],
    ['indented keys', '  org: beta\n  format: json\n'],
  ])('%s: what is set is right, and so is the rest', (_, before) => {
    const after = set(before, 'org', 'acme');
    expect(parseConfig(after, '', 'user')).toEqual({ ...parseConfig(before, '', 'user'), org: 'acme' });
  });

  test.each([
    ['a line of its own', 'org: beta # why\n# next\nformat: json\n', '# next\nformat: json\n'],
    ['the last line', 'format: json\norg: beta\n', 'format: json\n'],
    ['the last line without a break', 'format: json\norg: beta', 'format: json\n'],
    ['the only one', 'org: beta\n', ''],
    ['not there', '# mine\nformat: json\n', '# mine\nformat: json\n'],
  ])('%s is taken out', (_, before, after) => {
    expect(set(before, 'org', undefined)).toBe(after);
  });

  test.each([
    'no',
    '012345678901',
    '1e10',
    '~',
    'null',
    '2026-01-01',
    'a b',
    'a: b',
    '#x',
    '- x',
    '"',
    '',
    '*x',
  ])('%j stays a text for every reader', (value) => {
    const after = set('', 'org', value);
    expect(after).toBe(`org: ${JSON.stringify(value)}\n`);
    if (value !== '') expect(parseConfig(after, '', 'user')).toEqual({ org: value });
  });

  test('what something else refers to is not changed', () => {
    expect(() => set('org: &a beta\ndatabase: *a\n', 'org', undefined)).toThrow(
      'cannot change org in ~/pscale.yml: other parts of the file depend on it',
    );
  });

  test('what nobody could read is not changed', () => {
    for (const content of ['org: [', '- a\n', 'org: a\nOrg: b\n']) {
      expect(() => set(content, 'org', 'acme')).toThrow(/cannot read ~\/pscale.yml/);
    }
  });

  test('whatever is set and taken out again, the rest of the file stays byte by byte', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '# a comment',
        '',
        '   # indented',
        'other: {a: 1}   # x',
        'list: [a,  b]',
        "'quoted': 'x'  ",
      ),
      fc.constantFrom('format: json', 'database:   shop', 'api-url: "https://api.example"'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(line), fc.string({ minLength: 1, unit: 'grapheme' }), (lines, value) => {
        fc.pre(!/\p{Cs}/u.test(value));
        const before = lines.map((each) => `${each}\n`).join('');
        const after = set(before, 'org', value);
        expect(after.startsWith(before)).toBe(true);
        expect(parseConfig(after, '', 'user').org).toBe(value);
        expect(set(after, 'org', undefined)).toBe(before);
      }),
    );
  });
});

describe('a file that is called .json', () => {
  const json = (content: string, key: string, value: string | undefined): string =>
    set(content, key, value, '~/pscale.json');

  test('stays as it is written, order, blanks and large integers included', () => {
    expect(json('', 'org', 'acme')).toBe('{\n  "org": "acme"\n}\n');
    expect(json('{"a": 1, "Org": "x", "format": "json"}', 'org', 'no')).toBe(
      '{"a": 1, "Org": "no", "format": "json"}',
    );
    expect(json('{"org": "x", "format": "json"}', 'org', undefined)).toBe('{"format": "json"}');
    const others = '{\n\t"a": 12345678901234567890, "b": [1,2],\n\t"c": 1.0';
    expect(json(`${others}\n}\n`, 'org', 'acme')).toBe(`${others},\n\t"org": "acme"\n}\n`);
    expect(json(`${others},\n\t"org": "acme"\n}\n`, 'org', undefined)).toBe(`${others}\n}\n`);
  });

  test('is refused where it is YAML only', () => {
    expect(() => json('org: x\n', 'org', 'acme')).toThrow(
      'cannot change ~/pscale.json: it is not valid JSON',
    );
  });
});

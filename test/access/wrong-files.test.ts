import { describe, expect, test } from 'vitest';
import { readAccessFile } from '../../src/access/read.ts';
import { Failure } from '../../src/text/errors.ts';
import { plain } from '../../src/text/text.ts';

const HEAD = 'version: 1\norganization: acme\nowns: ["ci-*", "deploy"]\n';

/** Every mistake as it is told, the first one first. */
function mistakesIn(content: string): string[] {
  try {
    readAccessFile(content, 'f.yml');
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    expect(failure.code).toBe('INVALID_CONFIG');
    return failure.issues.map(plain);
  }
  throw new Error('it was read');
}

function token(...lines: readonly string[]): string {
  return `${HEAD}tokens:\n  ci-a:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

describe('a wrong file is told with line, column, value and mend', () => {
  const files: readonly (readonly [what: string, content: string, ...mistakes: string[]])[] = [
    ['nothing', '', 'f.yml:1:1: the file holds nothing: expected a mapping that begins with version: 1'],
    ['no mapping', '- a\n', 'f.yml:1:1: expected a mapping that begins with version: 1'],
    ['no organization', 'version: 1\nowns: []\n', 'f.yml:1:1: organization is missing'],
    [
      'another version',
      HEAD.replace('1', '2'),
      'f.yml:1:10: version is "2", and this program knows version 1',
    ],
    ['an unknown key', `${HEAD}token: {}\n`, 'f.yml:4:1: unknown key "token": did you mean tokens?'],
    [
      'a key like none',
      `${HEAD}everything: {}\n`,
      'f.yml:4:1: unknown key "everything": the keys here are version, organization, owns, tokens, absent',
    ],
    ['an unknown key of a token', token('acess: {}'), 'f.yml:6:5: unknown key "acess": did you mean access?'],
    [
      'an unknown key of access',
      token('access: {database: {}}'),
      'f.yml:6:14: unknown key "database": did you mean databases?',
    ],
    [
      'text for a list',
      HEAD.replace(/owns.*/, 'owns: ci-*'),
      'f.yml:3:7: "owns" is text ("ci-*"): expected a list, such as ["ci-*"]',
    ],
    ['a list for text', token('id: [k3j9x0q2m7ab]'), 'f.yml:6:9: "id" is a list: expected text'],
    ['a list for a mapping', token('access: []'), 'f.yml:6:13: "access" is a list: expected a mapping'],
    ['a mapping for a list', token('cidrs: {}'), 'f.yml:6:12: "cidrs" is a mapping: expected a list'],
    [
      'a mapping in a list',
      token('cidrs: [{a: b}]'),
      'f.yml:6:13: an entry of "cidrs" is a mapping: expected text',
    ],
    [
      'nothing behind a key',
      token('access:'),
      'f.yml:6:5: "access" has no value: write [] or {} for none, or leave it out',
    ],
    [
      'a tilde behind a key',
      token('cidrs: ~'),
      'f.yml:6:5: "cidrs" has no value: write [] or {} for none, or leave it out',
    ],
    [
      'null in a list',
      token('access: {organization: [null]}'),
      'f.yml:6:29: an entry of "organization" has no value: write [] or {} for none, or leave it out',
    ],
    ['a key twice', token('id: a', 'id: b'), 'f.yml:7:5: the same key is there twice'],
    ['a token twice', `${HEAD}tokens: {ci-a: {}, ci-a: {}}\n`, 'f.yml:4:20: the same key is there twice'],
    [
      'a merge key',
      `${HEAD}tokens:\n  ci-a: &a {}\n  ci-b: {<<: *a}\n`,
      'f.yml:6:10: merge keys are not supported',
    ],
    ['a tag', token('id: !!str k3j9x0q2m7ab'), 'f.yml:6:15: tags are not supported'],
    ['a tag that makes code', token('id: !!js/function "x"'), 'f.yml:6:23: tags are not supported'],
    ['a tab', `${HEAD}tokens:\n\tci-a: {}\n`, 'f.yml:5:1: it is not valid YAML'],
    [
      'lines that end with CR alone',
      HEAD.replaceAll('\n', '\r'),
      'f.yml:1:11: a line ends with CR alone: save the file with LF or CRLF',
    ],
    [
      'a CR alone in a comment, which hides a line from some readers',
      `${HEAD}# gone:\rabsent: [ci-a]\n`,
      'f.yml:4:8: a line ends with CR alone: save the file with LF or CRLF',
    ],
    ['two documents', `${HEAD}---\n${HEAD}`, 'f.yml:1:1: it holds more than one document'],
    [
      'a name that is not owned',
      `${HEAD}tokens:\n  x*: {}\n`,
      'f.yml:5:3: "x*" is not covered by owns: add "x\\\\*" there',
    ],
    [
      'a name in two places',
      `${HEAD}tokens:\n  ci-a: {}\nabsent: [ci-a]\n`,
      'f.yml:6:10: "ci-a" is there already, at f.yml:5:3: a name stands for one thing',
    ],
    [
      'one former name of two tokens',
      `${HEAD}tokens:\n  ci-a: {previously: [ci-c]}\n  ci-b: {previously: [ci-c]}\n`,
      'f.yml:6:23: "ci-c" is there already, at f.yml:5:23: a name stands for one thing',
    ],
    [
      'renames in a circle',
      `${HEAD}tokens:\n  ci-a: {previously: [ci-b]}\n  ci-b: {previously: [ci-a]}\n`,
      'f.yml:5:10: names are handed on in a circle: "ci-a" → "ci-b" → "ci-a"',
    ],
    [
      'an unfinished name',
      `${HEAD}tokens:\n  ci-a (unfinished): {}\n`,
      'f.yml:5:3: "ci-a (unfinished)" is what apply calls a token until it is finished: choose another name',
    ],
    [
      'one id of two tokens',
      `${HEAD}tokens:\n  ci-a: {id: x}\n  ci-b: {id: x}\n`,
      'f.yml:6:14: "x" is the id of "ci-a" already',
    ],
    ['an id with a slash', token('id: a/b'), 'f.yml:6:9: "a/b" cannot be a token id: it contains a slash'],
    [
      'a near miss of a permission',
      token('access: {databases: {shop: [read_brunch]}}'),
      'f.yml:6:33: read_brunch is not a known permission. Did you mean read_branch?',
    ],
    [
      'a permission of the other scope',
      token('access: {organization: [read_branch]}'),
      'f.yml:6:29: read_branch is a database permission. Use it with access.databases.<database>.',
    ],
    [
      'a wildcard',
      token("access: {databases: {shop: ['*_branch']}}"),
      'f.yml:6:33: "*_branch" is a wildcard: name each permission here',
    ],
    [
      'a permission twice',
      token('access: {organization: [read_databases, read_databases]}'),
      'f.yml:6:45: "read_databases" is there twice',
    ],
    [
      'a database with a slash',
      token('access: {databases: {a/b: []}}'),
      'f.yml:6:26: "a/b" cannot be a database name: it contains a slash',
    ],
    [
      'a database without a name',
      token('access: {databases: {"": [read_databases]}}'),
      'f.yml:6:26: the name is empty',
    ],
    ['a token without a name', `${HEAD}tokens:\n  "": {}\n`, 'f.yml:5:3: the name is empty'],
    ['a pattern of nothing', HEAD.replace(/owns.*/, 'owns: [""]'), 'f.yml:3:8: an entry of "owns" is empty'],
    [
      'host bits',
      token('cidrs: [203.0.113.7/24]'),
      'f.yml:6:13: "203.0.113.7/24" has host bits set: write 203.0.113.0/24',
    ],
    ['no network', token('cidrs: [here]'), 'f.yml:6:13: "here": it is not an IPv4 address or range'],
    [
      'every address',
      token('cidrs: [0.0.0.0/1, 128.0.0.0/1]'),
      'f.yml:6:12: cidrs covers every address: write [] for no restriction',
    ],
    [
      'too many networks',
      token(`cidrs: [${Array.from({ length: 11 }, (_, at) => `10.0.0.${at}`).join(', ')}]`),
      'f.yml:6:12: "cidrs" has more entries than the API takes',
    ],
    [
      'no duration',
      token('ttl: soon'),
      'f.yml:6:10: invalid ttl "soon": use seconds or a duration such as 12h or 90d',
    ],
    [
      'a pattern that quotes nothing',
      HEAD.replace(/owns.*/, 'owns: ["ci\\\\"]'),
      'f.yml:3:8: "ci\\\\" ends with a \\ that quotes nothing',
    ],
    [
      'a secret',
      token('id: pscale_tkn_EXAMPLE'),
      'f.yml:6:9: the secret of a token: nothing of it belongs here',
    ],
    [
      'a secret in a comment',
      `${HEAD}# pscale_tkn_EXAMPLE\n`,
      'f.yml:4:3: the secret of a token: nothing of it belongs here',
    ],
    [
      'a secret in escapes',
      token('id: "pscale\\u005ftkn_EXAMPLE"'),
      'f.yml:6:9: the secret of a token: nothing of it belongs here',
    ],
    [
      'a secret for a name',
      `${HEAD}tokens:\n  pscale_tkn_EXAMPLE: {}\n`,
      'f.yml:5:3: the secret of a token: nothing of it belongs here',
    ],
  ];

  test.each(files)('%s', (_, content, ...mistakes) => {
    expect(mistakesIn(content).slice(0, mistakes.length)).toEqual(mistakes);
  });

  test('all of them at once, in the order in which they stand there', () => {
    const content = token('acess: {}', 'cidrs: [x]').replace('version: 1', 'version: 3');
    expect(mistakesIn(content)).toEqual([
      'f.yml:1:10: version is "3", and this program knows version 1',
      'f.yml:6:5: unknown key "acess": did you mean access?',
    ]);
  });

  test('no more than twenty', () => {
    const names = Array.from({ length: 30 }, (_, at) => `  x${at}: {}\n`).join('');
    expect(mistakesIn(`${HEAD}tokens:\n${names}`)).toHaveLength(20);
  });
});

describe('names that people take for one another', () => {
  const warningsIn = (rest: string): string[] =>
    readAccessFile(`${HEAD}${rest}`, 'f.yml').warnings.map(plain);

  test.each([
    ['a blank at its end', 'tokens:\n  "ci-a ": {}\n', 'f.yml:5:3: "ci-a " begins or ends with a blank'],
    [
      'an invisible character',
      'absent: ["ci-\\u200ba"]\n',
      'f.yml:4:10: "ci-\u200ba" contains U+200B, which is not visible',
    ],
    [
      'a letter of another script',
      'tokens:\n  ci-\u0430bc: {}\n',
      'f.yml:5:3: "ci-\u0430bc" mixes scripts within a word: \u0430 is U+0430',
    ],
    [
      'all letters of another script',
      'tokens:\n  ci-a: {}\n  ci-\u0430: {}\n',
      'f.yml:6:3: "ci-\u0430" looks like "ci-a", at f.yml:5:3, and is another name',
    ],
    [
      'another one but for blanks',
      'tokens:\n  ci-a: {previously: ["ci-a "]}\n',
      'f.yml:5:23: "ci-a " begins or ends with a blank',
      'f.yml:5:23: "ci-a " looks like "ci-a", at f.yml:5:3, and is another name',
    ],
  ])('are warned of: %s', (_, rest, ...warnings) => {
    expect(warningsIn(rest)).toEqual(warnings);
  });

  test('are no mistakes', () => {
    expect(warningsIn('tokens:\n  ci-a: {}\n  ci-b: {}\n')).toEqual([]);
  });
});

describe('canonically equal names', () => {
  test('stand for one thing', () => {
    expect(mistakesIn(`${HEAD}tokens:\n  ci-\u00e9: {}\nabsent: ["ci-e\u0301"]\n`)).toEqual([
      'f.yml:6:10: "ci-e\u0301" is there already, at f.yml:5:3: a name stands for one thing',
    ]);
  });

  test('are owned by one pattern', () => {
    const file = `version: 1\norganization: acme\nowns: ["\u00e9?"]\ntokens: {"e\u0301o\u0308": {}}\n`;
    expect(() => readAccessFile(file, 'f.yml')).not.toThrow();
  });
});

test('a name that is too long is counted by code points, as the API does', () => {
  const name = (count: number): string => `ci-${'\u{1f600}'.repeat(count - 3)}`;
  expect(() => readAccessFile(`${HEAD}absent: [${name(255)}]\n`, 'f.yml')).not.toThrow();
  const [mistake] = mistakesIn(`${HEAD}absent: [${name(256)}]\n`);
  expect(mistake).toContain('has 256 characters: a name here has at most 255');
  expect(() => readAccessFile(`${HEAD}tokens: {${name(242)}: {}}\n`, 'f.yml')).not.toThrow();
  expect(mistakesIn(`${HEAD}tokens: {${name(243)}: {}}\n`)[0]).toContain('at most 242');
});

describe('hostile YAML', () => {
  test('a byte order mark, CRLF and characters of two units do not move a position', () => {
    const content = `\ufeff${HEAD}tokens:\n  ci-😀: {acess: {}}\n`.replaceAll('\n', '\r\n');
    expect(mistakesIn(content)).toEqual(['f.yml:5:10: unknown key "acess": did you mean access?']);
  });

  test.each([
    [
      'a bomb of aliases',
      `a: &a [${'x,'.repeat(50)}]\n${'bcdefgh'
        .split('')
        .map((key, at) => `${key}: &${key} [${`*${'abcdefg'[at]},`.repeat(9)}]`)
        .join('\n')}`,
    ],
    [
      'aliases within the bound that stand for too much',
      `a: &a [${'x,'.repeat(20_000)}]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]`,
    ],
    ['an alias within itself', 'a: &a [*a]'],
    ['nesting', `a: ${'['.repeat(10_000)}`],
    ['keys', Array.from({ length: 50_002 }, (_, at) => `k${at}: v`).join('\n')],
    ['an alias of nothing', 'a: *b'],
    ['a key that is a list', '? [a]\n: b'],
    ['__proto__', '__proto__: {a: b}'],
    ['a key that is an alias', 'a: &a x\n*a : y'],
  ])('%s is refused, and soon', (_, content) => {
    const [mistake = ''] = mistakesIn(content);
    expect(mistake).toMatch(/^f\.yml:\d+:\d+: /);
  });

  const many = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  const DATABASES = 'databases: {shop: [read_branch, create_branch]}';
  test.each([
    [
      'in lines of their own',
      many(3_000, (at) => `  ci-${at}:\n    id: k3j${at}\n    access: {${DATABASES}}\n`),
    ],
    ['in one line', `  {${many(3_000, (at) => `ci-${at}: {id: "k3j${at}", access: {${DATABASES}}}, `)}}\n`],
  ])('thousands of tokens take the time of their length: %s', (_, tokens) => {
    const started = process.cpuUsage();
    readAccessFile(`${HEAD}tokens:\n${tokens}`, 'f.yml');
    // Microseconds. To look for each place from the start takes ten times as long.
    expect(process.cpuUsage(started).user).toBeLessThan(3_000_000);
  });

  test('of many doubts the first ones are told, and how many there are', () => {
    const unknown = many(60, (at) => `p${at}, `);
    const { warnings } = readAccessFile(token(`access: {organization: [${unknown}]}`), 'f.yml');
    expect(warnings).toHaveLength(21);
    expect(warnings.map(plain).at(-1)).toBe('f.yml: and 40 more of these');
  });

  test('aliases mean what they stand for', () => {
    const { file } = readAccessFile(
      `${HEAD}tokens:\n  ci-a: {access: {databases: &d {shop: [read_branch]}}}\n  ci-b: {access: {databases: *d}}\n`,
      'f.yml',
    );
    expect(file.tokens.map(({ access }) => access)).toEqual([
      [{ database: 'shop', access: ['read_branch'] }],
      [{ database: 'shop', access: ['read_branch'] }],
    ]);
  });

  test('every scalar is text', () => {
    const { file } = readAccessFile(
      'version: 1\norganization: acme\nowns: ["*"]\ntokens:\n  0123: {id: 0644}\n  yes: {}\n',
      'f.yml',
    );
    expect(file.tokens.map(({ name, id }) => [name, id])).toEqual([
      ['0123', '0644'],
      ['yes', undefined],
    ]);
  });
});

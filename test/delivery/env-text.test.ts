import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assigned, withVariables } from '../../src/delivery/env-text.ts';
import { plain } from '../../src/text/text.ts';

const ID = 'PLANETSCALE_SERVICE_TOKEN_ID';
const TOKEN = 'PLANETSCALE_SERVICE_TOKEN';

function outcome(content: string, id = 'newid', token = 'newtoken') {
  return withVariables(
    content,
    new Map([
      [ID, id],
      [TOKEN, token],
    ]),
  );
}

function written(content: string, id?: string, token?: string): string {
  const result = outcome(content, id, token);
  if ('problem' in result) throw new Error(plain(result.problem));
  return result.content;
}

function problem(content: string, id?: string, token?: string): string {
  const result = outcome(content, id, token);
  return 'problem' in result ? plain(result.problem) : 'none';
}

const BOTH = `${ID}=newid\n${TOKEN}=newtoken\n`;

describe('variables that are not there', () => {
  test.each([
    ['an empty file', '', BOTH],
    ['a file that ends in a line break', 'A=1\n', `A=1\n${BOTH}`],
    ['a file that does not', 'A=1', `A=1\n${BOTH}`],
    ['a file that ends in empty lines', 'A=1\n\n\n', `A=1\n\n\n${BOTH}`],
    ['a file of comments', '# PLANETSCALE_SERVICE_TOKEN=old', `# PLANETSCALE_SERVICE_TOKEN=old\n${BOTH}`],
    ['a comment without a space', `#${TOKEN}=old\n`, `#${TOKEN}=old\n${BOTH}`],
    ['a file with a byte order mark alone', '\uFEFF', `\uFEFF${BOTH}`],
    ['a file in which one is exported without a value', `export ${TOKEN}\n`, `export ${TOKEN}\n${BOTH}`],
  ])('are added to %s', (_, content, expected) => {
    expect(written(content)).toBe(expected);
  });

  test.each([
    ['A=1\r\n', `A=1\r\n${BOTH.replaceAll('\n', '\r\n')}`],
    ['A=1\r\nB=2', `A=1\r\nB=2\r\n${BOTH.replaceAll('\n', '\r\n')}`],
    ['A=1\r\nB=2\n', `A=1\r\nB=2\n${BOTH}`],
    ['A=1\nB=2\r\n', `A=1\nB=2\r\n${BOTH.replaceAll('\n', '\r\n')}`],
  ])('are added with the line break that the last line has: %j', (content, expected) => {
    expect(written(content)).toBe(expected);
  });

  test('are exported where all others are', () => {
    expect(written('export A=1\nexport B=2\n')).toBe(
      `export A=1\nexport B=2\nexport ${ID}=newid\nexport ${TOKEN}=newtoken\n`,
    );
    expect(written('export A=1\nB=2\n')).toBe(`export A=1\nB=2\n${BOTH}`);
  });

  test.each([
    `${TOKEN}_OLD=x`,
    `MY_${TOKEN}=x`,
    `X.${TOKEN}=x`,
    `A=${TOKEN}=x`,
    `planetscale_service_token=x`,
    `export${TOKEN}=x`,
  ])('are not found in %j', (line) => {
    expect(written(`${line}\n`)).toBe(`${line}\n${BOTH}`);
  });

  test('are told apart although one name begins with the other', () => {
    expect(written(`${ID}=old\n`)).toBe(BOTH);
    expect(written(`${TOKEN}=old\n`)).toBe(`${TOKEN}=newtoken\n${ID}=newid\n`);
  });
});

describe('a variable that is there', () => {
  test.each([
    ['plain', `${TOKEN}=old`, `${TOKEN}=newtoken`],
    ['empty', `${TOKEN}=`, `${TOKEN}=newtoken`],
    ['with spaces around it', `${TOKEN} = old  `, `${TOKEN}=newtoken`],
    ['with a colon, as dotenv takes it', `${TOKEN}: old`, `${TOKEN}=newtoken`],
    ['indented', `  ${TOKEN}=old`, `  ${TOKEN}=newtoken`],
    ['exported', `export ${TOKEN}=old`, `export ${TOKEN}=newtoken`],
    ['exported and indented', `\texport  ${TOKEN}=old`, `\texport  ${TOKEN}=newtoken`],
    ['exported by a second command', `${TOKEN}=old; export ${TOKEN}`, `export ${TOKEN}=newtoken`],
    ['before an export of another', `${TOKEN}=old; export OTHER`, `${TOKEN}=newtoken`],
    ['exported twice', `export ${TOKEN}=old; export ${TOKEN}`, `export ${TOKEN}=newtoken`],
    ['in single quotes', `${TOKEN}='o ld'`, `${TOKEN}=newtoken`],
    ['in quotes, with spaces behind', `${TOKEN}='o ld'  `, `${TOKEN}=newtoken`],
    ['in double quotes', `${TOKEN}="o \\" ld"`, `${TOKEN}=newtoken`],
    ['in backticks', `${TOKEN}=\`o'l"d\``, `${TOKEN}=newtoken`],
    ['quoted in part', `${TOKEN}='o'"ld"`, `${TOKEN}=newtoken`],
    ['with a quote that does not close', `${TOKEN}="old`, `${TOKEN}=newtoken`],
    ['with a comment', `${TOKEN}=old # mine`, `${TOKEN}=newtoken # mine`],
    ['empty, with a comment', `${TOKEN}= # mine`, `${TOKEN}=newtoken # mine`],
    ['quoted, with a comment', `${TOKEN}="o#ld"  # it's mine`, `${TOKEN}=newtoken  # it's mine`],
    ['quoted, with a comment right behind', `${TOKEN}="old"#mine`, `${TOKEN}=newtoken #mine`],
    ['with a # inside', `${TOKEN}=ol#d`, `${TOKEN}=newtoken`],
    ['over several lines', `${TOKEN}="o\n${TOKEN}=l\nd"`, `${TOKEN}=newtoken`],
    ['behind a byte order mark', `\uFEFF${TOKEN}=old`, `\uFEFF${TOKEN}=newtoken`],
  ])('is replaced: %s', (_, line, expected) => {
    const before = `${ID}=newid\n`;
    const after = '\nZ=1';
    if (line.startsWith('\uFEFF')) {
      expect(written(`${line}\n${ID}=x`)).toBe(`${expected}\n${ID}=newid`);
    } else {
      expect(written(`${before}${line}${after}`)).toBe(`${before}${expected}${after}`);
    }
  });

  test('keeps the end of the file as it is, without a line break too', () => {
    expect(written(`${ID}=a\n${TOKEN}=b`)).toBe(`${ID}=newid\n${TOKEN}=newtoken`);
  });

  test('keeps each line break as it is', () => {
    expect(written(`A=1\r\n${ID}=a\r\nB=2\n${TOKEN}="b"\r\n`)).toBe(
      `A=1\r\n${ID}=newid\r\nB=2\n${TOKEN}=newtoken\r\n`,
    );
  });

  test('leaves no reader with the old value, whether it takes the first or the last assignment', () => {
    const content = `${TOKEN}=old\nA=1\nexport ${TOKEN}='older'\n${ID}=x\n#${TOKEN}=no\n  ${TOKEN}: oldest\n`;
    expect(written(content)).toBe(
      `${TOKEN}=newtoken\nA=1\nexport ${TOKEN}=newtoken\n${ID}=newid\n#${TOKEN}=no\n  ${TOKEN}=newtoken\n`,
    );
  });
});

describe('a variable whose pair is there', () => {
  test.each([
    ['a plain line', `A=1\n${TOKEN}=old\nZ=1\n`, `A=1\n${TOKEN}=newtoken\n${ID}=newid\nZ=1\n`],
    ['the id alone', `${ID}=old\nZ=1\n`, `${ID}=newid\n${TOKEN}=newtoken\nZ=1\n`],
    [
      'an exported one among others',
      `A=1\n  export ${TOKEN}="o\nld"\nZ=1\n`,
      `A=1\n  export ${TOKEN}=newtoken\n  export ${ID}=newid\nZ=1\n`,
    ],
    [
      'one exported by a second command',
      `${TOKEN}=old; export ${TOKEN}\nZ=1\n`,
      `export ${TOKEN}=newtoken\nexport ${ID}=newid\nZ=1\n`,
    ],
    [
      'one in a block of set -a',
      `set -a\n${TOKEN}='old' # mine\nset +a\nA=1\n`,
      `set -a\n${TOKEN}=newtoken # mine\n${ID}=newid\nset +a\nA=1\n`,
    ],
    [
      'several, behind the last',
      `${TOKEN}=a\nA=1\nexport ${TOKEN}=b\nZ=1\n`,
      `${TOKEN}=newtoken\nA=1\nexport ${TOKEN}=newtoken\nexport ${ID}=newid\nZ=1\n`,
    ],
    ['a line with CRLF', `${TOKEN}=old\r\nA=1\n`, `${TOKEN}=newtoken\r\n${ID}=newid\r\nA=1\n`],
    ['a line without an end', `A=1\r\n${TOKEN}=old`, `A=1\r\n${TOKEN}=newtoken\r\n${ID}=newid\r\n`],
    ['a byte order mark', `\uFEFF${TOKEN}=old\nA=1\n`, `\uFEFF${TOKEN}=newtoken\n${ID}=newid\nA=1\n`],
    [
      'one line for both',
      `export ${ID}=a ${TOKEN}=b\nA=1\n`,
      `export ${ID}=newid\nexport ${TOKEN}=newtoken\nA=1\n`,
    ],
  ])('gets a line beside it, written alike: %s', (_, content, expected) => {
    expect(written(content)).toBe(expected);
    expect(written(expected)).toBe(expected);
  });
});

describe('where all is exported by a block, and none of ours is there', () => {
  test.each([
    ['a closed block', 'set -a\nA=1\nset +a\n', 'export '],
    ['a closed block in long words', 'set -o allexport\nA=1\nset +o allexport\n', 'export '],
    ['a closed block and exported ones', 'export B=1\nset -ea\nA=1\nset +a # done\n', 'export '],
    ['an open block', 'set -a\nA=1\n', ''],
    ['a block that does not hold all', 'B=1\nset -a\nA=1\nset +a\n', ''],
    ['a block in a value', 'A="\nset -a\n"\nB=1\nC="\nset +a\n"\n', ''],
    ['another option', 'set -e\nA=1\nset +e\n', ''],
  ])('new lines are exported if they have to be: %s', (_, content, head) => {
    expect(written(content)).toBe(`${content}${head}${ID}=newid\n${head}${TOKEN}=newtoken\n`);
  });
});

describe('the value of another variable', () => {
  test.each([
    `A="\n${TOKEN}=inside\n"`,
    `A='\n${TOKEN}=inside\n'`,
    `A=\`\n${TOKEN}=inside\n\``,
    `export A = "one\n${TOKEN}=inside \\" still\n${ID}=inside"   # done`,
    `A: 'x\r\n${TOKEN}=inside\r\n'`,
  ])('may go over several lines, and what is in it stays: %j', (value) => {
    expect(written(`${value}\n${TOKEN}=old\n`)).toBe(`${value}\n${TOKEN}=newtoken\n${ID}=newid\n`);
  });

  test.each([
    "A=it's\nB=it's",
    'A="unclosed',
    `A='it''s'`,
    'A="x"y\nB="',
    String.raw`A='C:\'`,
    String.raw`A="C:\"`,
    '# it\'s "\n',
    'A=$HOME/`x` #"\n',
  ])('is no reason to miss the next line: %j', (value) => {
    expect(written(`${value}\n${TOKEN}=old\nZ=1\n`)).toBe(`${value}\n${TOKEN}=newtoken\n${ID}=newid\nZ=1\n`);
  });

  test('must not swallow a new one through a quote of its own that is not closed', () => {
    expect(problem("A='open\n", '# b')).toBe('it contains a quote that is never closed');
    // Here the old value's quotes kept the first one from closing.
    expect(problem(`A='open\n${TOKEN}='old'\nB=it'`)).toBe('it contains a quote that is never closed');
  });
});

describe('what is no env file', () => {
  test.each([
    ['{"a": "b=c"}', 'JSON'],
    ['{\n  a: 1\n}\n', 'JSON'],
    ['["a"]', 'text without one NAME=value'],
    ['Dear reader,\n# a\n', 'text without one NAME=value'],
    ['-----BEGIN PRIVATE KEY-----\nabcd==\n-----END PRIVATE KEY-----\n', 'a key or a certificate'],
  ])('is refused: %j', (content, kind) => {
    expect(problem(content)).toBe(`it is no env file: it contains ${kind}`);
  });

  test.each(['', '\n \n', '# a\n\n  # b', '\uFEFF# a\n', 'export A\n', 'set -a\n', '# a\r\n\r\n'])(
    'is not what may become one: %j',
    (content) => expect(problem(content)).toBe('none'),
  );
});

describe('a file of direnv', () => {
  function envrc(content: string, file = '.envrc'): string {
    const variables = new Map([
      [ID, 'newid'],
      [TOKEN, 'newtoken'],
    ]);
    const result = withVariables(content, variables, file);
    return 'content' in result ? result.content : plain(result.problem);
  }
  const EXPORTED = `export ${ID}=newid\nexport ${TOKEN}=newtoken\n`;

  test.each([
    ['', EXPORTED],
    ['use nix\n', `use nix\n${EXPORTED}`],
    ['A=1\n', `A=1\n${EXPORTED}`],
    [`${ID}=old\n`, EXPORTED],
    [`export ${ID}=old\n`, EXPORTED],
  ])('gets what is exported: %j', (content, expected) => {
    expect(envrc(content)).toBe(expected);
    expect(envrc(content, 'x/.envrc.local')).toBe(expected);
  });

  test('is told by its name', () => {
    for (const file of ['.env', 'x.envrc', '.envrc/.env', '.envrcs']) expect(envrc('', file)).toBe(BOTH);
  });
});

describe('a value that is encrypted', () => {
  test.each([
    ['dotenvx', `${TOKEN}="encrypted:BDqDBibm"\n`],
    ['dotenvx', `${ID}=encrypted:BDqDBibm\n`],
    ['sops', `${TOKEN}=ENC[AES256_GCM,data:x]\n`],
    ['sops', 'OTHER=ENC[AES256_GCM,data:x]\nsops_version=3.9.0\n'],
  ])('with %s is not replaced by plain text: %j', (tool, content) => {
    const result = outcome(content);
    if (!('problem' in result)) throw new Error('it was replaced');
    expect(plain(result.problem)).toContain(
      `is encrypted with ${tool}, and the new pair would be plain text`,
    );
    expect(plain(result.hint ?? result.problem)).toMatch(
      new RegExp(`^Run "${tool} decrypt -[if] .env", then this command, then "${tool} encrypt -[if] .env"`),
    );
  });

  test('is no reason to refuse where dotenvx has encrypted others', () => {
    expect(written('A=encrypted:x\n')).toBe(`A=encrypted:x\n${BOTH}`);
  });
});

describe('a value that goes on in the next line', () => {
  test.each([
    [`${TOKEN}=old\\\nhalf\nA=1\n`, `${TOKEN}=newtoken\n${ID}=newid\nA=1\n`],
    [`${TOKEN}=old\\\nhalf\\\nmore # a\n`, `${TOKEN}=newtoken # a\n${ID}=newid\n`],
    [`${TOKEN}=old\\\\\nhalf\n`, `${TOKEN}=newtoken\n${ID}=newid\nhalf\n`],
    [`${TOKEN}=old # \\\nhalf\n`, `${TOKEN}=newtoken # \\\n${ID}=newid\nhalf\n`],
    [`${TOKEN}='old\\'\nhalf\n`, `${TOKEN}=newtoken\n${ID}=newid\nhalf\n`],
    [`${TOKEN}=old\\\r\nhalf\r\n`, `${TOKEN}=newtoken\r\n${ID}=newid\r\nhalf\r\n`],
  ])('is one value: %j', (content, expected) => {
    expect(written(content)).toBe(expected);
  });

  test('takes nothing that is added', () => {
    expect(written('A=x\\\n')).toBe(`A=x\\\n\n${BOTH}`);
    expect(problem('A=x\\')).toBe('it ends with a backslash');
  });

  test.each([`A=C:\\\n${TOKEN}=old\n`, `${TOKEN}=C:\\\nA=1\n`])(
    'is refused where readers do not agree on a pair: %j',
    (content) =>
      expect(problem(content)).toMatch(
        /^a backslash at the end of a line makes \w+ a part of \w+ to a shell only$/,
      ),
  );

  test('stays where it is none of a pair', () => {
    expect(written(`A=C:\\\nB=2\n`)).toBe(`A=C:\\\nB=2\n${BOTH}`);
  });
});

describe('a new value', () => {
  test.each([
    ['pscale_tkn_A-b.c=:/@%+,', 'pscale_tkn_A-b.c=:/@%+,'],
    ['', "''"],
    ['a b', "'a b'"],
    ['a#b', "'a#b'"],
    ['$HOME`x`"\\n', `'$HOME\`x\`"\\n'`],
    ["it's", `"it's"`],
    ['über', "'über'"],
  ])('is quoted where it has to be: %j', (value, expected) => {
    expect(written('', 'newid', value)).toBe(`${ID}=newid\n${TOKEN}=${expected}\n`);
    expect(written(`${TOKEN}=old`, 'newid', value)).toBe(`${TOKEN}=${expected}\n${ID}=newid\n`);
  });

  test.each([
    'a\nb',
    'a\rb',
    'a\0b',
    'a\u001bb',
    'a\u0085b',
    'a\u2028b',
    '\ud800',
    `it's "x"`,
    "it's $x",
    "'\\",
    'a\\',
  ])('that shells and dotenv would not read alike is refused: %j', (value) => {
    expect(problem('', 'newid', value)).toBe(`the value of ${TOKEN} cannot be written to an env file`);
  });

  test('is written as it is where it looks like a pattern of a replacement', () => {
    expect(written(`${TOKEN}=old\n`, 'newid', '$&$1$`$$')).toContain("'$&$1$`$$'");
  });
});

/** Reads an env file a character at a time: what a program gets from it. The last assignment wins. */
function read(content: string): Record<string, string> {
  const found: Record<string, string> = {};
  let rest = content.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  while (rest !== '') {
    const end = rest.indexOf('\n') < 0 ? rest.length : rest.indexOf('\n');
    const line = rest.slice(0, end);
    const equals = line.indexOf('=');
    if (line.trim() === '' || line.trim().startsWith('#') || equals < 0) {
      rest = rest.slice(end + 1);
      continue;
    }
    const name = line
      .slice(0, equals)
      .trim()
      .replace(/^export\s+/, '');
    rest = rest.slice(equals + 1).replace(/^[ \t]+/, '');
    const quote = rest.charAt(0);
    if (quote === "'" || quote === '"') {
      const close = rest.indexOf(quote, 1);
      found[name] = rest.slice(1, close);
      rest = rest.slice(close + 1);
      rest = rest.slice(rest.indexOf('\n') < 0 ? rest.length : rest.indexOf('\n') + 1);
    } else {
      const stop = rest.indexOf('\n') < 0 ? rest.length : rest.indexOf('\n');
      found[name] = rest
        .slice(0, stop)
        .replace(/\s#.*$/, '')
        .trim();
      rest = rest.slice(stop + 1);
    }
  }
  return found;
}

/** Lines of a file that people may have written, each with the names that it must not be mistaken for. */
const name = fc.constantFrom('A', 'DATABASE_URL', `${TOKEN}_OLD`, `X_${ID}`, ID, TOKEN);
const value = fc.oneof(
  fc.constantFrom('', 'plain', 'C:\\temp', '$HOME/x', 'a=b', "it's", 'x#y', 'postgres://u:p@h/db?x=1'),
  fc
    .string({ unit: fc.constantFrom(...`ab $\\#="`, '\n', `\n${TOKEN}=`, `\n${ID}=`) })
    .map((inner) => `'${inner}'`),
  fc
    .string({ unit: fc.constantFrom(...`ab $#='`, '\n', `\n${TOKEN}=`, `\nexport ${ID}=`) })
    .map((inner) => `"${inner}"`),
);
const assignment = fc
  .tuple(
    fc.constantFrom('', '  ', 'export ', '\texport '),
    name,
    fc.constantFrom('=', ' = '),
    value,
    fc.constantFrom('', ' ', ' # note', ` # ${TOKEN}=x`),
  )
  .map((parts) => parts.join(''))
  // dotenv lets a backslash keep a quote from closing, a shell and the reader here do not.
  .filter((line) => !/\\['"]/.test(line));
const other = fc.constantFrom('', '   ', '# a comment', `# ${TOKEN}=commented`, `#${ID}='`, '# "');
const file = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(
      fc.tuple(fc.oneof(assignment, other), fc.constantFrom('\n', '\r\n')).map((parts) => parts.join('')),
    ),
    fc.boolean(),
  )
  .map(([mark, lines, isCut]) => mark + (isCut ? lines.join('').replace(/\r?\n$/, '') : lines.join('')));
const secret = fc.oneof(
  fc.constant('pscale_tkn_abc.DEF-1='),
  fc.string({ unit: fc.constantFrom(...'ab_- #$"`;=') }),
);

describe('whatever the file', () => {
  test('a reader finds the new values, and every other one as it was', () => {
    fc.assert(
      fc.property(file, secret, secret, (content, id, token) => {
        const result = outcome(content, id, token);
        // Refused rather than risked: an apostrophe that is no quote, and a new value that brings quotes.
        fc.pre('content' in result);
        expect(read(result.content)).toEqual({ ...read(content), [ID]: id, [TOKEN]: token });
      }),
      { numRuns: 500 },
    );
  });

  test('a token as PlanetScale makes them is never refused where quotes are closed', () => {
    fc.assert(
      fc.property(file, (content) => {
        expect(problem(content, 'k3j9x0q2m7ab', 'pscale_tkn_abc.DEF-1=')).toBe('none');
      }),
      { numRuns: 500 },
    );
  });

  test('writing the same again changes nothing', () => {
    fc.assert(
      fc.property(file, secret, (content, token) => {
        const once = outcome(content, 'newid', token);
        fc.pre('content' in once);
        expect(outcome(once.content, 'newid', token)).toEqual(once);
      }),
    );
  });

  test('without an assignment of ours, all of it stays, byte by byte, and the rest comes behind', () => {
    fc.assert(
      fc.property(file, (content) => {
        const names = Object.keys(read(content));
        fc.pre(!names.includes(ID) && !names.includes(TOKEN));
        expect(written(content).startsWith(content)).toBe(true);
      }),
    );
  });

  test('lines around one of ours stay, byte by byte', () => {
    fc.assert(
      fc.property(file, file, (before, after) => {
        const hasOurs = [before, after].some((each) => ID in read(each) || TOKEN in read(each));
        fc.pre(!hasOurs && (before === '' || before.endsWith('\n')) && !after.startsWith('\uFEFF'));
        const ours = (id: string, token: string) =>
          `${before}${TOKEN}=${token}\nexport ${ID}=${id}\n${after}`;
        expect(written(ours("'old id'", '"old"'))).toBe(ours('newid', 'newtoken'));
      }),
    );
  });
});

/** The grammar as one expression: what an assignment is, but for the time it takes to find one. */
const GRAMMAR = (() => {
  const blank = String.raw`[^\S\r\n]`;
  const lineEnd = String.raw`(?![^\r\n])`;
  const continued = String.raw`(?<=(?<!\\)(?:\\\\)*\\)`;
  const quoted = ["'", '"', '`'].map((q) => String.raw`${q}(?:\\${q}|[^${q}])*${q}`).join('|');
  return new RegExp(
    String.raw`(?<![^\r\n])(?<head>${blank}*(?:export${blank}+)?)(?<name>[\w.-]+)(?:${blank}*=|:(?=${blank}))` +
      String.raw`(?<value>${blank}*(?:${quoted})(?:${blank}*${lineEnd}|(?=${blank}*#))|(?:[^\r\n]|${continued}\n)*?(?=${blank}+#|${lineEnd}(?!${continued}\n)))`,
    'g',
  );
})();

describe('the scanner', () => {
  const piece = fc.constantFrom(
    ...['A', 'B.c-1', 'export', '=', ':', ' ', '\t', '\uFEFF', '\u2028', '#', '\\', "'", '"', '`', ';'],
    ...[
      '\n',
      '\r',
      '\r\n',
      '\\\n',
      'A=',
      "A='",
      'A="',
      'B: "',
      '\\"',
      "\\'",
      ' #',
      '" #',
      '"\n',
      'export A=',
    ],
  );

  test('finds the assignments of the grammar, and no others', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join('')),
        (content) => {
          const names = [...content.matchAll(GRAMMAR)].map(({ groups = {} }) => groups.name ?? '');
          const values = [...content.matchAll(GRAMMAR)].map(({ groups = {} }) => groups.value ?? '');
          expect(JSON.parse(assigned(content, names))).toEqual(names.map((each, at) => [each, values[at]]));
          expect(assigned(content, ['A', 'B.c-1', 'export', 'exportA', 'AA'])).toBe(
            JSON.stringify(
              names
                .map((each, at) => [each, values[at]])
                .filter(([each = '']) => ['A', 'B.c-1', 'export', 'exportA', 'AA'].includes(each)),
            ),
          );
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['blanks before a name', ' '.repeat(300_000)],
    ['blanks in a value', `A=${' '.repeat(300_000)}x`],
    ['blanks behind export', `export${' '.repeat(300_000)}`],
    ['blanks behind a name', `A${' '.repeat(300_000)}`],
    ['comment signs', `A=${'x#'.repeat(150_000)}`],
    ['blanks between comment signs', `A=x${'# '.repeat(150_000)}`],
    ['quotes that do not close', `A='x\nA="x\nA=\`x\n`.repeat(20_000)],
    ['quotes that a backslash keeps open', `A="${'\\" '.repeat(100_000)}x`],
    ['lines of one open quote each', `${'A=x\n'.repeat(50_000)}A='x`],
    ['carriage returns', '\r'.repeat(300_000)],
    ['commands behind a value', `${TOKEN}=${'; export '.repeat(30_000)}`],
    ['switches', 'set -a\nA=1\nset +a\n'.repeat(20_000)],
    ['lines that go on', `${TOKEN}=${'x=\\\n'.repeat(80_000)}`],
    ['backslashes', `${TOKEN}=${'\\'.repeat(300_000)}\n`],
    ['long options', `set -${'a'.repeat(300_000)}!`],
  ])('takes time in proportion to the content: %s', (_, content) => {
    const started = performance.now();
    outcome(content);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

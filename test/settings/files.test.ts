import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { displayPath } from '../../src/files/paths.ts';
import { type ConfigFiles, readConfigFiles, readIfPresent } from '../../src/settings/files.ts';
import { SettingsLoader } from '../../src/settings/load.ts';
import type { GlobalFlags } from '../../src/settings/variables.ts';
import { plain, text } from '../../src/text/text.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, createPatience, failureOf, loadSettings, told } from '../support/host.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const USER_CONFIG = '.config/planetscale/pscale.yml';

/** Writes a file below the home directory and answers its path. */
function write(path: string, content: string): string {
  const full = join(home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content, { mode: 0o600 });
  return full;
}

/** A path below the home directory as messages show it: with `~`, and the slashes of this system. */
function shown(path: string): string {
  return join('~', path);
}

function folder(path: string): string {
  const full = join(home.path, path);
  mkdirSync(full, { recursive: true });
  return full;
}

interface From {
  readonly flags?: GlobalFlags;
  readonly variables?: Readonly<Record<string, string>>;
  /** Below the home directory. */
  readonly cwd?: string;
}

function environmentOf({ variables = {}, cwd = '.' }: From) {
  const { platform } = process;
  return createEnvironment({ variables, home: home.path, workingDirectory: join(home.path, cwd), platform });
}

function read(from: From = {}): Promise<ConfigFiles> {
  return readConfigFiles(from.flags ?? {}, environmentOf(from), createPatience());
}

/** Ten lists, each of ten times the one before it. */
function aliasBomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `k${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(10)}]`,
  );
  return ['k0: &l0 [x]', ...levels, ''].join('\n');
}

describe('the project file', () => {
  test('is the one in the git root, seen from any directory below', async () => {
    folder('shop/.git');
    folder('shop/packages/api');
    write('shop/.pscale.yml', 'org: acme\n');
    const { project } = await read({ cwd: 'shop/packages/api' });
    expect(project?.values).toEqual({ org: 'acme' });
  });

  test('is looked for in the git root only, not in the directories on the way there', async () => {
    folder('shop/.git');
    write('shop/packages/.pscale.yml', 'org: wrong\n');
    expect((await read({ cwd: 'shop/packages' })).project).toBeUndefined();
  });

  test('is the one of the innermost repository', async () => {
    folder('shop/.git');
    write('shop/.pscale.yml', 'org: outer\n');
    folder('shop/vendored/.git');
    write('shop/vendored/.pscale.yml', 'org: inner\n');
    expect((await read({ cwd: 'shop/vendored' })).project?.values).toEqual({ org: 'inner' });
  });

  test('is found in a git worktree, where .git is a file', async () => {
    write('worktree/.git', 'gitdir: ../shop/.git/worktrees/worktree\n');
    write('worktree/.pscale.yml', 'org: acme\n');
    folder('worktree/src');
    expect((await read({ cwd: 'worktree/src' })).project?.values).toEqual({ org: 'acme' });
  });

  test('is the one in the working directory where there is no repository', async () => {
    write('plain/.pscale.yml', 'org: acme\n');
    folder('plain/below');
    expect((await read({ cwd: 'plain' })).project?.values).toEqual({ org: 'acme' });
    expect((await read({ cwd: 'plain/below' })).project).toBeUndefined();
  });

  test('may set the organization, the database and the branch only; a warning names what is ignored', async () => {
    write(
      'shop/.pscale.yml',
      'service-token: pscale_tkn_stolen\norg: acme\ndatabase: shop\nbranch: main\napi-url: https://evil.example\n',
    );
    const { project, warnings } = await read({ cwd: 'shop' });
    expect(project?.values).toEqual({ org: 'acme', database: 'shop', branch: 'main' });
    expect(warnings.map(plain)).toEqual([
      `ignoring non-allowlisted keys in ${shown('shop/.pscale.yml')}: api-url, service-token (project config may only set: org, database, branch)`,
    ]);
  });

  test('names five of the keys that are ignored, none of them at length', async () => {
    const keys = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'];
    write('shop/.pscale.yml', keys.map((key) => `${key}: x\n`).join(''));
    const { warnings } = await read({ cwd: 'shop' });
    expect(plain(warnings[0] ?? text``)).toContain(': k1, k2, k3, k4, k5 and 2 more (');
    write('shop/.pscale.yml', `${'k'.repeat(900)}: x\n`);
    const [warning] = (await read({ cwd: 'shop' })).warnings;
    expect(plain(warning ?? text``)).toContain(`: ${'k'.repeat(40)}… (`);
  });

  test('does not fail for what it may not set, whatever shape that has', async () => {
    write('shop/.pscale.yml', 'org: acme\nservice-token: [a, b]\nformat: {a: b}\n');
    const { project, warnings } = await read({ cwd: 'shop' });
    expect(project?.values).toEqual({ org: 'acme' });
    expect(warnings.map(plain).join()).toContain('format, service-token');
  });

  test('never sets the base URL, even beside a user config that may', async () => {
    write('shop/.pscale.yml', 'api-url: https://evil.example\nservice-token: stolen\nformat: csv\n');
    const settings = await loadSettings({}, environmentOf({ cwd: 'shop' }));
    expect(settings.apiUrl).toMatchObject({ source: { kind: 'default' } });
    expect(settings.candidates).toEqual({ id: undefined, secret: undefined, userToken: undefined });
    expect(settings.format.value).toBe('human');
    write(USER_CONFIG, 'api-url: https://gateway.example\n');
    const withUser = await loadSettings({}, environmentOf({ cwd: 'shop' }));
    expect(withUser.apiUrl.value.href).toBe('https://gateway.example/');
  });

  test('beats the user config, and its values name it as their source', async () => {
    write('shop/.pscale.yml', 'org: of-project\n');
    write(USER_CONFIG, 'org: of-user\ndatabase: of-user\n');
    const settings = await loadSettings({}, environmentOf({ cwd: 'shop' }));
    expect(settings.organization).toEqual({
      value: 'of-project',
      source: { kind: 'file', path: shown('shop/.pscale.yml'), key: 'org' },
    });
    expect(settings.ambientDatabase).toEqual({
      value: 'of-user',
      source: { kind: 'file', path: shown(USER_CONFIG), key: 'database' },
    });
  });

  test('gives way to the user config where its value is empty', async () => {
    write('shop/.pscale.yml', 'org: ""\n');
    write(USER_CONFIG, 'org: of-user\n');
    expect((await loadSettings({}, environmentOf({ cwd: 'shop' }))).organization?.value).toBe('of-user');
  });
});

describe('the user config', () => {
  test('is read from the home directory', async () => {
    write(
      USER_CONFIG,
      'org: acme\nservice-token-id: k3j9x0q2m7ab\nservice-token: pscale_tkn_x\nformat: json\n',
    );
    const settings = await loadSettings({}, environmentOf({}));
    expect(settings.organization?.value).toBe('acme');
    expect(settings.candidates.id?.value).toBe('k3j9x0q2m7ab');
    expect(settings.candidates.secret?.value).toBe('pscale_tkn_x');
    expect(settings.format.value).toBe('json');
  });

  test('may hold keys of other commands, whatever their shape, without a warning', async () => {
    write(USER_CONFIG, 'org: acme\nrole: admin\nlist-of-things: [1, 2]\nnested: {a: b}\nnothing:\n');
    const { user, warnings } = await read();
    expect(user?.values.org).toBe('acme');
    expect(warnings).toEqual([]);
  });

  test('brings no warning of the YAML library, which would bypass our stderr', async () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const written = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      write(USER_CONFIG, 'org: acme\n? [a, b]\n: c\nodd: !unknown value\n');
      expect((await read()).user?.values.org).toBe('acme');
      expect(emitted).not.toHaveBeenCalled();
      expect(written).not.toHaveBeenCalled();
    } finally {
      emitted.mockRestore();
      written.mockRestore();
    }
  });

  test('may be missing, like the project file', async () => {
    expect(await read()).toEqual({ warnings: [] });
  });
});

describe('the values', () => {
  test.each([
    ['012345678901', '012345678901'],
    ['1e5', '1e5'],
    ['0x10', '0x10'],
    ['true', 'true'],
    ['2026-05-01', '2026-05-01'],
    ['"quoted"', 'quoted'],
    ["'single'", 'single'],
    ['plain # a comment', 'plain'],
  ])('%s stays the text %j: an id must not become a number', async (written, value) => {
    write(USER_CONFIG, `service-token-id: ${written}\n`);
    expect((await read()).user?.values['service-token-id']).toBe(value);
  });

  test.each(['', 'null', 'Null', 'NULL', '~', '# a comment', '&anchor'])(
    'that are %j without quotes are not set, so that another source decides',
    async (written) => {
      write('.pscale.yml', `org: ${written}\n`);
      write(USER_CONFIG, `org: of-user\nservice-token: ${written}\nservice-token-id: ${written}\n`);
      const settings = await loadSettings({}, environmentOf({}));
      expect(settings.organization?.value).toBe('of-user');
      expect(settings.candidates).toEqual({ id: undefined, secret: undefined, userToken: undefined });
    },
  );

  test.each(['"null"', "'null'", '!!str null', '|-\n  null', '"~"', 'nullable', 'nULL'])(
    'that are %s are text',
    async (written) => {
      write(USER_CONFIG, `org: ${written}\n`);
      expect((await read()).user?.values.org).toMatch(/^(null|~|nullable|nULL)$/);
    },
  );

  test('of an alias are those of its anchor', async () => {
    write(USER_CONFIG, 'base: &name acme\norg: *name\nnothing: &none\ndatabase: *none\n');
    expect((await read()).user?.values).toEqual({ base: 'acme', org: 'acme' });
  });

  test.each(['ORG', 'Org', 'oRg', '"Org"'])('of %s are those of org, as in the official CLI', async (key) => {
    write('.pscale.yml', `${key}: acme\n`);
    write(USER_CONFIG, 'Service-Token-ID: k3j9x0q2m7ab\nSERVICE-TOKEN: pscale_tkn_x\n');
    const { project, user, warnings } = await read();
    expect(project?.values).toEqual({ org: 'acme' });
    expect(user?.values).toEqual({ 'service-token-id': 'k3j9x0q2m7ab', 'service-token': 'pscale_tkn_x' });
    expect(warnings).toEqual([]);
  });

  test('of a key that stands there in two letter cases are refused: which one counts, nobody knows', async () => {
    write(USER_CONFIG, 'org: acme\nOrg: other\n');
    const failure = await failureOf(() => read());
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(failure.message).toContain('org is set more than once');
    write(USER_CONFIG, 'org: acme\nrole: x\nRole: y\nOrg:\n');
    expect((await read()).user?.values.org).toBe('acme');
  });

  test('have nothing to do with what objects of the language inherit', async () => {
    write('.pscale.yml', '__proto__: x\nconstructor: y\n');
    const { project, warnings } = await read();
    expect(project?.values).toEqual({});
    expect(plain(warnings[0] ?? text``)).toContain('__proto__, constructor');
  });

  test.each(['', '\n', 'null\n', '~\n', '# only a comment\n', '---\n', '\ufeff'])(
    'a file that is %j sets nothing',
    async (content) => {
      write(USER_CONFIG, content);
      expect((await read()).user?.values).toEqual({});
    },
  );

  test('a byte order mark and Windows line ends do no harm', async () => {
    write(USER_CONFIG, '\ufefforg: acme\r\ndatabase: shop\r\n');
    expect((await read()).user?.values).toEqual({ org: 'acme', database: 'shop' });
  });
});

describe('a file that cannot be used', () => {
  test.each([
    ['is malformed', 'org: [acme\n'],
    ['has a tab for an indent', 'org:\n\t- acme\n'],
    ['has a key twice', 'org: acme\norg: other\n'],
    ['is a list', '- acme\n- shop\n'],
    ['is one word', 'acme\n'],
    ['holds two documents', 'org: acme\n---\norg: other\n'],
    ['names an anchor that it does not have', 'org: *acme\n'],
    ['unfolds into more than fits', aliasBomb()],
    ['has a list for a text', 'org: [acme]\n'],
    ['has a mapping for a text', 'service-token:\n  id: x\n'],
  ])('is INVALID_CONFIG and named when it %s', async (_, content) => {
    write(USER_CONFIG, content);
    const failure = await failureOf(() => read());
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(failure.message).toContain(shown(USER_CONFIG));
  });

  test('is named when it is the project file', async () => {
    write('shop/.pscale.yml', 'org: {a: b}\n');
    const failure = await failureOf(() => read({ cwd: 'shop' }));
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(failure.message).toContain(shown('shop/.pscale.yml'));
    expect(failure.message).toContain('org');
  });

  test.each(['.pscale.yml', USER_CONFIG])(
    'is named when it cannot be read: %s is a directory',
    async (path) => {
      folder(path);
      const failure = await failureOf(() => read());
      expect(failure.code).toBe('INVALID_CONFIG');
      expect(failure.message).toContain(shown(path));
    },
  );

  test.each([
    'service-token: "hunter2secret\n',
    'service-token: hunter2secret: x\n',
    'service-token: [hunter2secret\n',
    'service-token: [hunter2secret]\n',
    '- hunter2secret\n',
    'hunter2secret\n',
    'service-token: hunter2secret\n]hunter2secret\n',
    'service-token: hunter2secret\n}\n',
    'service-token: @hunter2secret\n',
    'service-token: `hunter2secret\n',
    'service-token: %hunter2secret\n',
    '%hunter2secret\n---\n',
    'service-token: *hunter2secret\n',
    'service-token: !hunter2secret [a]\n',
    'service-token: |hunter2secret\n  x\n',
    'service-token: "\\xhunter2secret"\n',
  ])('is told of without its secrets: %j', async (content) => {
    write(USER_CONFIG, content);
    const outcome = await read().then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(outcome).not.toContain('hunter2secret');
  });
});

describe('a file that is made to keep a reader busy', () => {
  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');
  const MEGABYTE = 1024 * 1024;
  const full = (part: string): string => part.repeat(Math.floor((MEGABYTE - 8) / part.length));

  test.each([
    ['60,000 keys', lines(60_000, (index) => `k${index}: v`)],
    ['60,000 keys in one line', `{${lines(60_000, (index) => `k${index}: v,`).replaceAll('\n', '')}}`],
    ['60,000 keys without values', lines(60_000, (index) => `? k${index}`)],
    ['lists in lists', full('[')],
    ['mappings in mappings', lines(900, (index) => `${' '.repeat(index)}k:`)],
    ['lists in lists, in one line', full('- ')],
    ['aliases', `a: &a x\nb: [${full('*a, ')}]`],
    ['anchors', full('&a ')],
    ['documents', full('a\n---\n')],
    ['directives', full('%Y\n')],
    ['comments', full('#\n')],
    ['empty lines', `a: |\n${full('\n')}`],
    ['brackets that close nothing', full(']')],
    ['escapes that are none', `a: "${full('\\x')}"`],
    ['texts in one line', full('""')],
    ['a value longer than any', `org: ${'a'.repeat(5_000)}`],
  ])('is refused at once: %s', async (_, content) => {
    write('.pscale.yml', content);
    const failure = await failureOf(() => read());
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(failure.message.length).toBeLessThan(200);
  });

  test('is not one of 1,000 keys, each with a comment and an empty line', async () => {
    write(USER_CONFIG, `${lines(999, (index) => `# what it is\nk${index}: v # x\n`)}\norg: acme\n`);
    expect((await read()).user?.values.org).toBe('acme');
    write(USER_CONFIG, `${lines(1_000, (index) => `k${index}: v`)}\norg: acme\n`);
    expect((await failureOf(() => read())).message).toContain('more than 1,000 keys');
  });
});

describe('without a home directory', () => {
  test('there are no user files, and nothing below the working directory takes their place', async () => {
    write('shop/.config/planetscale/pscale.yml', 'org: planted\napi-url: https://evil.example\n');
    write('shop/.pscale.yml', 'database: shop\n');
    const environment = { ...environmentOf({ cwd: 'shop' }), home: undefined };
    const settings = await loadSettings({}, environment);
    expect(settings.organization).toBeUndefined();
    expect(settings.apiUrl.source).toEqual({ kind: 'default' });
    expect(settings.ambientDatabase?.source).toMatchObject({ path: join(home.path, 'shop', '.pscale.yml') });
  });
});

describe('without a working directory', () => {
  const gone = (variables = {}) => ({ ...environmentOf({ variables }), workingDirectory: undefined });

  test('there is no project file, and the user config is read', async () => {
    write(USER_CONFIG, 'org: acme\n');
    expect((await loadSettings({}, gone())).organization?.value).toBe('acme');
  });

  test('a named file is found by an absolute path', async () => {
    const flags = { config: write('ci.yml', 'org: acme\n') };
    expect((await loadSettings(flags, gone())).organization?.value).toBe('acme');
  });

  test.each([
    ['--config', 'INVALID_USAGE', { config: 'ci.yml' }, {}],
    ['PLANETSCALE_CONFIG', 'INVALID_CONFIG', {}, { PLANETSCALE_CONFIG: 'ci.yml' }],
  ])('a relative path from %s is refused', async (name, code, flags, variables) => {
    const failure = await failureOf(() => loadSettings(flags, gone(variables)));
    expect(failure.code).toBe(code);
    expect(failure.message).toBe(
      `ci.yml (from ${name}) is relative to the working directory, which does not exist`,
    );
  });
});

test('a file is read once in a run, since a pipe could not be read again', async () => {
  const path = write('ci.yml', 'org: acme\nformat: json\nservice-token: hunter2hunter2\n');
  const secrets: string[] = [];
  const loader = new SettingsLoader(environmentOf({}), {
    ...createPatience(),
    keepSecret: (found) => secrets.push(...found),
  });
  await loader.settings({ config: path });
  write('ci.yml', 'format: csv\n');
  expect(await loader.format({ config: path })).toBe('json');
  expect(secrets).toEqual(['hunter2hunter2']);
});

describe.each<[string, (path: string) => From]>([
  ['--config', (path) => ({ flags: { config: path } })],
  ['PLANETSCALE_CONFIG', (path) => ({ variables: { PLANETSCALE_CONFIG: path } })],
])('a file named by %s', (origin, named) => {
  test('takes the place of both the project file and the user config', async () => {
    write('.pscale.yml', 'org: of-project\ndatabase: of-project\n');
    write(USER_CONFIG, 'org: of-user\nformat: csv\n');
    const path = write('ci/settings.yml', 'org: of-named\n');
    const { project, user } = await read(named(path));
    expect(project).toBeUndefined();
    expect(user).toEqual({ path: shown('ci/settings.yml'), values: { org: 'of-named' } });
  });

  test('may set what a user config may', async () => {
    const path = write('ci.yml', 'api-url: https://gateway.example\nservice-token: pscale_tkn_x\n');
    const { user, warnings } = await read(named(path));
    expect(user?.values).toEqual({ 'api-url': 'https://gateway.example', 'service-token': 'pscale_tkn_x' });
    expect(warnings).toEqual([]);
  });

  test('is seen from the working directory', async () => {
    write('shop/ci.yml', 'org: acme\n');
    expect((await read({ ...named('ci.yml'), cwd: 'shop' })).user?.values).toEqual({ org: 'acme' });
  });

  test('has to exist', async () => {
    const failure = await failureOf(() => read(named('missing.yml')));
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(told(failure)).toContain('missing.yml');
    expect(told(failure)).toContain(origin);
  });

  test('has to be readable', async () => {
    const failure = await failureOf(() => read(named(folder('ci'))));
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(told(failure)).toContain(shown('ci'));
  });
});

test('--config beats PLANETSCALE_CONFIG', async () => {
  const flags = { config: write('flag.yml', 'org: of-flag\n') };
  const variables = { PLANETSCALE_CONFIG: write('variable.yml', 'org: of-variable\n') };
  expect((await read({ flags, variables })).user?.values).toEqual({ org: 'of-flag' });
});

test('an empty PLANETSCALE_CONFIG counts as not set', async () => {
  write(USER_CONFIG, 'org: acme\n');
  expect((await read({ variables: { PLANETSCALE_CONFIG: '' } })).user?.values).toEqual({ org: 'acme' });
});

test('an empty --config is refused, like every empty flag', async () => {
  const failure = await failureOf(() => read({ flags: { config: '' } }));
  expect(failure.code).toBe('INVALID_USAGE');
  expect(told(failure)).toContain('--config is empty');
});

describe('displayPath', () => {
  test.each([
    ['/home/al/.pscale.yml', '/home/al', '~/.pscale.yml'],
    ['/home/al', '/home/al', '~'],
    ['/etc/pscale.yml', '/home/al', '/etc/pscale.yml'],
    ['/home/alice/.pscale.yml', '/home/al', '/home/alice/.pscale.yml'],
    ['/srv/home/al/x', '/home/al', '/srv/home/al/x'],
    ['/etc/pscale.yml', undefined, '/etc/pscale.yml'],
  ])('shows %s, where %s is home, as %s', (path, homeDirectory, expected) => {
    const environment = createEnvironment();
    const home = homeDirectory && normalize(homeDirectory);
    expect(displayPath(normalize(path), { ...environment, home })).toBe(normalize(expected));
  });
});

describe('readIfPresent', () => {
  test('gives the text of a file, and nothing where there is none', () => {
    const path = write('a.txt', 'text\n');
    expect(readIfPresent(path, environmentOf({}))?.content).toBe('text\n');
    expect(readIfPresent(join(home.path, 'missing.txt'), environmentOf({}))).toBeUndefined();
  });

  test('takes a path that leads through a file for one that does not exist', () => {
    const path = write('a.txt', '');
    expect(readIfPresent(join(path, 'b.txt'), environmentOf({}))).toBeUndefined();
  });
});

describe('the name of the user config', () => {
  const at = (name: string): string => `.config/planetscale/${name}`;
  const warned = async (): Promise<string[]> => (await read()).warnings.map((warning) => plain(warning));

  test.each(['pscale.json', 'pscale.yaml', 'pscale.yml'])('may be %s, read as YAML', async (name) => {
    write(at(name), name === 'pscale.json' ? '{"org": "acme"}' : 'org: acme');
    expect((await read()).user).toEqual({ path: shown(at(name)), values: { org: 'acme' } });
    expect(await warned()).toEqual([]);
  });

  test('of several the first counts, as for the official CLI, and the others are named', async () => {
    write(at('pscale.yml'), 'org: third');
    write(at('pscale.yaml'), 'org: second');
    expect((await read()).user?.values).toEqual({ org: 'second' });
    write(at('pscale.json'), '{"org": "first"}');
    expect((await read()).user?.values).toEqual({ org: 'first' });
    expect(await warned()).toEqual([
      `${shown(at('pscale.yaml'))}, ${shown(at('pscale.yml'))} is ignored: ${shown(at('pscale.json'))} is used`,
    ]);
  });

  test('is not pscale.toml, which the official CLI reads', async () => {
    write(at('pscale.toml'), 'org = "acme"');
    expect((await read()).user).toBeUndefined();
    expect(await warned()).toEqual([expect.stringContaining('pscale.toml is ignored')]);
  });

  test('does not matter where a file is named', async () => {
    write(at('pscale.json'), '{"org": "first"}');
    write(at('pscale.yml'), 'org: third');
    const named = write('own.toml', 'org: named');
    const files = await read({ flags: { config: named } });
    expect(files.user?.values).toEqual({ org: 'named' });
    expect(files.warnings).toEqual([]);
  });
});

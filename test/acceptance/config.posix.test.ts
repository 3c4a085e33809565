import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { KEYS, openTerminal } from '../support/terminal.ts';

const SECRET = 'pscale_tkn_hunter2hunter2hunter2';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const file = (name = 'pscale.yml'): string => join(home.path, '.config/planetscale', name);
const content = (path = file()): string => readFileSync(path, 'utf8');
const mode = (path = file()): string => (statSync(path).mode & 0o777).toString(8);

function write(text: string, path = file()): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const config = (args: readonly string[], options: Partial<Parameters<typeof runCli>[1]> = {}) =>
  runCli(['config', ...args], { home, ...options });

describe('config set', () => {
  test('makes the file and its folder for their owner alone, and says who reads it, too', async () => {
    expect(await config(['set', 'org', 'acme'])).toEqual({
      status: 0,
      signal: null,
      stdout: 'org is set to acme in ~/.config/planetscale/pscale.yml.\n',
      stderr: "PlanetScale's own CLI reads org from the same file.\n",
    });
    expect([content(), mode(), mode(dirname(file()))]).toEqual(['org: acme\n', '600', '700']);
  });

  test('keeps comments and order, narrows the mode, and leaves nothing beside the file', async () => {
    write('# mine\nOrg: beta # why\n\nother: {a: 1}\n');
    chmodSync(file(), 0o664);
    const { status, stderr } = await config(['set', 'org', 'acme']);
    expect({ status, content: content(), mode: mode() }).toEqual({
      status: 0,
      content: '# mine\nOrg: acme # why\n\nother: {a: 1}\n',
      mode: '600',
    });
    expect(stderr).toContain('(mode 0664 is now 0600)');
  });

  test('goes through a link, and leaves it one', async () => {
    const real = join(home.path, 'dotfiles/pscale.yml');
    write('format: human\n', real);
    mkdirSync(dirname(file()), { recursive: true });
    symlinkSync(real, file());
    expect(await config(['set', 'org', 'acme'])).toMatchObject({ status: 0 });
    expect(lstatSync(file()).isSymbolicLink()).toBe(true);
    expect(content(real)).toBe('format: human\norg: acme\n');
  });

  test('edits the file that counts', async () => {
    write('{"format": "human"}\n', file('pscale.json'));
    write('format: csv\n');
    expect(await config(['set', 'org', 'acme'])).toMatchObject({ status: 0 });
    expect(JSON.parse(content(file('pscale.json')))).toEqual({ format: 'human', org: 'acme' });
    expect(content()).toBe('format: csv\n');
    const named = join(home.path, 'named.yml');
    write('org: a\n', named);
    expect(await config(['set', 'org', 'b', '--config', named])).toMatchObject({ status: 0 });
    expect(content(named)).toBe('org: b\n');
    const fresh = join(home.path, 'new.yml');
    expect(await config(['set', 'org', 'c', '--config', fresh])).toMatchObject({ status: 0 });
    expect([content(fresh), mode(fresh)]).toEqual(['org: c\n', '600']);
  });

  test('--project is the repository’s file, which may not hold what leads credentials elsewhere', async () => {
    mkdirSync(join(home.path, 'shop/.git'), { recursive: true });
    mkdirSync(join(home.path, 'shop/src'));
    const cwd = join(home.path, 'shop/src');
    expect(await config(['set', 'org', 'acme', '--project'], { cwd })).toMatchObject({ status: 0 });
    const project = join(home.path, 'shop/.pscale.yml');
    expect([content(project), mode(project)]).toEqual(['org: acme\n', '644']);
    for (const key of ['api-url', 'service-token-id', 'service-token', 'api-token', 'format']) {
      const refused = await config(['set', key, '--project', ...(key.includes('token') ? [] : ['x'])], {
        cwd,
      });
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toContain(`a project file may not hold ${key}`);
    }
  });

  test('says what wins over it', async () => {
    const env = { PLANETSCALE_ORG: 'zeta' };
    const { stderr } = await config(['set', 'org', 'acme'], { env });
    expect(stderr).toContain('In force is PLANETSCALE_ORG, which wins over this file.');
    const unset = await config(['unset', 'org'], { env });
    expect(unset.stderr).toContain('In force is now PLANETSCALE_ORG.');
  });

  test.each([
    ['a key that is none', ['orgg', 'x'], 'Did you mean org?'],
    ['a value that is none', ['format', 'yaml'], 'format'],
    ['an address without a lock', ['api-url', 'http://api.example'], 'plain HTTP'],
    ['a name that leads elsewhere', ['org', '../x'], 'contains a slash'],
    ['an empty value', ['org', ''], 'org would be empty'],
    ['no value', ['org'], 'a value for org is missing'],
    ['a pair in place of an id', ['service-token-id', `k3j9x0q2m7ab ${SECRET}`], 'history'],
  ])('refuses %s, and leaves the file alone', async (_, args, words) => {
    write('org: before\n');
    const result = await config(['set', ...args]);
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toContain(words);
    expect(content()).toBe('org: before\n');
  });

  test.each([['service-token'], ['api-token'], ['org']])(
    'refuses a secret on the command line for %s, and does not repeat it',
    async (key) => {
      const result = await config(['set', key, SECRET, '--format', 'json', '--debug']);
      expect(result).toMatchObject({ status: 1 });
      expect(result.stdout + result.stderr).not.toMatch(/hunter2/);
      expect(JSON.parse(result.stdout).issues[0].remediation).toContain(`config set ${key}`);
    },
  );

  test('a secret comes from stdin, with or without a line break', async () => {
    for (const stdin of [SECRET, `${SECRET}\n`, `${SECRET}\r\n`]) {
      const result = await config(['set', 'service-token'], { stdin });
      expect(result).toMatchObject({
        status: 0,
        stdout: 'service-token is saved in ~/.config/planetscale/pscale.yml.\n',
      });
      expect(result.stderr).not.toMatch(/hunter2/);
      expect(content()).toBe(`service-token: ${SECRET}\n`);
    }
    for (const stdin of ['', '\n', `k3j9x0q2m7ab:${SECRET}`, `two\nlines`]) {
      expect(await config(['set', 'service-token'], { stdin })).toMatchObject({ status: 1, stdout: '' });
    }
    expect(content()).toBe(`service-token: ${SECRET}\n`);
  });

  test.each([{ TERM: 'xterm-256color' }, { TERM: 'dumb' }])(
    'a secret is asked for on a terminal, which shows nothing of it, with %j',
    async (env) => {
      const terminal = openTerminal(['config', 'set', 'service-token'], { home, env });
      await terminal.until('service-token (not shown):');
      terminal.type(`wrong${KEYS.backspace.repeat(5)}\u001b[200~${SECRET}\u001b[201~`);
      terminal.type(KEYS.enter);
      expect(await terminal.ended).toEqual({ status: 0 });
      const shown = (await terminal.screen()).text();
      expect(shown).toMatch(/^service-token \(not shown\):\s*\n.*\nservice-token is saved in [^\n]*$/);
      expect(shown).not.toMatch(/hunter2|wrong|\*/);
      expect(content()).toBe(`service-token: ${SECRET}\n`);
    },
  );

  test.each([
    ['Escape', KEYS.escape, 1],
    ['Ctrl-D', KEYS.ctrlD, 1],
    ['Ctrl-C', KEYS.ctrlC, 130],
  ])(
    '%s at the question for a secret changes nothing, and the terminal echoes again',
    async (_, key, status) => {
      write('org: before\n');
      const terminal = openTerminal(['config', 'set', 'api-token'], { home });
      await terminal.until('api-token (not shown):');
      terminal.type(key);
      expect(await terminal.ended).toEqual({ status });
      expect(content()).toBe('org: before\n');
    },
  );
});

test('config set works on a file whose settings are broken, and not on one that nobody can read', async () => {
  write('format: yaml\n');
  expect(await config(['set', 'format', 'json'])).toMatchObject({ status: 0 });
  expect(content()).toBe('format: json\n');
  write('format: [\n');
  const result = await config(['set', 'org', 'acme']);
  expect(result).toMatchObject({ status: 1, stdout: '' });
  expect(result.stderr).toContain('cannot read ~/.config/planetscale/pscale.yml');
  expect(content()).toBe('format: [\n');
});

test('config unset takes one setting out, and is content where there is none', async () => {
  write('# mine\norg: acme # x\nformat: csv\n');
  expect(await config(['unset', 'org', '--format', 'json'])).toMatchObject({
    status: 0,
    stdout: `${JSON.stringify({ result: 'setting removed', key: 'org', path: '~/.config/planetscale/pscale.yml' }, null, 2)}\n`,
  });
  expect(content()).toBe('# mine\nformat: csv\n');
  expect(await config(['unset', 'org', '-f', 'human'])).toMatchObject({ status: 0 });
  expect(content()).toBe('# mine\nformat: csv\n');
});

test('config unset makes no file where there is none', async () => {
  expect(await config(['unset', 'org'])).toMatchObject({ status: 0 });
  expect(existsSync(join(home.path, '.config'))).toBe(false);
});

test('config get prints what is in force, and no secret', async () => {
  write(`org: acme\nservice-token: ${SECRET}\n`);
  expect(await config(['get', 'org'])).toMatchObject({ status: 0, stdout: 'acme\n' });
  const other = await config(['get', 'org', '--json'], { env: { PLANETSCALE_ORG: 'zeta' } });
  expect(JSON.parse(other.stdout)).toEqual({ key: 'org', value: 'zeta', source: 'PLANETSCALE_ORG' });
  expect(await config(['get', 'database'])).toMatchObject({ status: 2, stdout: '' });
  const secret = await config(['get', 'service-token']);
  expect(secret).toMatchObject({ status: 1, stdout: '' });
  expect(secret.stderr).not.toMatch(/hunter2/);
});

test('config show tells each setting, its source, what it wins over, and nothing of a secret', async () => {
  write(
    `org: acme\nservice-token-id: k3j9x0q2m7ab\nservice-token: ${SECRET}\napi-url: https://u:hunter3@api.example\n`,
  );
  const shown = await config(['show', '--json'], { env: { PLANETSCALE_ORG: 'zeta' } });
  expect(shown.status).toBe(0);
  expect(shown.stdout + shown.stderr).not.toMatch(/tkn|hunter3/);
  const rows: readonly { setting: string }[] = JSON.parse(shown.stdout);
  const row = (setting: string) => rows.find((each) => each.setting === setting);
  expect(row('org')).toEqual({
    setting: 'org',
    value: 'zeta',
    source: 'PLANETSCALE_ORG',
    overrides: [{ value: 'acme', source: 'org in ~/.config/planetscale/pscale.yml' }],
  });
  expect(row('service-token')).toMatchObject({ value: '…ter2' });
  expect(row('service-token-id')).toMatchObject({ value: 'k3j9x0q2m7ab' });
  expect(row('timeout')).toMatchObject({ value: '30s', source: 'the default', overrides: [] });
  expect(row('database')).toMatchObject({ value: null, source: null });
  expect(rows.map(({ setting }) => setting)).toHaveLength(new Set(rows.map(({ setting }) => setting)).size);
});

test('an api-token in the user config is used, as the official CLI uses it', async () => {
  write('api-token: pscale_oauth_hunter2hunter2\n');
  const shown = await runCli(['config', 'show', '--json'], { home });
  expect(JSON.parse(shown.stdout)).toContainEqual({
    setting: 'api-token',
    value: '…ter2',
    source: 'api-token in ~/.config/planetscale/pscale.yml',
    overrides: [],
  });
});

test('config path is the file that would be changed', async () => {
  expect(await config(['path'])).toMatchObject({ status: 0, stdout: `${file()}\n` });
  write('', file('pscale.yaml'));
  expect((await config(['path'])).stdout).toBe(`${file('pscale.yaml')}\n`);
  const gone = await config(['path'], { env: { HOME: '' } });
  expect(gone).toMatchObject({ status: 1, stdout: '' });
  expect(gone.stderr).toContain('there is no home directory');
});

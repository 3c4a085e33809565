import { describe, expect, test } from 'vitest';
import { runInMemory } from '../support/host.ts';

const SIGNED_OUT = { variables: { PLANETSCALE_ORG: 'acme' } };

async function failing(...argv: readonly string[]) {
  const { status, stdout } = await runInMemory([...argv, '--json'], SIGNED_OUT);
  const { issues, next_steps } = JSON.parse(stdout);
  return { status, code: issues[0].code, hint: String(issues[0].remediation ?? ''), next: next_steps };
}

describe('a word of another tool', () => {
  test.each([
    [['rename', 'ci', 'ci-deploy'], 'update ci --name ci-deploy'],
    [['roll', 'ci'], 'rotate ci'],
    [['regenerate'], 'rotate <token-id>'],
    [['tokens'], 'list'],
    [['tokens', 'ls'], 'list'],
    [['tokens', 'delete', 'ci'], 'delete ci'],
    [['token', 'create'], 'create'],
    [['get', 'tokens'], 'list'],
    [['access', 'k3j9x0q2m7ab'], 'show-access k3j9x0q2m7ab'],
    [['access', 'ci', 'explain'], 'show-access ci'],
    [['--org', 'acme', 'access', 'name:explain'], 'show-access name:explain'],
    [['service-token', 'access', 'ci'], 'show-access ci'],
    [['auth', 'status'], 'whoami'],
    [['auth', 'check'], 'whoami'],
    [['service-token', 'rename'], 'update <token-id> --name <name>'],
    [['renew', 'ci'], 'rotate ci'],
    [['refresh', 'ci'], 'rotate ci'],
    [['reset', 'ci'], 'rotate ci'],
    [['remove', 'ci'], 'delete ci'],
    [['destroy', 'ci'], 'delete ci'],
    [['info', 'ci'], 'show ci'],
    [['add', 'ci'], 'create ci'],
    [['allow', 'ci', 'shop=read_branch'], 'add-access ci shop=read_branch'],
    [['deny', 'ci', 'shop=read_branch'], 'delete-access ci shop=read_branch'],
    [['remove-access', 'ci'], 'delete-access ci <access>'],
    [['cleanup'], 'prune --expired'],
    [['search', 'ci'], "list --name '*ci*'"],
    [['find', "it's"], String.raw`list --name '*it'\''s*'`],
    [['open'], 'list --web'],
    [['init'], 'config show'],
    [['switch', 'acme'], 'config set org acme'],
    [['org', 'switch', 'acme'], 'config set org acme'],
    [['plan', 'tokens.yml'], 'access plan tokens.yml'],
    [['diff'], "access plan '<file>'"],
    [['apply', 'tokens.yml'], 'access apply tokens.yml'],
    [['explain', 'ci'], 'access explain ci'],
    [['docs'], 'help'],
    [['status'], 'whoami'],
    [['delete', 'token', 'ci'], 'delete ci'],
    [['describe', 'token', 'ci'], 'show ci'],
    [['create', 'token', 'ci'], 'create ci'],
  ])('%j is answered with what does it here', async (argv, here) => {
    expect(await failing(...argv)).toEqual({
      status: 1,
      code: 'UNKNOWN_COMMAND',
      hint: `Use: pscale-service-token ${here}`,
      next: [`pscale-service-token ${here}`],
    });
  });

  test('access is a group as well: its commands and its help are not taken for tokens', async () => {
    expect(await failing('access', 'explain', 'ci')).toMatchObject({ code: 'NO_AUTH' });
    expect(await failing('access', '--org', 'acme', 'explain', 'ci')).toMatchObject({ code: 'NO_AUTH' });
    expect(await failing('access', 'help', 'wat')).toMatchObject({ status: 1, code: 'UNKNOWN_COMMAND' });
    for (const argv of [
      ['access'],
      ['access', 'help'],
      ['access', '--help'],
      ['access', 'explain', '--help'],
    ]) {
      expect(await runInMemory(argv, SIGNED_OUT)).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('the word behind access is part of what is unknown', async () => {
    const { status, stderr } = await runInMemory(['access', 'ci'], SIGNED_OUT);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'Error: unknown command: access ci\nUse: pscale-service-token show-access ci\n',
    });
  });

  test('what could be the name of a token by itself is one', async () => {
    for (const argv of [
      ['show', 'token'],
      ['delete', 'token', '--force'],
      ['create', 'token'],
    ]) {
      expect(await failing(...argv)).toMatchObject({ code: 'NO_AUTH' });
    }
  });

  test.each([['login'], ['logout'], ['auth', 'login']])(
    '%s has no counterpart, and does not end with 0',
    async (...argv) => {
      const failure = await failing(...argv);
      expect(failure).toMatchObject({ status: 1, code: 'UNKNOWN_COMMAND' });
      expect(failure.hint).toContain('PLANETSCALE_SERVICE_TOKEN_ID');
    },
  );

  test.each([
    [['ls'], 'list'],
    [['rm'], 'delete'],
    [['new'], 'create'],
    [['get'], 'show'],
    [['view'], 'show'],
    [['describe'], 'show'],
    [['copy'], 'duplicate'],
    [['clone'], 'duplicate'],
    [['run'], 'exec'],
    [['grant'], 'add-access'],
    [['revoke'], 'delete-access'],
    [['service-token', 'ls'], 'list'],
  ])('%j is %s', async (argv, command) => {
    const { status, stdout } = await runInMemory([...argv, '--help'], SIGNED_OUT);
    expect(status).toBe(0);
    const other = await runInMemory([command, '--help'], SIGNED_OUT);
    const purpose = (help: string): string => help.split('\n').slice(1, 5).join('\n');
    expect(purpose(stdout)).toBe(purpose(other.stdout));
  });

  test('version is --version', async () => {
    const [word, flag] = await Promise.all([
      runInMemory(['version'], SIGNED_OUT),
      runInMemory(['--version'], SIGNED_OUT),
    ]);
    expect(word).toEqual(flag);
  });

  test('revoke of a token alone changes nothing, and names both that might be meant', async () => {
    const failure = await failing('revoke', 'k3j9x0q2m7ab');
    expect(failure).toMatchObject({ status: 1, code: 'INVALID_USAGE' });
    expect(failure.hint).toMatch(/delete-access.*use delete\./s);
  });
});

describe('a flag of another tool', () => {
  test.each([
    ['list', '-o', '--format'],
    ['list', '--output=json', '--format'],
    ['list', '--organization', '--org'],
    ['list', '--limit=5', 'always complete'],
    ['list', '-L', 'always complete'],
    ['list', '--all', 'always complete'],
    ['list', '--page=2', 'always complete'],
    ['list', '-v', '--debug'],
    ['list', '--verbose', '--debug'],
    ['create', '--permission=read_branch', '--access'],
    ['create', '--scope=shop', '--database'],
    ['create', '--expires-in=30d', '--ttl'],
    ['create', '--expiry=30d', '--ttl'],
    ['create', '--read-only', 'read_'],
    ['create', '--description=x', '--name'],
    ['add-access', '--db=shop', '--database'],
  ])('%s %s is answered with what it is here', async (command, flag, hint) => {
    const failure = await failing(command, flag);
    expect(failure).toMatchObject({ status: 1, code: 'UNKNOWN_FLAG' });
    expect(failure.hint).toContain(hint);
  });
});

describe('--json', () => {
  test('is --format json, for failures as well', async () => {
    const { stdout, stderr } = await runInMemory(['list', '--json', '--wat'], SIGNED_OUT);
    expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code: 'UNKNOWN_FLAG' }] });
    expect(stderr).toBe('');
  });

  test('beside another format is a contradiction', async () => {
    const { status, stdout } = await runInMemory(['list', '--format', 'csv', '--json'], SIGNED_OUT);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code: 'INVALID_USAGE' }] });
    expect((await failing('list', '--format', 'json')).code).toBe('NO_AUTH');
  });

  test.each([[['list', '--json', 'id,name']], [['list', '--json=id,name']]])(
    '%j names fields, which is another flag',
    async (argv) => {
      const failure = await failing(...argv);
      expect(failure.code).toBe('INVALID_USAGE');
      expect(failure.hint).toContain('--columns id,name');
    },
  );
});

describe('create', () => {
  test('takes a name by itself', async () => {
    expect((await failing('create', 'ci')).code).toBe('NO_AUTH');
  });

  test.each(['read_branch', 'shop=read_branch', 'read_branch,create_branch'])(
    'takes %s for a permission that has lost its flag',
    async (word) => {
      const failure = await failing('create', word);
      expect(failure.code).toBe('INVALID_USAGE');
      expect(failure.hint).toContain(`--access ${word}`);
    },
  );

  test('has one name', async () => {
    expect((await failing('create', 'ci', '--name', 'other')).code).toBe('INVALID_USAGE');
  });
});

/** What people type first who come from gh, fly, doppler, kubectl, stripe and pscale. */
const FIRST_GUESSES: readonly string[] = [
  ...['', 'ls', 'list', 'tokens', 'tokens list', 'token ls', 'get tokens', 'list --json', 'list -o json'],
  ...['list --output json', 'list --limit 5', 'list -L 5', 'list -q', 'list --format=json', 'lst', 'status'],
  ...[
    'auth status',
    'auth login',
    'login',
    'logout',
    'whoami',
    'show ci',
    'get ci',
    'view ci',
    'describe ci',
  ],
  ...['describe token ci', 'info ci', 'create ci', 'new ci', 'add ci', 'token create ci', 'create -n ci'],
  ...[
    'create ci --ttl 30d',
    'create ci --ttl 30days',
    'create ci --expiry 30d',
    'create ci --expires-in 720h',
  ],
  ...['create ci --scope read_branch', 'create ci --permission read_branch', 'create ci --read-only'],
  ...['create --description ci', 'grant ci shop=read_branch', 'allow ci shop=read_branch', 'access ci'],
  ...[
    'permissions',
    'revoke ci',
    'revoke ci read_databases',
    'rename ci main',
    'rotate ci',
    'roll ci',
    'renew ci',
  ],
  ...[
    'delete ci',
    'rm ci',
    'remove ci',
    'destroy ci',
    'delete token ci',
    'cleanup',
    'prune',
    'run -- env',
    'env',
  ],
  ...[
    'config',
    'config list',
    'config get org',
    'init',
    'switch acme',
    'org switch acme',
    'org list',
    'open',
  ],
  ...[
    'version',
    '-v',
    '--version',
    'help',
    'help create',
    '--help',
    'docs',
    'completion',
    'upgrade',
    'search ci',
  ],
  ...['apply -f tokens.yml', 'list --organization acme', 'list --all', 'list --verbose', 'doctor'],
];

test(`${FIRST_GUESSES.length} first guesses are taken, or answered with the right word at once`, async () => {
  expect(FIRST_GUESSES.length).toBeGreaterThanOrEqual(60);
  for (const guess of FIRST_GUESSES) {
    const argv = guess.split(' ').filter((word) => word !== '');
    const { status, stdout } = await runInMemory(argv.length > 0 ? [...argv] : argv, {
      variables: { PLANETSCALE_ORG: 'acme', PLANETSCALE_FORMAT: 'json' },
    });
    if (status === 0 || status === 3) continue;
    if (!stdout.startsWith('{')) {
      // What runs another command reports on stderr.
      expect([guess, status]).toEqual([guess, 125]);
      continue;
    }
    const [{ code, remediation }] = JSON.parse(stdout).issues;
    // Understood, as far as anybody can without credentials, a terminal or a yes; or told what to type.
    const isUnderstood = ['NO_AUTH', 'CONFIRMATION_REQUIRED', 'TTY_REQUIRED', 'NOT_FOUND'].includes(code);
    const isAnswered =
      /(^|\b)(Use|Did you mean|Usage|takes|run '?pscale|name them|Lists are|There is no|changed by|Choose|Name |npm install|The supported|manages)/m;
    if (!isUnderstood) expect(`${guess}: ${remediation}`).toMatch(isAnswered);
  }
});

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
    [['auth', 'status'], 'whoami'],
    [['auth', 'check'], 'whoami'],
    [['service-token', 'rename'], 'update <token-id> --name <name>'],
  ])('%j is answered with what does it here', async (argv, here) => {
    expect(await failing(...argv)).toEqual({
      status: 1,
      code: 'UNKNOWN_COMMAND',
      hint: `Use: pscale-service-token ${here}`,
      next: [`pscale-service-token ${here}`],
    });
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

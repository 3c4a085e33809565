import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { type HostOptions, type Ran, runInMemory } from '../support/host.ts';

/** What was typed means what it says, and what may not have been meant is said. */

const ID = 'tok000000001';
/** The secret of one that may create tokens, and see none. */
const MAKER = 'pscale_tkn_maker';
const READER = 'pscale_tkn_reader';
const PERSON = { stdin: true, stdout: true, stderr: true };

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({
    seed: {
      databases: [{ name: 'shop' }, { name: 'blog' }],
      tokens: [
        { id: ID, name: 'ci' },
        { id: 'tok000000002', name: 'ci' },
        {
          id: 'tok000000003',
          name: 'maker',
          secret: MAKER,
          access: [{ access: ['write_service_tokens'] }, { database: 'blog', access: ['read_database'] }],
        },
        {
          id: 'tok000000004',
          name: 'reader',
          secret: READER,
          access: [{ access: ['write_service_tokens', 'read_service_tokens', 'read_databases'] }],
        },
      ],
    },
  });
});
afterEach(() => emulator.close());

function play(argv: readonly string[], options: HostOptions = {}): Promise<Ran> {
  const variables = {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
    NO_COLOR: '1',
    ...options.variables,
  };
  return runInMemory(argv, { now: Date.now(), ...options, variables });
}

const sent = (method: string): string[] =>
  emulator.requests.filter((one) => one.method === method).map(({ url }) => url);

describe('delete of one token', () => {
  test.each([
    [['--force=false'], {}],
    [['-y=false'], {}],
    [['--force=false', '--yes'], {}],
    [['-y', '--force=false'], {}],
  ])('off a terminal with %j deletes nothing', async (flags, terminal) => {
    const { status, stdout, stderr } = await play(['delete', ID, ...flags], { terminal });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      'Error: cannot confirm the deletion of a service token (run with --force to override)\n',
    );
    expect(emulator.requests).toEqual([]);
  });

  test('is refused where a person types and the question could not be shown', async () => {
    const { status, stderr } = await play(['delete', ID], { terminal: { stdin: true, stdout: true } });
    expect(status).toBe(1);
    expect(stderr).toBe(
      'Error: cannot confirm the deletion of a service token (run with --force to override)\nstderr is not a terminal, so the question cannot be shown.\n',
    );
    expect(emulator.requests).toEqual([]);
  });

  test.each([[[]], [['--force=true']], [['--force']]])('goes ahead in a script with %j', async (flags) => {
    expect((await play(['delete', ID, ...flags])).status).toBe(0);
    expect(sent('DELETE')).toHaveLength(1);
  });
});

describe('a leading equals sign', () => {
  test('belongs to a name', async () => {
    const { stdout } = await play(['create', '-n', '=x', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ name: '=x' });
  });

  test('makes no wildcard of a filter', async () => {
    const { stdout } = await play(['prune', '--name', '=*', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ tokens: [] });
  });
});

describe('create at a terminal', () => {
  const create = (...flags: readonly string[]): Promise<Ran> =>
    play(['create', ...flags], { terminal: PERSON });

  test('says which names are no longer one token’s', async () => {
    const { status, stderr } = await create('--name', 'ci');
    expect(status).toBe(0);
    expect(stderr).toContain('Note: 2 other service tokens are named ci: use IDs.');
  });

  test('says nothing of that where it cannot look, and for a name of its own', async () => {
    const blind = await create(
      '--name',
      'ci',
      '--service-token-id',
      'tok000000003',
      '--service-token',
      MAKER,
    );
    expect(blind.status).toBe(0);
    expect(sent('GET')).toHaveLength(1);
    expect(blind.stderr).not.toContain('use IDs');
    expect((await create('--name', 'new')).stderr).not.toContain('use IDs');
  });

  test.each([
    [[], 'Note: it has no name and never expires. To change that: pscale-service-token update'],
    [['--name', ''], 'Note: --name is empty, so the token has no name.'],
  ])('notes of %j', async (flags, note) => {
    expect((await create(...flags)).stderr).toContain(note);
  });

  test.each([[['--ttl', '1h']], [['--name', 'x']]])('has no note for %j', async (flags) => {
    expect((await create(...flags)).stderr).not.toContain('Note:');
  });

  test('off a terminal has none, and looks for nothing', async () => {
    for (const flags of [['--name', 'ci'], ['--name', ''], []]) {
      expect((await play(['create', ...flags])).stderr).not.toContain('Note:');
    }
    expect(sent('GET')).toEqual([]);
  });

  test('a lifetime in seconds that is short is told in seconds', async () => {
    const { stdout, stderr } = await create('--name', 'x', '--ttl', '30');
    expect(stderr).toContain('--ttl 30: expires in 30 seconds; for days write 30d');
    expect(stdout).toMatch(/EXPIRES AT +in (?:2|3)\d seconds .*\n +CREATED AT +now /);
  });
});

/** The service token that may make tokens, and see one database. */
const AS_MAKER = ['--service-token-id', 'tok000000003', '--service-token', MAKER];
/** One that sees all databases, and its own permissions. */
const AS_READER = ['--service-token-id', 'tok000000004', '--service-token', READER];

describe.each([
  ['create', ['create', '--access']],
  ['exec', ['exec', '--access']],
  ['add-access', ['add-access', ID]],
])('%s', (name, before) => {
  const end = name === 'exec' ? ['--', 'true'] : [];
  const asking = (access: string, ...flags: readonly string[]): Promise<Ran> =>
    play([...before, access, ...flags, ...end]);

  test.each([
    ['shop=read', 'Did you mean read_'],
    ['shop=branch_read', 'Did you mean read_branch?'],
    ['shop=read_branhc', 'Did you mean read_branch?'],
    ['read_branch=shop', 'Did you mean shop=read_branch?'],
  ])('refuses %s before anything is sent', async (access, advice) => {
    const { status, stderr } = await asking(access);
    expect(status).toBe(name === 'exec' ? 125 : 1);
    expect(stderr).toContain(advice);
    expect(stderr).toContain('To send it as typed, add --force.');
    expect(emulator.requests).toEqual([]);
  });

  test('sends a near miss as it was typed with --force', async () => {
    await asking('shop=branch_read', '--force');
    const posts = emulator.requests.filter(({ method }) => method === 'POST');
    expect(JSON.stringify(posts.map(({ body }) => body))).toContain('branch_read');
  });

  test.each([
    ['a user', []],
    ['a service token that sees all databases', AS_READER],
  ])('refuses a missing database as %s before anything is made or granted', async (_, as) => {
    const both = name === 'add-access' ? ['blog=read_branch'] : ['--access', 'blog=read_branch'];
    const { status, stderr } = await asking('shpo=read_branch', ...both, ...as);
    expect(status).toBe(name === 'exec' ? 125 : 2);
    expect(stderr).toContain('database shpo does not exist in organization acme');
    expect(stderr).toContain('Did you mean shop?');
    expect(sent('POST')).toEqual([]);
  });
});

test('a database that only some list lacks is not called missing', async () => {
  const { stderr } = await play(['create', '--access', 'shop=read_branch', ...AS_MAKER]);
  expect(stderr).toContain('database shop is not visible to the service token in use');
  expect(stderr).not.toContain('database shop does not exist');
  expect(sent('POST')[0]).toBe('/v1/organizations/acme/service-tokens');
});

test('--force looks for no database', async () => {
  await play(['create', '--access', 'shpo=read_branch', '--force']);
  expect(emulator.requests[0]?.method).toBe('POST');
});

describe('list', () => {
  test.each([[['--for', '*=list_branches']], [['--for', 'sh*=list_branches']]])(
    'refuses %j, which names no database',
    async (question) => {
      const { status, stderr } = await play(['list', ...question]);
      expect(status).toBe(1);
      expect(stderr).toContain('does not name one database');
      expect(emulator.requests).toEqual([]);
    },
  );

  test.each([[['--holds', 'shpo=read_branch']], [['--for', 'shpo=list_branches']]])(
    'refuses %j, whose database does not exist',
    async (question) => {
      const { status, stdout, stderr } = await play(['list', ...question]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('database shpo does not exist in organization acme');
      expect(stderr).toContain('Did you mean shop?');
    },
  );

  test('has none for a database that exists', async () => {
    const { status, stdout } = await play(['list', '--holds', 'shop=read_branch']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'None of the 4 service tokens match.\n' });
  });
});

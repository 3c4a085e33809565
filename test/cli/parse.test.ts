import { describe, expect, test } from 'vitest';
import { longName } from '../../src/cli/declaration.ts';
import { DEPRECATED_ID, GLOBAL_FLAGS } from '../../src/cli/global-flags.ts';
import { COMMANDS } from '../../src/commands/all.ts';
import { type HostOptions, runInMemory } from '../support/host.ts';
import { leavesOf } from '../support/tree.ts';

const LEAVES = await leavesOf(COMMANDS);

/** Settings with which a command gets as far as its credentials, and no further. */
const SIGNED_OUT: HostOptions = {
  variables: { PLANETSCALE_API_URL: 'http://127.0.0.1:1', PLANETSCALE_ORG: 'acme' },
};

async function failing(
  ...argv: string[]
): Promise<{ code: unknown; message: string; next: unknown; status: number }> {
  const { status, stdout, stderr } = await runInMemory([...argv], {
    ...SIGNED_OUT,
    variables: { ...SIGNED_OUT.variables, PLANETSCALE_FORMAT: 'json' },
  });
  expect(stderr).toBe('');
  const { error, issues, next_steps } = JSON.parse(stdout);
  const { code, remediation } = issues[0];
  // As people read it.
  const message = remediation === undefined ? error : `${error}\n${remediation}`;
  return { code, message, next: next_steps, status };
}

describe('the word service-token', () => {
  test.each([
    [['service-token', 'list']],
    [['--org', 'acme', 'service-token', 'list']],
    [['service-token', 'show-access', 'k3j9']],
    [['service-token', 'branch', 'list', 'shop']],
  ])('is no part of what is run: %j', async (argv) => {
    const without = argv.filter((word) => word !== 'service-token');
    expect(await runInMemory(argv, SIGNED_OUT)).toEqual(await runInMemory(without, SIGNED_OUT));
    expect((await failing(...argv)).code).toBe('NO_AUTH');
  });

  test('is a mistake where it stands twice', async () => {
    expect((await failing('service-token', 'service-token', 'list')).code).toBe('UNKNOWN_COMMAND');
  });

  test('is not shown in any help', async () => {
    const { stdout } = await runInMemory(['--help']);
    expect(stdout).not.toMatch(/^\s+service-token\s/m);
  });
});

describe('a usage failure', () => {
  test.each([
    ['lst', 'list'],
    ['shwo', 'show'],
    ['delet', 'delete'],
    ['add-acces', 'add-access'],
    ['show_access', 'show-access'],
    ['branches', 'branch'],
  ])('answers the unknown command %s with a suggestion', async (typed, meant) => {
    const failure = await failing(typed);
    expect(failure).toMatchObject({ code: 'UNKNOWN_COMMAND', status: 1 });
    expect(failure.message).toContain(`unknown command: ${typed}`);
    expect(failure.message).toContain(`'pscale-service-token ${meant}'`);
  });

  test('answers an unknown command that is like none with all there are', async () => {
    const { code, message } = await failing('frobnicate');
    expect(code).toBe('UNKNOWN_COMMAND');
    for (const { name, hidden = false } of COMMANDS) if (!hidden) expect(message).toContain(name);
  });

  test('answers an unknown command of a group with the suggestion in full', async () => {
    const { code, message } = await failing('branch', 'crate', 'shop', 'x');
    expect(code).toBe('UNKNOWN_COMMAND');
    expect(message).toContain('unknown command: branch crate');
    expect(message).toContain("'pscale-service-token branch create'");
  });

  test.each([
    [['help', 'lst'], 'lst'],
    [['help', 'branch', 'crate'], 'branch crate'],
    [['branch', 'help', 'crate'], 'branch crate'],
  ])('does not pass over a misspelt command behind help: %j', async (argv, command) => {
    const { status, stdout, stderr } = await runInMemory(argv);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`unknown command: ${command}\n`);
  });

  test.each([
    [['list', '--frmat', 'csv'], '--frmat', '--format'],
    [['list', '--databse'], '--databse', undefined],
    [['add-access', 'k3j9', 'read_branch', '--databse', 'shop'], '--databse', '--database'],
    [
      ['add-access', 'k3j9', 'read_branch', '--organisation-level'],
      '--organisation-level',
      '--organization-level',
    ],
    [['create', '--nam', 'x'], '--nam', '--name'],
    [['--no-colour', 'list'], '--no-colour', '--no-color'],
    [['delete', 'k3j9', '--froce'], '--froce', '--force'],
    [['list', '-x'], '-x', undefined],
  ])('answers the unknown flag in %j', async (argv, flag, meant) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'UNKNOWN_FLAG', status: 1 });
    expect(failure.message).toContain(`unknown flag: ${flag}`);
    if (meant === undefined) expect(failure.message).toContain('--help');
    else expect(failure.message).toContain(`Did you mean ${meant}?`);
  });

  test('never suggests a flag that help hides, nor repeats the value of an unknown one', async () => {
    const { message } = await failing('list', '--service-token-nam=hunter2secret');
    expect(message).toContain('unknown flag: --service-token-nam');
    expect(message).not.toContain('Did you mean --service-token-name');
    expect(message).not.toContain('hunter2secret');
  });

  test.each([
    ['auth', 'auth'],
    ['database', 'database'],
    ['org', 'org'],
    ['password', 'password'],
    ['deploy-request', 'deploy-request'],
    ['branch promote', 'branch promote'],
    ['branch schema', 'branch schema'],
    ['branch diff', 'branch diff'],
    ['help auth', 'auth'],
  ])('says that %s belongs to pscale', async (typed, path) => {
    const rest = typed.startsWith('help') ? [] : ['x', '--force'];
    const failure = await failing(...typed.split(' '), ...rest);
    expect(failure).toMatchObject({ code: 'UNKNOWN_COMMAND', status: 1 });
    expect(failure.message).toContain(`'pscale ${path} …'`);
    expect(failure.next).toEqual([`pscale ${path} --help`]);
  });

  test.each(['branch auth', 'branch password', 'emulator shell', 'emulator connect'])(
    'does not claim that pscale has %s: only the second word is one of its own',
    async (typed) => {
      const failure = await failing(...typed.split(' '));
      expect(failure.code).toBe('UNKNOWN_COMMAND');
      expect(failure.message).not.toContain(`pscale ${typed} …`);
    },
  );

  test.each([
    [['show'], '<token-id>', undefined],
    [['show-access'], '<token-id>', 'show-access'],
    [['delete'], '<token-id>', undefined],
    [['add-access'], '<token-id>', 'add-access'],
    [['add-access', 'k3j9'], '<access>', 'add-access'],
    [['delete-access'], '<token-id>', 'delete-access'],
    [['delete-access', 'k3j9'], '<access>', undefined],
    [['branch', 'create', 'shop'], '<branch>', 'branch create'],
    [['branch', 'list'], '<database>', 'branch list'],
    [['branch', 'show'], '<database>', 'branch show'],
    [['branch', 'delete', 'shop'], '<branch>', 'branch delete'],
    [['emulator', 'exec'], '<command>', 'emulator exec'],
    [['emulator', 'exec', '--'], '<command>', 'emulator exec'],
  ])('names the argument that %j lacks, and shows the usage', async (argv, argument, usage) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(`missing argument: ${argument}`);
    if (usage !== undefined) expect(failure.message).toContain(`Usage: pscale-service-token ${usage}`);
  });

  test.each([
    [['list', 'acme'], 'unexpected argument: acme', 'list [options]'],
    [['create', 'ci', 'deploy'], 'unexpected argument: deploy', 'create [options] [name] [-- <command...>]'],
    [['show', 'a', 'b'], 'unexpected argument: b', 'show [options] [token-id]'],
    [['show-access', 'a', 'b', 'c'], 'unexpected arguments: b c', 'show-access [options] <token-id>'],
    [
      ['branch', 'show', 'shop', 'main', 'x'],
      'unexpected argument: x',
      'branch show [options] <database> <branch>',
    ],
  ])('says what is left over in %j, and shows what it takes', async (argv, left, takes) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toBe(`${left}\nUsage: pscale-service-token ${takes}`);
  });

  test.each([
    [['list', '--org'], '--org'],
    [['--config'], '--config'],
    [['list', '-f'], '--format'],
    [['create', '--name'], '--name'],
    [['create', '--ttl'], '--ttl'],
    [['add-access', 'k3j9', 'read_branch', '--database'], '--database'],
  ])('names the flag without a value in %j', async (argv, flag) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(`flag ${flag} needs a value`);
  });

  // What an unset variable of the shell leaves behind, as in: --database $UNSET --org acme
  test.each([
    [['add-access', 'k3j9', 'read_branch', '--database', '--org', 'acme'], '--database'],
    [['add-access', 'k3j9', 'read_branch', '--database', '--organization-level'], '--database'],
    [['add-access', 'k3j9', 'read_branch', '--database', '--org=acme'], '--database'],
    [['add-access', 'k3j9', 'read_branch', '--database', '-f', 'json'], '--database'],
    [['add-access', 'k3j9', 'read_branch', '--database', '--help'], '--database'],
    [['add-access', '--database', '--org', 'acme', 'k3j9', 'read_branch', 'create_branch'], '--database'],
    [['create', '--name', '--ttl', '60'], '--name'],
    [['create', '--name', '--ttl=60'], '--name'],
    [['create', '--name', '--org', 'acme'], '--name'],
    [['create', '--name', '-fjson', '--ttl=60'], '--name'],
    [['--org', '-fjson', 'list'], '--org'],
    [['list', '--org', '--format', 'json'], '--org'],
    [['--org', '--debug', 'list'], '--org'],
    [['--service-token', '--org', 'acme', 'list'], '--service-token'],
    [['--org', '--debug'], '--org'],
    [['--org', '--debug', 'branch'], '--org'],
    [['--org', '--debug', 'help', 'list'], '--org'],
    [['branch', 'create', 'shop', 'x', '--from', '--wait'], '--from'],
  ])('does not take a flag for the value of another one: %j', async (argv, flag) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(`flag ${flag} needs a value`);
  });

  test.each([
    [['list', '--debug=maybe'], '--debug'],
    [['list', '--no-color='], '--no-color'],
    [['delete', 'k3j9', '--force=yes'], '--force'],
    [['list', '--help=5'], '--help'],
  ])('says that the flag in %j is on or off, not that it is unknown', async (argv, flag) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(`flag ${flag} only takes`);
  });

  const withValue = [...GLOBAL_FLAGS, DEPRECATED_ID].filter(({ takes }) => takes !== 'nothing');
  const dashed = LEAVES.flatMap(({ path, command }) =>
    [
      ...(path === 'list' || command.manner === 'wrapper' ? withValue : []),
      ...command.flags.filter(({ takes }) => takes !== 'nothing'),
    ].map(({ flags }): [string, string, boolean] => [path, flags, command.manner === 'wrapper']),
  );

  test('has flags with values to be asked about', () => {
    expect(dashed.map(([path, flags]) => `${path} ${flags}`)).toEqual(
      expect.arrayContaining([
        'list --org <organization>',
        'create -n, --name <name>',
        'create -e, --dotenv <path>',
        'emulator start --port <port>',
      ]),
    );
  });

  test.each(dashed)(
    'refuses a value of %s %s that starts with a dash, in a word of its own',
    async (path, flags, isWrapper) => {
      // What a wrapper runs stands behind a -- of its own.
      const behind = isWrapper ? ['--', 'true'] : [];
      const long = longName(flags);
      const short = /^-\w/.exec(flags)?.[0];
      for (const flag of short === undefined ? [long] : [long, short]) {
        for (const value of ['-1', '-foo', '-', '--foo', '--']) {
          // Behind the -- of such a flag stands its command: it has no value then, and says what it takes.
          if (value === '--' && flags.startsWith('--pipe <')) continue;
          const argv = [...path.split(' '), flag, value, ...behind];
          const { status, stdout, stderr } = await runInMemory(argv, SIGNED_OUT);
          expect({ status, stdout }).toEqual({ status: isWrapper ? 125 : 1, stdout: '' });
          expect(stderr).toContain(`Error: flag ${long} needs a value, but is followed by ${value}\n`);
          if (!value.startsWith('--')) expect(stderr).toContain(`${long}=<value>`);
        }
      }
    },
  );

  test.each([
    [['create', '--name', '-dashing'], '--name'],
    [['create', '--ttl', '-1'], '--ttl'],
    [['list', '--name', '-ci*'], '--name'],
    [['create', '-e', '-'], '--dotenv'],
  ])('says of the value in %j how it is joined', async (argv, flag) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(`flag ${flag} needs a value, but is followed by ${argv.at(-1)}\n`);
    expect(failure.message).toContain(`${flag}=<value>`);
  });

  test('takes a value that starts with a dash where an equals sign joins it', async () => {
    expect((await failing('create', '--name=-foo')).code).toBe('NO_AUTH');
    expect((await failing('create', '--name=--foo')).code).toBe('NO_AUTH');
    expect((await failing('create', '--ttl=-1')).message).toContain('invalid --ttl "-1"');
  });

  test('does not repeat what is joined to the flag that stands in the place of a value', async () => {
    const { message } = await failing('list', '--org', '--api-tokn=hunter2secret');
    expect(message).toContain('but is followed by --api-tokn\n');
    expect(message).not.toContain('hunter2secret');
  });

  test('leaves alone what stands behind --: it is for another command', async () => {
    const { status, stderr } = await runInMemory(
      ['exec', '--access', 'read_databases', '--', 'x', '--name', '-foo'],
      SIGNED_OUT,
    );
    expect(status).toBe(125);
    expect(stderr).not.toContain('needs a value');
  });

  test('is told to people on stderr in one block, with nothing on stdout', async () => {
    const { status, stdout, stderr } = await runInMemory(['lst']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe("Error: unknown command: lst\nDid you mean 'pscale-service-token list'?\n");
  });

  test.each([
    [['lst', '--format', 'json']],
    [['--format', 'json', 'lst']],
    [['list', '--wat', '-f', 'json']],
    [['-fjson', 'list', '--wat']],
  ])('is a JSON envelope on stdout, wherever the flag for it stands: %j', async (argv) => {
    const { status, stdout, stderr } = await runInMemory(argv);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'action_required' });
  });

  test('shows what a terminal would obey in a mistyped word', async () => {
    const { stderr } = await runInMemory(['\u001b[31mlst\n']);
    expect(stderr).toContain('unknown command: \\e[31mlst\\n\n');
    expect(stderr).not.toContain('\u001b');
  });
});

test('a program is built afresh for each run: nothing of one is seen by the next', async () => {
  await runInMemory(['list', '--format', 'json', '--org', 'acme']);
  expect((await runInMemory(['list'])).stderr).toContain('no organization given');
});

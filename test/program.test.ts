import { describe, expect, test } from 'vitest';
import { printingFlags, withoutGroupWord } from '../src/argv.ts';
import { CliCommand } from '../src/commands/command.ts';
import { createProgram } from '../src/program.ts';
import { type HostOptions, type Ran, runInMemory } from './support/host.ts';

const program = await createProgram(() => Promise.resolve(), { write: () => {}, width: 100 });

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
  return { code: issues[0].code, message: error, next: next_steps, status };
}

/** Every command of the tree, and the words that lead to it. */
function everyCommand(parent: CliCommand = program, path: readonly string[] = []): [string, CliCommand][] {
  return parent.commands.flatMap((command): [string, CliCommand][] => {
    // What completion scripts ask is no command for people.
    if (!(command instanceof CliCommand) || command.name().startsWith('__')) return [];
    const words = [...path, command.name()];
    return [[words.join(' '), command], ...everyCommand(command, words)];
  });
}

describe('the word service-token', () => {
  test.each([
    [['service-token', 'list'], ['list']],
    [['service-token'], []],
    [
      ['--org', 'acme', 'service-token', 'list'],
      ['--org', 'acme', 'list'],
    ],
    [
      ['--org=acme', 'service-token', 'list'],
      ['--org=acme', 'list'],
    ],
    [
      ['-f', 'json', 'service-token', 'list'],
      ['-f', 'json', 'list'],
    ],
    [
      ['-fjson', 'service-token', 'list'],
      ['-fjson', 'list'],
    ],
    [
      ['--format=json', 'service-token', 'list'],
      ['--format=json', 'list'],
    ],
    [
      ['--no-color', '--debug', '--insecure', 'service-token', 'list'],
      ['--no-color', '--debug', '--insecure', 'list'],
    ],
    [
      ['--service-token-id', 'k3j9', '--service-token', 'pscale_tkn_x', 'service-token', 'list'],
      ['--service-token-id', 'k3j9', '--service-token', 'pscale_tkn_x', 'list'],
    ],
    [
      ['--service-token-name', 'k3j9', 'service-token', 'list'],
      ['--service-token-name', 'k3j9', 'list'],
    ],
    [
      ['--help', 'service-token', 'list'],
      ['--help', 'list'],
    ],
  ])('is dropped where it is the first word: %j', (argv, expected) => {
    expect(withoutGroupWord(program, argv)).toEqual(expected);
  });

  test.each([
    [['list', 'service-token']],
    [['--org', 'service-token', 'list']],
    [['--format', 'service-token']],
    [['--', 'service-token', 'list']],
    [['--org', 'acme', '--', 'service-token']],
    [['create', '--name', 'service-token']],
    [['help', 'service-token']],
    [['list']],
    [[]],
    [['']],
  ])('is kept anywhere else: %j', (argv) => {
    expect(withoutGroupWord(program, argv)).toEqual(argv);
  });

  test('is dropped once only', async () => {
    expect(withoutGroupWord(program, ['service-token', 'service-token', 'list'])).toEqual([
      'service-token',
      'list',
    ]);
    expect((await failing('service-token', 'service-token', 'list')).code).toBe('UNKNOWN_COMMAND');
  });

  test('leaves argv as it was', () => {
    const argv = ['service-token', 'list'];
    withoutGroupWord(program, argv);
    expect(argv).toEqual(['service-token', 'list']);
  });

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

  test('is not shown in any help', async () => {
    const { stdout } = await runInMemory(['--help']);
    expect(stdout).not.toMatch(/^\s+service-token\s/m);
  });
});

describe('printingFlags', () => {
  test.each([
    [['list', '--format', 'json'], 'json'],
    [['--format=csv', 'list'], 'csv'],
    [['-f', 'json'], 'json'],
    [['-fjson'], 'json'],
    [['list', '-f', 'csv', '--format', 'json'], 'json'],
    [['list', '--format', 'xml'], 'xml'],
    [['list'], undefined],
    [[], undefined],
    [['list', '--format'], undefined],
    [['--', '--format', 'json'], undefined],
    [['emulator', 'exec', '--', 'pscale', '-f', 'json'], undefined],
    [['-f', 'csv', 'emulator', 'exec', '--', 'pscale', '-f', 'json'], 'csv'],
    [['--formatted=json'], undefined],
  ])('reads %j as %s', (argv, expected) => {
    expect(printingFlags(argv).format).toBe(expected);
  });

  test.each([
    [['list', '--config', 'ci.yml'], 'ci.yml'],
    [['--config=ci.yml', 'list', '-f', 'json'], 'ci.yml'],
    [['--config', 'a.yml', '--config', 'b.yml'], 'b.yml'],
    [['list', '--config'], undefined],
    [['--', '--config', 'ci.yml'], undefined],
    [['list'], undefined],
  ])('finds the configuration file in %j: %s', (argv, expected) => {
    expect(printingFlags(argv).config).toBe(expected);
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
    for (const [path, command] of everyCommand())
      if (command.parent === program) expect(message).toContain(path);
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
    [['show'], '<token-id>', 'show'],
    [['show-access'], '<token-id>', 'show-access'],
    [['delete'], '<token-id>', 'delete'],
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
    [['list', 'acme'], 'takes no arguments', 'left over: acme'],
    [['create', 'ci', 'deploy'], 'takes no arguments', 'left over: ci deploy'],
    [['show', 'a', 'b'], 'takes 1 argument;', 'left over: b'],
    [['delete', 'a', 'b', 'c'], 'takes 1 argument;', 'left over: b c'],
    [['branch', 'show', 'shop', 'main', 'x'], 'takes 2 arguments', 'left over: x'],
  ])('says what is left over in %j', async (argv, takes, left) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(takes);
    expect(failure.message).toContain(left);
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
    [['branch', 'create', 'shop', 'x', '--from', '--wait'], '--from'],
  ])('does not take a flag for the value of another one: %j', async (argv, flag) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(`flag ${flag} needs a value`);
  });

  test.each([
    [['list', '--debug=0'], '--debug'],
    [['list', '--no-color=true'], '--no-color'],
    [['delete', 'k3j9', '--force=yes'], '--force'],
    [['list', '--help=5'], '--help'],
  ])('says that the flag in %j takes no value, not that it is unknown', async (argv, flag) => {
    const failure = await failing(...argv);
    expect(failure).toMatchObject({ code: 'INVALID_USAGE', status: 1 });
    expect(failure.message).toContain(`flag ${flag} takes no value`);
  });

  test('takes a value that begins with a dash, where it is no flag', async () => {
    expect((await failing('create', '--name', '-dashing')).code).toBe('NO_AUTH');
    expect((await failing('create', '--ttl', '-1')).message).toContain('--ttl -1 is not');
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

describe('help', () => {
  const commands = everyCommand();
  const leaves = commands.filter(([, command]) => command.commands.length === 0);
  const groups = commands.filter(([, command]) => command.commands.length > 0);

  function helpOf(path: string): Promise<Ran> {
    return runInMemory([...path.split(' '), '--help']);
  }

  test('knows all commands of the tree', () => {
    expect(leaves.map(([path]) => path)).toEqual(
      expect.arrayContaining([
        'create',
        'list',
        'show-access',
        'add-access',
        'delete-access',
        'delete',
        'branch create',
      ]),
    );
    expect(groups.map(([path]) => path)).toEqual(['branch', 'emulator']);
  });

  test.each(leaves)('of %s has a purpose, an Environment section and two examples', async (path) => {
    const { status, stdout, stderr } = await helpOf(path);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [usage = '', blank, purpose = ''] = stdout.split('\n');
    expect(usage).toMatch(new RegExp(`^Usage: pscale-service-token ${path}(\\|\\w+)?( |$)`));
    expect(blank).toBe('');
    expect(purpose).toMatch(/^[A-Z].{20,}/);
    expect(stdout).toMatch(/\nEnvironment:\n( {2}PLANETSCALE_[A-Z_]+ {2,}\S.*\n)+/);
    const [, examples = ''] = stdout.split('\nExamples:\n');
    expect(examples.match(/^ {2}# \S.*\n {2}\$ pscale-service-token .+$/gm)).toHaveLength(2);
  });

  test.each(leaves)('of %s shows examples of that command only, and such as can be parsed', async (path) => {
    const { stdout } = await helpOf(path);
    const lines = [...stdout.matchAll(/^ {2}\$ pscale-service-token (.+)$/gm)].map(([, line = '']) => line);
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      expect(line.startsWith(path)).toBe(true);
      // Parsed by a tree that runs nothing; a mistake in it is a failure of usage.
      const [words = ''] = line.split(/ [>|] /);
      let ran = 0;
      const idle = await createProgram(
        () => {
          ran += 1;
          return Promise.resolve();
        },
        { write: () => {}, width: 100 },
      );
      await idle.parseAsync(words.split(' '), { from: 'user' });
      // Help is printed by the tree itself.
      expect(ran).toBe(path === 'help' ? 0 : 1);
    }
  });

  test.each(leaves)('of %s describes each of its arguments and flags', (_, command) => {
    for (const argument of command.registeredArguments) expect(argument.description).toMatch(/\S/);
    for (const option of command.options) expect(option.description).toMatch(/\S/);
    expect(command.summary()).toMatch(/\S/);
  });

  test.each(groups)('of the group %s has a purpose and lists its commands', async (path, group) => {
    const { status, stdout } = await helpOf(path);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n\n[A-Z].{20,}/);
    for (const command of group.commands) expect(stdout).toMatch(new RegExp(`^  ${command.name()} `, 'm'));
    expect(await runInMemory([path])).toEqual(await helpOf(path));
  });

  test('is what a call without a command gets, with status 0', async () => {
    const help = await runInMemory(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    for (const [path, command] of commands) {
      if (command.parent === program) expect(help.stdout).toMatch(new RegExp(`^  ${path} `, 'm'));
    }
    expect(await runInMemory([])).toEqual(help);
    expect(await runInMemory(['service-token'])).toEqual(help);
    expect(await runInMemory(['help'])).toEqual(help);
  });

  test.each(['list', 'add-access', 'branch'])('of %s is the same behind the word help', async (path) => {
    expect(await runInMemory(['help', path])).toEqual(await helpOf(path));
  });

  test('of a command of a group is the same behind the word help', async () => {
    expect(await runInMemory(['help', 'branch', 'create'])).toEqual(await helpOf('branch create'));
  });

  test('needs no configuration: a broken file does not keep anybody from it', async () => {
    const variables = { PLANETSCALE_CONFIG: '/nonexistent/pscale.yml', PLANETSCALE_FORMAT: 'xml' };
    for (const argv of [['--help'], ['list', '--help'], ['--version'], []]) {
      expect(await runInMemory(argv, { variables })).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('holds no escape code, not even on a terminal', async () => {
    const { stdout } = await runInMemory(['list', '--help'], { terminal: { stdout: true, stderr: true } });
    expect(stdout).not.toContain('\u001b');
  });
});

test('--version prints the version and ends with 0', async () => {
  const { status, stdout, stderr } = await runInMemory(['--version']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^pscale-service-token version \d+\.\d+\.\d+\S*\n$/);
});

test('a program is built afresh for each run: nothing of one is seen by the next', async () => {
  await runInMemory(['list', '--format', 'json', '--org', 'acme']);
  expect((await runInMemory(['list'])).stderr).toContain('no organization given');
});

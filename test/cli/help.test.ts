import { describe, expect, test } from 'vitest';
import { DRY_RUN, QUIET, WEB } from '../../src/cli/command.ts';
import { longName } from '../../src/cli/declaration.ts';
import { DEPRECATED_ID, GLOBAL_FLAGS } from '../../src/cli/global-flags.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { isGroup } from '../../src/cli/tree.ts';
import { COMMANDS } from '../../src/commands/all.ts';
import { SWITCHES, VARIABLES, WITHOUT_FLAG } from '../../src/settings/variables.ts';
import { type Ran, runInMemory } from '../support/host.ts';
import { leavesOf } from '../support/tree.ts';

const LEAVES = await leavesOf(COMMANDS);

describe('help', () => {
  const leaves = LEAVES.filter(({ isHidden }) => !isHidden);
  const paths = leaves.map(({ path }) => path);
  const groups = COMMANDS.filter(isGroup);

  function helpOf(path: string): Promise<Ran> {
    return runInMemory([...path.split(' '), '--help']);
  }

  test('knows all commands of the tree', () => {
    expect(paths).toEqual(
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
    expect(groups.map(({ name }) => name)).toEqual(['access', 'branch', 'emulator', 'config']);
  });

  test.each(paths)('of %s has a purpose and two examples', async (path) => {
    const { status, stdout, stderr } = await helpOf(path);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [usage = '', blank, purpose = ''] = stdout.split('\n');
    expect(usage).toMatch(new RegExp(`^Usage: pscale-service-token ${path}(\\|\\w+)?( |$)`));
    expect(blank).toBe('');
    expect(purpose).toMatch(/^[A-Z].{20,}/);
    const [, examples = ''] = stdout.split('\nExamples:\n');
    expect(examples.match(/^ {2}# \S.*\n {2}\$ pscale-service-token .+$/gm)).toHaveLength(2);
  });

  test.each(paths)('of %s is about that command: the rest is told elsewhere', async (path) => {
    const { stdout } = await helpOf(path);
    expect(stdout).not.toMatch(/Environment:|PLANETSCALE_[A-Z]+ {2}/);
    const [, ...sections] = stdout.split(/\n\n(?=[A-Z].*:\n)/);
    const terms = sections.filter((section) => !section.startsWith('Examples:')).join('\n');
    for (const { flags } of [...GLOBAL_FLAGS, DEPRECATED_ID]) {
      expect(terms).not.toMatch(new RegExp(`^ +(-\\w, )?${longName(flags)}\\b(?!-)`, 'm'));
    }
    expect(stdout).toMatch(
      /\n\nGlobal flags: pscale-service-token help flags\nEnvironment variables: pscale-service-token help environment\n$/,
    );
  });

  test.each(['', ...paths, ...groups.map(({ name }) => name)])(
    'of "%s" fits a terminal of 80 columns and 45 lines',
    async (path) => {
      const words = path === '' ? [] : path.split(' ');
      const { stdout } = await runInMemory([...words, '--help'], { width: 80 });
      const lines = stdout.trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(45);
      // What is to be copied stays in one line.
      const wide = lines.filter((line) => line.length > 80 && !/^ {2}[$#] |^Usage: /.test(line));
      expect(wide).toEqual([]);
    },
  );

  test.each(leaves)(
    'of $path shows examples of that command only, and such as can be parsed',
    async ({ path, command }) => {
      const { stdout } = await helpOf(path);
      const lines = [...stdout.matchAll(/^ {2}\$ pscale-service-token (.+)$/gm)].map(([, line = '']) => line);
      expect(lines).not.toEqual([]);
      for (const line of lines) {
        expect(line.startsWith(path)).toBe(true);
        const [words = ''] = line.split(/ [>|] /);
        // Nothing is run; a mistake in it is a failure of usage.
        const parsed = await parseCommandLine(COMMANDS, words.split(' '), 100, () => {});
        if (parsed.kind !== 'call') throw new Error(`${line} calls nothing`);
        expect(parsed.command.name).toBe(command.name);
        expect(parsed.command.prepare(parsed.line, { warn: () => {} })).toBeInstanceOf(Function);
      }
    },
  );

  test.each(leaves)('of $path describes each of its arguments and flags', ({ command, summary }) => {
    for (const argument of command.arguments) expect(argument.description).toMatch(/\S/);
    for (const flag of command.flags) expect(flag.description).toMatch(/\S/);
    expect(summary).toMatch(/\S/);
  });

  test.each(groups)('of the group $name has a purpose and lists its commands', async ({ name, commands }) => {
    const { status, stdout } = await helpOf(name);
    expect(status).toBe(0);
    expect(stdout).toMatch(/\n\n[A-Z].{20,}/);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command.name} `, 'm'));
    expect(stdout).toMatch(/^ {2}help +Print the help of a command$/m);
    expect(await runInMemory([name])).toEqual(await helpOf(name));
    expect(await runInMemory([name, 'help'])).toEqual(await helpOf(name));
  });

  test('is what a call without a command gets, with status 0', async () => {
    const help = await runInMemory(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    for (const { name, hidden = false } of COMMANDS) {
      if (!hidden) expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(help.stdout).not.toContain('__complete');
    expect(await runInMemory([])).toEqual(help);
    expect(await runInMemory(['service-token'])).toEqual(help);
    expect(await runInMemory(['help'])).toEqual(help);
  });

  test.each(['list', 'add-access', 'branch', 'help'])(
    'of %s is the same behind the word help',
    async (path) => {
      expect(await runInMemory(['help', path])).toEqual(await helpOf(path));
    },
  );

  test.each(paths.filter((path) => path.includes(' ')))(
    'of %s is the same behind the word help, in front of its group and behind it',
    async (path) => {
      const [group = '', name = ''] = path.split(' ');
      expect(await runInMemory(['help', group, name])).toEqual(await helpOf(path));
      expect(await runInMemory([group, 'help', name])).toEqual(await helpOf(path));
    },
  );

  test('needs no configuration: a broken file does not keep anybody from it', async () => {
    const variables = { PLANETSCALE_CONFIG: '/nonexistent/pscale.yml', PLANETSCALE_FORMAT: 'xml' };
    for (const argv of [['--help'], ['list', '--help'], ['branch', 'help', 'list'], ['--version'], []]) {
      expect(await runInMemory(argv, { variables })).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('holds no escape code, not even on a terminal', async () => {
    const { stdout } = await runInMemory(['list', '--help'], { terminal: { stdout: true, stderr: true } });
    expect(stdout).not.toContain('\u001b');
  });
});

describe('help on a topic', () => {
  test('flags: every global flag with what it means, and none that is deprecated', async () => {
    const { status, stdout, stderr } = await runInMemory(['help', 'flags'], { width: 200 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const { flags, description } of GLOBAL_FLAGS) expect(rows(stdout).get(flags)).toBe(description);
    expect(rows(stdout).size).toBe(GLOBAL_FLAGS.length + [DRY_RUN, QUIET, WEB].length);
    expect(stdout).not.toContain(longName(DEPRECATED_ID.flags));
  });

  test('environment: every variable, and which flag it stands for', async () => {
    const { status, stdout, stderr } = await runInMemory(['help', 'environment'], { width: 200 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const told = rows(stdout);
    const known = [VARIABLES, SWITCHES, WITHOUT_FLAG]
      .flatMap(Object.values)
      .flatMap(({ environment }): readonly string[] => environment);
    expect([...told.keys()].toSorted()).toEqual(known.toSorted());
    expect(told.get('PLANETSCALE_ORG')).toBe('Same as --org');
    expect(told.get('NO_COLOR')).toBe('Same as --no-color');
    expect(told.get('FORCE_COLOR')).toBe('Force color even when not writing to a terminal');
    expect(told.get('PLANETSCALE_SERVICE_TOKEN_NAME')).toBe(
      'Deprecated name of PLANETSCALE_SERVICE_TOKEN_ID',
    );
    expect(told.get('PLANETSCALE_DATABASE')).toContain('--organization-level');
    expect(stdout).toContain('pscale-service-token doctor');
  });

  test.each(['flags', 'environment'])('%s fits 80 columns and 45 lines, by any way to ask', async (topic) => {
    const asked = await runInMemory(['help', topic], { width: 80 });
    const lines = asked.stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(45);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(await runInMemory(['service-token', 'help', topic], { width: 80 })).toEqual(asked);
    expect(await runInMemory(['help', 'service-token', topic], { width: 80 })).toEqual(asked);
  });

  test.each([['flags', 'x'], ['environment', 'list'], ['list', 'flags'], ['topic']])(
    'that there is not is no topic: %s %s',
    async (...words) => {
      const { status, stdout, stderr } = await runInMemory([
        'help',
        ...words.filter((word) => word !== undefined),
      ]);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain('unknown command: ');
    },
  );

  test('needs no configuration', async () => {
    for (const topic of ['flags', 'environment']) {
      const plain = await runInMemory(['help', topic]);
      expect(plain.status).toBe(0);
    }
  });

  /** What a page of two columns says, term by term. */
  function rows(page: string): Map<string, string> {
    return new Map(
      [...page.matchAll(/^ {2}(\S.*?) {2,}(\S.*)$/gm)].map(([, term = '', meaning = '']) => [term, meaning]),
    );
  }
});

test('--version prints the version and ends with 0', async () => {
  const { status, stdout, stderr } = await runInMemory(['--version']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^pscale-service-token version \d+\.\d+\.\d+\S*\n$/);
});

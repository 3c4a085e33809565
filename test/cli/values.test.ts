import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { longName, type Spelling, shortName } from '../../src/cli/declaration.ts';
import { GLOBAL_FLAGS } from '../../src/cli/global-flags.ts';
import { type Parsed, parseCommandLine } from '../../src/cli/parse.ts';
import { COMMANDS } from '../../src/commands/all.ts';
import { VARIABLES } from '../../src/settings/variables.ts';
import { failureOf, runInMemory } from '../support/host.ts';
import { leavesOf } from '../support/tree.ts';

/** What stands on a command line reaches its command as it was typed. */

const LEAVES = await leavesOf(COMMANDS);

function parse(...argv: readonly string[]): Promise<Parsed> {
  return parseCommandLine(COMMANDS, argv, 80, () => {});
}

async function lineOf(...argv: readonly string[]): Promise<Extract<Parsed, { kind: 'call' }>> {
  const parsed = await parse(...argv);
  if (parsed.kind !== 'call') throw new Error(`help was printed for ${argv.join(' ')}`);
  return parsed;
}

/** As few words as a command can do with. */
function wordsOf({ arguments: taken, manner }: Command): string[] {
  const needed = taken.flatMap(({ takes }) => (takes === 'one' || takes === 'at least one' ? ['word'] : []));
  return manner === 'wrapper' ? ['--', ...needed] : needed;
}

const taking = (spellings: readonly Spelling[]): Spelling[] =>
  spellings.filter(({ takes }) => takes !== 'nothing');

/** Characters that mean something to a reader of command lines come often. */
const value = fc.oneof(
  fc.constantFrom('=x', '==', '=', '=*', '', '=false', ' =x', '=-y', 'help', 'x=y'),
  fc.string({ unit: 'binary', maxLength: 8 }).map((end) => `=${end}`),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** The ways to write a flag and its value. */
function written({ flags }: Spelling, typed: string): string[][] {
  const long = longName(flags);
  const short = shortName(flags);
  const apart = typed.startsWith('-') ? [] : [[long, typed], ...(short ? [[short, typed]] : [])];
  const glued = short && typed !== '' && !typed.startsWith('=') ? [[`${short}${typed}`]] : [];
  return [...apart, ...glued, [`${long}=${typed}`], ...(short ? [[`${short}=${typed}`]] : [])];
}

describe('the value of a flag', () => {
  const own = LEAVES.flatMap(({ path, command }) =>
    taking(command.flags).map((flag) => ({ path, command, flag })),
  );

  test('reaches its command byte for byte, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...own), value, async ({ path, command, flag }, typed) => {
        for (const words of written(flag, typed)) {
          const { line } = await lineOf(...path.split(' '), ...words, ...wordsOf(command));
          expect(line.flags.get(longName(flag.flags)), words.join(' ')).toEqual([typed]);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('of every command is a setting byte for byte, too', async () => {
    const names = new Map(
      Object.entries(VARIABLES).flatMap(([name, setting]) =>
        'flag' in setting ? [[longName(setting.flag), name]] : [],
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...taking(GLOBAL_FLAGS)), value, async (flag, typed) => {
        for (const words of written(flag, typed)) {
          const { globals } = await lineOf('list', ...words);
          const name = names.get(longName(flag.flags)) ?? '';
          expect(Object.entries(globals), words.join(' ')).toEqual([[name, typed]]);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test('may be joined to a short name after switches', async () => {
    const { line, globals } = await lineOf('list', '-qf=json');
    expect({ quiet: line.flags.get('--quiet'), globals }).toEqual({ quiet: [], globals: { format: 'json' } });
  });

  test('is no place for a switch, which would take the next word for it', async () => {
    const failure = await failureOf(() => parse('create', '--name', '--force=false', 'x'));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain('--name needs a value');
  });
});

describe('a switch', () => {
  const own = LEAVES.flatMap(({ path, command }) =>
    command.flags
      .filter(({ takes }) => takes === 'nothing')
      .map(({ flags }) => ({ path, command, long: longName(flags) })),
  );

  test.each(own)('$long of $path means what its value says', async ({ path, command, long }) => {
    const read = async (...words: readonly string[]) =>
      (await lineOf(...path.split(' '), ...words, ...wordsOf(command))).line.flags.get(long);
    expect(await read(`${long}=true`)).toEqual(await read(long));
    expect(await read(`${long}=false`)).toEqual(['false']);
    const failure = await failureOf(() => read(`${long}=no`));
    expect(failure).toMatchObject({ code: 'INVALID_USAGE' });
  });

  test.each([
    ['list', '--debug=false', { PLANETSCALE_DEBUG: '1' }, '> GET'],
    ['version', '--json=false', { PLANETSCALE_FORMAT: 'json' }, '{'],
    ['version', '--no-color=true', { FORCE_COLOR: '1' }, '\u001b['],
  ])('that says no outweighs what the environment says: %s %s', async (command, said, variables, shown) => {
    const options = {
      variables: { PLANETSCALE_API_URL: 'http://127.0.0.1:1', PLANETSCALE_ORG: 'acme', ...variables },
    };
    const { stdout, stderr } = await runInMemory([command, said], options);
    expect(stdout + stderr).not.toContain(shown);
  });
});

describe('the word help', () => {
  test.each(LEAVES.filter(({ path }) => path !== 'help').map(({ path }) => [path]))(
    'by itself after %s prints the help of that',
    async (path) => {
      const words = path.split(' ');
      const help = await parse(...words, '--help');
      expect(await parse(...words, 'help')).toEqual(help);
      expect(await parse('--org', 'acme', ...words, '--debug', 'help')).toEqual(help);
    },
  );

  test.each([
    [['create', '--name', 'help']],
    [['create', '--', 'help']],
    [['delete', 'help', 'ci']],
    [['exec', '--', 'help']],
    [['show', 'name:help']],
  ])('is what it says anywhere else: %j', async (argv) => {
    expect((await parse(...argv)).kind).toBe('call');
  });
});

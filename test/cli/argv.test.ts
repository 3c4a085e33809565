import { describe, expect, test } from 'vitest';
import {
  commandWords,
  ownWords,
  printingFlags,
  settleSwitches,
  switchIn,
  withoutGroupWord,
} from '../../src/cli/argv.ts';
import { DEPRECATED_ID, GLOBAL_FLAGS, switchFlags, valueFlags } from '../../src/cli/global-flags.ts';
import { failureOf } from '../support/host.ts';

const GLOBALS = valueFlags([...GLOBAL_FLAGS, DEPRECATED_ID]);

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
    expect(withoutGroupWord(GLOBALS, argv)).toEqual(expected);
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
    expect(withoutGroupWord(GLOBALS, argv)).toEqual(argv);
  });

  test('is dropped once only', () => {
    expect(withoutGroupWord(GLOBALS, ['service-token', 'service-token', 'list'])).toEqual([
      'service-token',
      'list',
    ]);
  });

  test('leaves argv as it was', () => {
    const argv = ['service-token', 'list'];
    withoutGroupWord(GLOBALS, argv);
    expect(argv).toEqual(['service-token', 'list']);
  });
});

describe('commandWords', () => {
  test.each([
    [
      ['branch', 'list', 'shop'],
      ['branch', 'list', 'shop'],
    ],
    [
      ['--org', 'acme', 'branch', '-f', 'json', 'list'],
      ['branch', 'list'],
    ],
    [['--org=acme', '-fjson', '--debug', 'list'], ['list']],
    [
      ['exec', '--org', 'acme', '--', './deploy', '--org', 'other'],
      ['exec', './deploy', '--org', 'other'],
    ],
    // What starts with a dash is no value, and is refused as one.
    [['--service-token', '--org', 'acme', 'list'], ['list']],
    [['--org', '--debug', 'list'], ['list']],
    [['--org'], []],
    [[], []],
  ])('of %j are %j', (argv, words) => {
    expect(commandWords(GLOBALS, argv)).toEqual(words);
  });
});

test('what stands behind -- belongs to another command', () => {
  expect(ownWords(['exec', '--ttl', '1h', '--', 'x', '--', 'y'])).toEqual(['exec', '--ttl', '1h']);
  expect(ownWords(['list', '--debug'])).toEqual(['list', '--debug']);
});

describe('printingFlags', () => {
  test.each([
    [['list', '--format', 'json'], 'json'],
    [['--format=csv', 'list'], 'csv'],
    [['-f', 'json'], 'json'],
    [['-fjson'], 'json'],
    [['list', '-f', 'csv', '--format', 'json'], 'json'],
    [['list', '--format', 'xml'], undefined],
    [['list'], undefined],
    [[], undefined],
    [['list', '--format'], undefined],
    [['--', '--format', 'json'], undefined],
    [['emulator', 'exec', '--', 'pscale', '-f', 'json'], undefined],
    [['-f', 'csv', 'emulator', 'exec', '--', 'pscale', '-f', 'json'], 'csv'],
    [['--formatted=json'], undefined],
    [['list', '--json=true'], 'json'],
    [['list', '--json=false'], 'human'],
    [['list', '-f', 'csv', '--json=false'], 'csv'],
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

describe('a switch with a value', () => {
  const SWITCHES = switchFlags([
    ...GLOBAL_FLAGS,
    { flags: '-i, --force', description: '', takes: 'nothing' },
  ]);
  const settled = (...argv: readonly string[]) => settleSwitches(SWITCHES, argv).words;

  test.each(['1', 't', 'T', 'true', 'True', 'TRUE'])('%s is on', (word) => {
    expect(settled('delete', `--force=${word}`, 'x')).toEqual(['delete', '--force', 'x']);
  });

  test.each(['0', 'f', 'F', 'false', 'False', 'FALSE'])('%s is off', (word) => {
    expect(settled('delete', '--force', 'x', `-i=${word}`)).toEqual(['delete', 'x']);
    expect([...settleSwitches(SWITCHES, ['delete', `--force=${word}`]).off]).toEqual(['--force']);
  });

  test('of several words about one the last one counts', () => {
    const said = ['delete', '--force=false', '-i', 'x', '--debug', '--debug=0'];
    const { words, off } = settleSwitches(SWITCHES, said);
    expect({ words, off: [...off] }).toEqual({ words: ['delete', '--force', 'x'], off: ['--debug'] });
  });

  test.each(['fAlse', 'no', '', 'yes', '2', 'true '])('%j is neither', async (word) => {
    const failure = await failureOf(async () => settled('delete', `--force=${word}`));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain('--force');
  });

  test('leaves alone what it does not know, and what stands behind --', () => {
    const argv = ['exec', '--ttl=1h', '--name=x', '--', 'run', '--force=false'];
    expect(settled(...argv)).toEqual(argv);
  });

  test('is read without parsing, the last word counting', () => {
    expect(switchIn('--no-color', ['list', '--no-color=true'])).toBe(true);
    expect(switchIn('--no-color', ['list', '--no-color', '--no-color=F'])).toBe(false);
    expect(switchIn('--no-color', ['list', '--no-color=maybe'])).toBeUndefined();
    expect(switchIn('--no-color', ['exec', '--', '--no-color'])).toBeUndefined();
  });
});

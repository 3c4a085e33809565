import { FORMATS, type GlobalFlags, SWITCHES, VARIABLES } from '../settings/variables.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import type { SwitchFlag, ValueFlag } from './argv.ts';
import { isOn, longName, type Spelling, shortName } from './declaration.ts';

/** The flags that every command takes, before or after its name; `help flags` prints them. */
export const GLOBAL_FLAGS: readonly Spelling[] = [
  ...Object.values(VARIABLES).flatMap((setting): Spelling[] =>
    'flag' in setting
      ? [
          {
            flags: setting.flag,
            description: setting.description,
            takes: 'one',
            ...(setting.name === 'format' && {
              completes: { words: FORMATS, description: 'output format' },
            }),
            ...(setting.name === 'config' && { completes: 'file' as const }),
          },
        ]
      : [],
  ),
  ...Object.values(SWITCHES).map(
    ({ flag, description }): Spelling => ({ flags: flag, description, takes: 'nothing' }),
  ),
];

/** Another spelling of `--service-token-id` in the official CLI: accepted, and hidden. */
export const DEPRECATED_ID: Spelling = {
  flags: '--service-token-name <id>',
  description: 'Deprecated: --service-token-id',
  takes: 'one',
};

/** Those of the given flags that take a value. */
export function valueFlags(spellings: readonly Spelling[]): ValueFlag[] {
  return spellings.flatMap(({ flags, takes }) =>
    takes === 'nothing' ? [] : [{ long: longName(flags), short: shortName(flags) }],
  );
}

/** Those of the given flags that are there or not, help and the version among them. */
export function switchFlags(spellings: readonly Spelling[]): SwitchFlag[] {
  const own = spellings.filter(({ takes }) => takes === 'nothing').map(({ flags }) => flags);
  return ['-h, --help', '--version', ...own].map((flags) => ({
    long: longName(flags),
    short: shortName(flags),
  }));
}

/**
 * What the global flags were given, by the settings' names; one that was not given is absent.
 *
 * @throws Failure INVALID_USAGE for two formats
 */
export function globalFlags(given: (long: string) => readonly string[] | undefined): GlobalFlags {
  const value = (long: string): string | undefined => given(long)?.at(-1);
  const settings = Object.entries(VARIABLES).flatMap(([name, setting]) => {
    const word = 'flag' in setting ? value(longName(setting.flag)) : undefined;
    return word === undefined ? [] : [[name, word]];
  });
  const deprecated = value(longName(DEPRECATED_ID.flags));
  const isJson = isOn(given(longName(SWITCHES.json.flag)));
  const debug = isOn(given(longName(SWITCHES.debug.flag)));
  const insecure = isOn(given(longName(SWITCHES.insecure.flag)));
  const format = value(longName(VARIABLES.format.flag));
  if (isJson !== undefined && format !== undefined && isJson !== (format === 'json')) {
    const said = isJson ? '--json' : '--json=false';
    throw new Failure('INVALID_USAGE', text`${said} and --format ${format} contradict each other`, {
      hint: text`Use only one of them.`,
    });
  }
  return {
    ...Object.fromEntries(settings),
    ...(deprecated !== undefined && { serviceTokenName: deprecated }),
    ...(isJson !== undefined && format === undefined && { format: isJson ? 'json' : 'human' }),
    ...(debug !== undefined && { debug }),
    ...(insecure !== undefined && { insecure }),
  };
}

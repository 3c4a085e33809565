import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigFiles } from '../../src/settings/files.ts';
import { resolveSettings, type Settings } from '../../src/settings/resolve.ts';
import type { GlobalFlags } from '../../src/settings/variables.ts';
import { plain, text } from '../../src/text/text.ts';
import type { Resolved, Source } from '../../src/values/source.ts';
import { createEnvironment, failureOf, told } from '../support/host.ts';

const NO_FILES: ConfigFiles = { warnings: [] };
const PROJECT = '~/shop/.pscale.yml';
const USER = '~/.config/planetscale/pscale.yml';

interface Sources {
  readonly flags?: GlobalFlags;
  readonly variables?: Readonly<Record<string, string>>;
  readonly project?: Readonly<Record<string, string>>;
  readonly user?: Readonly<Record<string, string>>;
}

function resolve({ flags = {}, variables = {}, project, user }: Sources): Settings {
  return resolveSettings(flags, createEnvironment({ variables }), {
    ...(project && { project: { path: PROJECT, values: project } }),
    ...(user && { user: { path: USER, values: user } }),
    warnings: [],
  });
}

/** A row of the published table of settings, and how to read the setting that it is about. */
interface Row {
  readonly setting: string;
  readonly key: string;
  readonly flag?: keyof GlobalFlags;
  readonly variable: string;
  readonly inProject: boolean;
  readonly inUser: boolean;
  /** A good value for each source, as written; two of them never mean the same. */
  readonly values: readonly [flag: string, environment: string, project: string, user: string];
  /** What applies where no source has a value. */
  readonly fallback: string | undefined;
  readonly read: (settings: Settings) => Resolved<unknown> | undefined;
}

const TABLE: readonly Row[] = [
  {
    setting: 'organization',
    key: 'org',
    flag: 'org',
    variable: 'PLANETSCALE_ORG',
    inProject: true,
    inUser: true,
    values: ['of-flag', 'of-environment', 'of-project', 'of-user'],
    fallback: undefined,
    read: (settings) => settings.organization,
  },
  {
    setting: 'ambient database',
    key: 'database',
    variable: 'PLANETSCALE_DATABASE',
    inProject: true,
    inUser: true,
    values: ['', 'of-environment', 'of-project', 'of-user'],
    fallback: undefined,
    read: (settings) => settings.ambientDatabase,
  },
  {
    setting: 'id of the service token',
    key: 'service-token-id',
    flag: 'serviceTokenId',
    variable: 'PLANETSCALE_SERVICE_TOKEN_ID',
    inProject: false,
    inUser: true,
    values: ['id0000000000', 'id1111111111', 'id2222222222', 'id3333333333'],
    fallback: undefined,
    read: (settings) => settings.candidates.id,
  },
  {
    setting: 'secret of the service token',
    key: 'service-token',
    flag: 'serviceToken',
    variable: 'PLANETSCALE_SERVICE_TOKEN',
    inProject: false,
    inUser: true,
    values: ['pscale_tkn_0', 'pscale_tkn_1', 'pscale_tkn_2', 'pscale_tkn_3'],
    fallback: undefined,
    read: (settings) => settings.candidates.secret,
  },
  {
    setting: 'user access token',
    key: 'api-token',
    flag: 'apiToken',
    variable: 'PLANETSCALE_API_TOKEN',
    inProject: false,
    inUser: true,
    values: ['pscale_oauth_0', 'pscale_oauth_1', 'pscale_oauth_2', 'pscale_oauth_3'],
    fallback: undefined,
    read: (settings) => settings.candidates.userToken,
  },
  {
    setting: 'API base URL',
    key: 'api-url',
    flag: 'apiUrl',
    variable: 'PLANETSCALE_API_URL',
    inProject: false,
    inUser: true,
    values: [
      'https://flag.example/',
      'https://env.example/',
      'https://project.example/',
      'https://user.example/',
    ],
    fallback: 'https://api.planetscale.com/',
    read: ({ apiUrl }) => ({ value: apiUrl.value.href, source: apiUrl.source }),
  },
  {
    setting: 'format',
    key: 'format',
    flag: 'format',
    variable: 'PLANETSCALE_FORMAT',
    inProject: false,
    inUser: true,
    values: ['json', 'csv', 'xml', 'human'],
    fallback: 'human',
    read: (settings) => settings.format,
  },
  {
    setting: 'time a try may take',
    key: 'timeout',
    flag: 'timeout',
    variable: 'PLANETSCALE_TIMEOUT',
    inProject: false,
    inUser: false,
    values: ['1s', '2s', '3s', '4s'],
    fallback: '30s',
    read: ({ timeout }) => ({ value: `${timeout.value / 1_000}s`, source: timeout.source }),
  },
];

type Presence = 'absent' | 'empty' | 'set';
const presence = fc.constantFrom<Presence>('absent', 'empty', 'set');
/** What each source says about one setting. An empty flag is refused, which has a test of its own. */
const presences = fc.record({
  flag: fc.constantFrom<Presence>('absent', 'set'),
  environment: presence,
  project: presence,
  user: presence,
});
type Presences = typeof presences extends fc.Arbitrary<infer Value> ? Value : never;

function entry(name: string, state: Presence, value: string): Record<string, string> {
  return state === 'absent' ? {} : { [name]: state === 'empty' ? '' : value };
}

/** The published rule: flag > environment > project file > user config > default. */
function expected(row: Row, states: Presences): Resolved<string> | undefined {
  const [ofFlag, ofEnvironment, ofProject, ofUser] = row.values;
  const candidates: (Resolved<string> | false)[] = [
    row.flag !== undefined &&
      states.flag === 'set' && { value: ofFlag, source: { kind: 'flag', name: `--${row.key}` } },
    states.environment === 'set' && {
      value: ofEnvironment,
      source: { kind: 'environment', name: row.variable },
    },
    row.inProject &&
      states.project === 'set' && { value: ofProject, source: { kind: 'file', path: PROJECT, key: row.key } },
    row.inUser &&
      states.user === 'set' && { value: ofUser, source: { kind: 'file', path: USER, key: row.key } },
    row.fallback !== undefined && { value: row.fallback, source: { kind: 'default' } },
  ];
  return candidates.find((candidate) => candidate !== false) || undefined;
}

describe('precedence', () => {
  test('the winner is flag > environment > project file > user config > default, for all settings at once', () => {
    const all = fc.tuple(...TABLE.map(() => presences));
    fc.assert(
      fc.property(all, (combination) => {
        const flags: Record<string, string> = {};
        const variables: Record<string, string> = {};
        const project: Record<string, string> = {};
        const user: Record<string, string> = {};
        combination.forEach((states, index) => {
          const row = TABLE[index];
          if (!row) return;
          const [ofFlag, ofEnvironment, ofProject, ofUser] = row.values;
          if (row.flag !== undefined) Object.assign(flags, entry(row.flag, states.flag, ofFlag));
          Object.assign(variables, entry(row.variable, states.environment, ofEnvironment));
          Object.assign(project, entry(row.key, states.project, ofProject));
          Object.assign(user, entry(row.key, states.user, ofUser));
        });
        const settings = resolve({ flags, variables, project, user });
        combination.forEach((states, index) => {
          const row = TABLE[index];
          if (row) expect([row.setting, row.read(settings)]).toEqual([row.setting, expected(row, states)]);
        });
      }),
      { numRuns: 500 },
    );
  });

  test.each(TABLE)('the $setting comes from each of its sources in turn', (row) => {
    const states: Presences = { flag: 'absent', environment: 'absent', project: 'absent', user: 'absent' };
    for (const source of ['flag', 'environment', 'project', 'user'] as const) {
      const only: Presences = { ...states, [source]: 'set' };
      const [ofFlag, ofEnvironment, ofProject, ofUser] = row.values;
      const settings = resolve({
        flags: row.flag === undefined ? {} : entry(row.flag, only.flag, ofFlag),
        variables: entry(row.variable, only.environment, ofEnvironment),
        project: entry(row.key, only.project, ofProject),
        user: entry(row.key, only.user, ofUser),
      });
      expect(row.read(settings)).toEqual(expected(row, only));
    }
  });

  const WITH_FLAG = TABLE.flatMap(({ flag, ...row }) => (flag === undefined ? [] : [{ flag, ...row }]));

  test.each(WITH_FLAG)('an empty --$key is refused, whatever else is set', async (row) => {
    const { flag, key, variable, values } = row;
    const [, ofEnvironment, , ofUser] = values;
    const failure = await failureOf(() =>
      resolve({ flags: { [flag]: '' }, variables: { [variable]: ofEnvironment }, user: { [key]: ofUser } }),
    );
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain(`--${key} is empty`);
  });
});

describe('the deprecated name of the id', () => {
  test('is read from the environment, with a warning that names the new one', () => {
    const settings = resolve({ variables: { PLANETSCALE_SERVICE_TOKEN_NAME: 'k3j9x0q2m7ab' } });
    expect(settings.candidates.id).toEqual({
      value: 'k3j9x0q2m7ab',
      source: { kind: 'environment', name: 'PLANETSCALE_SERVICE_TOKEN_NAME' },
    });
    expect(settings.warnings.map(plain)).toEqual([
      expect.stringMatching(/PLANETSCALE_SERVICE_TOKEN_NAME.*deprecated.*PLANETSCALE_SERVICE_TOKEN_ID/),
    ]);
  });

  test('gives way to the new one, without a warning', () => {
    const settings = resolve({
      variables: { PLANETSCALE_SERVICE_TOKEN_NAME: 'old', PLANETSCALE_SERVICE_TOKEN_ID: 'new' },
    });
    expect(settings.candidates.id?.value).toBe('new');
    expect(settings.warnings).toEqual([]);
  });

  test('is a flag too, behind the new one and before the environment', () => {
    const variables = { PLANETSCALE_SERVICE_TOKEN_ID: 'env' };
    expect(resolve({ flags: { serviceTokenName: 'old' }, variables }).candidates.id).toEqual({
      value: 'old',
      source: { kind: 'flag', name: '--service-token-name' },
    });
    expect(
      resolve({ flags: { serviceTokenName: 'old', serviceTokenId: 'new' }, variables }).candidates.id?.value,
    ).toBe('new');
  });

  test('is refused as an empty flag under its own name', async () => {
    const failure = await failureOf(() => resolve({ flags: { serviceTokenName: '' } }));
    expect(told(failure)).toContain('--service-token-name is empty');
  });
});

const ORIGINS: readonly [Source['kind'], (key: string, value: string) => Sources, string, string][] = [
  ['flag', (key, value) => ({ flags: { [key]: value } }), 'INVALID_USAGE', '--'],
  [
    'environment',
    (key, value) => ({ variables: { [`PLANETSCALE_${key.toUpperCase()}`]: value } }),
    'INVALID_CONFIG',
    'PLANETSCALE_',
  ],
];

describe.each(ORIGINS)('a bad value from a %s', (_, sources, code, name) => {
  test.each(['xml', 'JSON', 'Human', ' json', 'json,csv'])('the format %j is refused', async (value) => {
    const failure = await failureOf(() => resolve(sources('format', value)));
    expect(failure.code).toBe(code);
    expect(told(failure)).toContain(value);
    expect(told(failure).toLowerCase()).toContain(`${name.toLowerCase()}format`);
    expect(told(failure)).toContain('human, json, csv');
  });

  test.each(['abc', '30', '-1s', '0s', '0.4ms', '5m1ms', '1h', `${'9'.repeat(400)}h`])(
    'the timeout %s is refused',
    async (value) => {
      const failure = await failureOf(() => resolve(sources('timeout', value)));
      expect(failure.code).toBe(code);
      expect(told(failure).toLowerCase()).toContain(`${name.toLowerCase()}timeout`);
    },
  );
});

test('a bad format in the user config is INVALID_CONFIG and names the file', async () => {
  const failure = await failureOf(() => resolve({ user: { format: 'xml' } }));
  expect(failure.code).toBe('INVALID_CONFIG');
  expect(told(failure)).toContain(`format in ${USER}`);
});

test.each([
  ['1ms', 1],
  ['30s', 30_000],
  ['5m', 300_000],
])('the timeout %s is taken', (value, milliseconds) => {
  expect(resolve({ flags: { timeout: value } }).timeout.value).toBe(milliseconds);
});

test('--insecure lets plain http through to another host', () => {
  const flags = { apiUrl: 'http://gateway.example', insecure: true };
  expect(resolve({ flags }).apiUrl.value.href).toBe('http://gateway.example/');
});

test('the warnings of the files are passed on', () => {
  const settings = resolveSettings({}, createEnvironment(), { ...NO_FILES, warnings: [text`mind the gap`] });
  expect(settings.warnings.map(plain)).toEqual(['mind the gap']);
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  authorizationHeader,
  type CredentialCandidates,
  type Credentials,
  chooseCredentials,
  describeCredentials,
  secretsOf,
} from '../../src/settings/credentials.ts';
import { plain } from '../../src/text/text.ts';
import type { Resolved, Source } from '../../src/values/source.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, failureOf, told } from '../support/host.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const NEVER = new AbortController().signal;
const NONE: CredentialCandidates = { id: undefined, secret: undefined, userToken: undefined };
const FLAG: Source = { kind: 'flag', name: '--service-token' };

function of(value: string, source: Source = FLAG): Resolved<string> {
  return { value, source };
}

function choose(candidates: Partial<CredentialCandidates>, platform: NodeJS.Platform = 'linux') {
  const environment = createEnvironment({ home: home.path, platform });
  return chooseCredentials({ ...NONE, ...candidates }, environment, { warn: () => {}, signal: NEVER });
}

/** As messages show it, with the slashes of this system. */
const SAVED_LOGIN = join('~', '.config', 'planetscale', 'access-token');

/** What `pscale auth login` leaves where there is no keychain. */
function saveLogin(content: string): void {
  const directory = join(home.path, '.config', 'planetscale');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'access-token'), content, { mode: 0o600 });
}

describe('the choice', () => {
  test('a service token beats a user token, from wherever that comes', async () => {
    saveLogin('pscale_oauth_saved');
    const chosen = await choose({
      id: of('k3j9x0q2m7ab'),
      secret: of('pscale_tkn_x'),
      userToken: of('pscale_oauth_x'),
    });
    expect(chosen).toEqual({ kind: 'service-token', id: of('k3j9x0q2m7ab'), secret: of('pscale_tkn_x') });
  });

  test('a user token that is given beats the saved sign-in', async () => {
    saveLogin('pscale_oauth_saved');
    expect(await choose({ userToken: of('pscale_oauth_x') })).toEqual({
      kind: 'user',
      token: of('pscale_oauth_x'),
    });
  });

  test('the saved sign-in of pscale auth login comes last, and is named as the source', async () => {
    saveLogin('pscale_oauth_saved');
    expect(await choose({})).toEqual({
      kind: 'user',
      token: of('pscale_oauth_saved', { kind: 'file', path: SAVED_LOGIN }),
    });
  });

  test.each(['pscale_oauth_saved\n', '  pscale_oauth_saved\r\n\n', '\tpscale_oauth_saved '])(
    'white space around the saved token does not count: %j',
    async (content) => {
      saveLogin(content);
      expect(secretsOf(await choose({}))).toEqual(['pscale_oauth_saved']);
    },
  );

  test.each(['', '\n', '   \n'])('a saved sign-in that is %j is none', async (content) => {
    saveLogin(content);
    expect((await failureOf(() => choose({}))).code).toBe('NO_AUTH');
  });

  test('without any credential it is NO_AUTH, and the ways to get one are named', async () => {
    const failure = await failureOf(() => choose({}));
    expect(failure.code).toBe('NO_AUTH');
    for (const way of [
      'PLANETSCALE_SERVICE_TOKEN_ID',
      'PLANETSCALE_SERVICE_TOKEN',
      'PLANETSCALE_API_TOKEN',
      'pscale auth login',
    ]) {
      expect(told(failure)).toContain(way);
    }
  });

  test('a saved sign-in that cannot be read is INVALID_CONFIG and named', async () => {
    mkdirSync(join(home.path, '.config', 'planetscale', 'access-token'), { recursive: true });
    const failure = await failureOf(() => choose({}));
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(failure.message).toContain(SAVED_LOGIN);
  });
});

describe('half a pair', () => {
  const sources: readonly [string, Source][] = [
    ['--service-token-id', { kind: 'flag', name: '--service-token-id' }],
    ['PLANETSCALE_SERVICE_TOKEN', { kind: 'environment', name: 'PLANETSCALE_SERVICE_TOKEN' }],
    ['service-token in ~/x.yml', { kind: 'file', path: '~/x.yml', key: 'service-token' }],
  ];

  test.each(sources)(
    'an id from %s is refused without a secret, and its source named',
    async (name, source) => {
      const failure = await failureOf(() => choose({ id: of('k3j9x0q2m7ab', source) }));
      expect(failure.code).toBe('NO_AUTH');
      expect(failure.message).toContain('both --service-token and --service-token-id are required');
      expect(told(failure)).toContain(`${name} is set`);
      expect(told(failure)).toMatch(/its secret is not.*PLANETSCALE_SERVICE_TOKEN\b/);
    },
  );

  test.each(sources)(
    'a secret from %s is refused without an id, and its source named',
    async (name, source) => {
      const failure = await failureOf(() => choose({ secret: of('pscale_tkn_hunter2', source) }));
      expect(failure.code).toBe('NO_AUTH');
      expect(told(failure)).toContain(`${name} is set`);
      expect(told(failure)).toMatch(/its id is not.*PLANETSCALE_SERVICE_TOKEN_ID/);
      expect(told(failure)).not.toContain('hunter2');
    },
  );

  test('is refused even where a user token could step in: it would act as somebody else', async () => {
    saveLogin('pscale_oauth_saved');
    const userToken = of('pscale_oauth_x');
    expect((await failureOf(() => choose({ id: of('k3j9x0q2m7ab'), userToken }))).code).toBe('NO_AUTH');
    expect((await failureOf(() => choose({ secret: of('pscale_tkn_x'), userToken }))).code).toBe('NO_AUTH');
  });
});

describe('a swapped pair', () => {
  test('is refused before any request, and both sources are named', async () => {
    const failure = await failureOf(() =>
      choose({
        id: of('pscale_tkn_hunter2', { kind: 'environment', name: 'PLANETSCALE_SERVICE_TOKEN_ID' }),
        secret: of('k3j9x0q2m7ab', { kind: 'flag', name: '--service-token' }),
      }),
    );
    expect(failure.code).toBe('NO_AUTH');
    expect(failure.message).toContain('swapped');
    expect(told(failure)).toContain('PLANETSCALE_SERVICE_TOKEN_ID holds a secret');
    expect(told(failure)).toContain('--service-token holds');
    expect(told(failure)).not.toContain('hunter2');
  });

  test.each([
    'pscale_tkn_hunter2',
    'pscale_oauth_hunter2',
    'k3j9x0q2m7ab:pscale_tkn_hunter2',
    'PSCALE_TKN_hunter2',
  ])('is not needed to refuse %s as an id: it would be quoted in messages', async (value) => {
    const id = of(value, { kind: 'environment', name: 'PLANETSCALE_SERVICE_TOKEN_ID' });
    const failure = await failureOf(() => choose({ id, secret: of('pscale_tkn_x') }));
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(failure.message).toContain('PLANETSCALE_SERVICE_TOKEN_ID holds a secret');
    expect(told(failure)).not.toContain('hunter2');
  });

  test.each([
    ['k3j9x0q2m7ab', 'pscale_tkn_x'],
    ['k3j9x0q2m7ab', '0123456789abcdef0123456789abcdef01234567'],
    ['an-id-of-another-shape', 'a-secret-of-another-shape'],
  ])('is not what %s and %s are: no shape is enforced', async (id, secret) => {
    expect((await choose({ id: of(id), secret: of(secret) })).kind).toBe('service-token');
  });
});

describe('a credential with a character that none has', () => {
  const broken = fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'hunter2') }),
      fc.constantFrom('\n', '\r\n', ' ', '\t', '\0', '\u007f', '\u00e9', '\u00a0', '\u2028', '\u{1f511}'),
      fc.string({ unit: fc.constantFrom(...'hunter2') }),
    )
    .map(([before, character, after]) => `hunter2${before}${character}${after}`);

  test('is refused without being shown, in whichever part it is', async () => {
    await fc.assert(
      fc.asyncProperty(broken, fc.constantFrom('id', 'secret', 'userToken'), async (value, part) => {
        const pair = part === 'userToken' ? {} : { id: of('k3j9x0q2m7ab'), secret: of('pscale_tkn_x') };
        const failure = await failureOf(() => choose({ ...pair, [part]: of(value) }));
        expect(failure.code).toBe('INVALID_USAGE');
        expect(told(failure)).not.toContain('hunter2');
        expect(told(failure)).toContain('--service-token');
      }),
    );
  });

  test.each<[Source, string, string]>([
    [{ kind: 'environment', name: 'PLANETSCALE_API_TOKEN' }, 'INVALID_CONFIG', 'PLANETSCALE_API_TOKEN'],
    [{ kind: 'flag', name: '--api-token' }, 'INVALID_USAGE', '--api-token'],
  ])('from %j is told of with the source', async (source, code, name) => {
    const failure = await failureOf(() => choose({ userToken: of('a b', source) }));
    expect(failure.code).toBe(code);
    expect(told(failure)).toContain(name);
  });

  test.each([
    ['"hunter2"', 'quotes'],
    ["'hunter2'", 'quotes'],
    ['hunter2"', 'quotes'],
    ['Bearer hunter2', 'Bearer'],
    ['bearer\thunter2', 'Bearer'],
    ['"Bearer hunter2"', 'Bearer'],
    ['hunter2\n', 'white space'],
  ])('that %j has too much around it is said, in whichever part it is', async (value, what) => {
    for (const part of ['id', 'secret', 'userToken']) {
      const pair = part === 'userToken' ? {} : { id: of('k3j9x0q2m7ab'), secret: of('pscale_tkn_x') };
      const source: Source = { kind: 'environment', name: 'PLANETSCALE_SOMETHING' };
      const failure = await failureOf(() => choose({ ...pair, [part]: of(value, source) }));
      expect(failure.code).toBe('INVALID_CONFIG');
      expect(failure.message).toContain(what);
      expect(told(failure)).not.toContain('hunter2');
    }
  });

  test('in the saved sign-in is INVALID_CONFIG and names the file', async () => {
    saveLogin('hunter2 hunter2\n');
    const failure = await failureOf(() => choose({}));
    expect(failure.code).toBe('INVALID_CONFIG');
    expect(told(failure)).toContain(SAVED_LOGIN);
    expect(told(failure)).not.toContain('hunter2');
  });
});

describe('what is made of credentials', () => {
  const pair: Credentials = { kind: 'service-token', id: of('k3j9x0q2m7ab'), secret: of('pscale_tkn_x') };
  const user: Credentials = {
    kind: 'user',
    token: of('pscale_oauth_x', { kind: 'keychain', name: 'the keychain' }),
  };

  test('a service token is sent as ID:SECRET without a scheme, a user token as a bearer token', () => {
    expect(authorizationHeader(pair)).toBe('k3j9x0q2m7ab:pscale_tkn_x');
    expect(authorizationHeader(user)).toBe('Bearer pscale_oauth_x');
  });

  test('the secret parts are the ones to keep out of every output', () => {
    expect(secretsOf(pair)).toEqual(['pscale_tkn_x']);
    expect(secretsOf(user)).toEqual(['pscale_oauth_x']);
  });

  test.each([
    ['hunter2hunter2hunter2', 'hunt…'],
    ['k3j9x0q2m7a', 'k3j9…'],
    ['k3j9x0q2m7abc', 'k3j9…'],
    ['K3J9X0Q2M7AB', 'K3J9…'],
    ['k3j9-0q2m7ab', 'k3j9…'],
  ])('an id of another shape, %s, is one of them, and described by how it begins', (value, shown) => {
    const odd: Credentials = { ...pair, id: of(value) };
    expect(secretsOf(odd)).toEqual(['pscale_tkn_x', value]);
    expect(plain(describeCredentials(odd))).toBe(`service token ${shown} (--service-token)`);
  });

  test('without a home directory there is no saved sign-in', async () => {
    saveLogin('pscale_oauth_saved');
    const environment = { ...createEnvironment(), home: undefined };
    const failure = await failureOf(() =>
      chooseCredentials(NONE, environment, { warn: () => {}, signal: NEVER }),
    );
    expect(failure.code).toBe('NO_AUTH');
  });

  test('they are described by id and source, never by a secret', () => {
    expect(plain(describeCredentials(pair))).toBe('service token k3j9x0q2m7ab (--service-token)');
    expect(plain(describeCredentials(user))).toBe('user access token (the keychain)');
  });
});

describe('a service token in the place of a user token', () => {
  test.each<[string, Source, string]>([
    ['pscale_tkn_hunter2', { kind: 'environment', name: 'PLANETSCALE_API_TOKEN' }, 'INVALID_CONFIG'],
    ['"pscale_tkn_hunter2"', { kind: 'environment', name: 'PLANETSCALE_API_TOKEN' }, 'INVALID_CONFIG'],
    ['Bearer pscale_tkn_hunter2', { kind: 'environment', name: 'PLANETSCALE_API_TOKEN' }, 'INVALID_CONFIG'],
    ['pscale_tkn_hunter2', { kind: 'flag', name: '--api-token' }, 'INVALID_USAGE'],
    ['k3j9x0q2m7ab:hunter2', { kind: 'flag', name: '--api-token' }, 'INVALID_USAGE'],
    [
      'k3j9x0q2m7ab:pscale_tkn_hunter2',
      { kind: 'environment', name: 'PLANETSCALE_API_TOKEN' },
      'INVALID_CONFIG',
    ],
  ])('is refused, and said to be one: %s from %j', async (value, source, code) => {
    const failure = await failureOf(() => choose({ userToken: of(value, source) }));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain('of a service token');
    expect(told(failure)).toContain('PLANETSCALE_SERVICE_TOKEN_ID and PLANETSCALE_SERVICE_TOKEN');
    expect(told(failure)).not.toContain('hunter2');
  });

  test('does not matter beside a complete pair', async () => {
    const pair = { id: of('k3j9x0q2m7ab'), secret: of('pscale_tkn_x') };
    const chosen = await choose({ ...pair, userToken: of('pscale_tkn_hunter2') });
    expect(chosen.kind).toBe('service-token');
  });

  test('a secret with its ID before it is no secret', async () => {
    const failure = await failureOf(() =>
      choose({ id: of('k3j9x0q2m7ab'), secret: of('k3j9x0q2m7ab:pscale_tkn_hunter2') }),
    );
    expect(failure.message).toContain('an ID and a secret');
    expect(told(failure)).not.toContain('hunter2');
  });
});

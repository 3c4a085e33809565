import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHome, type Home } from './support/cli.ts';
import { type Ran, runInMemory } from './support/host.ts';

/** Without the prefix by which a secret of PlanetScale is known: it has to be known by where it came from. */
const SECRET = 'hunter2+hunter2/hunter2=';
const ODD_ID = 'an-id-hunter2hunter2';

/** An API that refuses everything, and repeats what it was sent in its own words. */
let server: Server;
let address: string;
let status = 403;
const seen: string[] = [];

function repeated(request: IncomingMessage): string {
  const sent = request.headers.authorization ?? '';
  return [sent, encodeURIComponent(sent), JSON.stringify(sent), request.url].join(' ');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request.headers.authorization ?? '');
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '60' });
    response.end(JSON.stringify({ code: 'refused', message: `the API says: ${repeated(request)}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  address = `http://127.0.0.1:${bound.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let home: Home;
beforeEach(() => {
  home = createHome();
  seen.length = 0;
  status = 403;
});
afterEach(() => home.remove());

function file(name: string, content: string): void {
  const directory = join(home.path, '.config', 'planetscale');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), content, { mode: 0o600 });
}

interface Source {
  readonly flags?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly prepare?: () => void;
}

const ID = 'k3j9x0q2m7ab';

/** Every place where a secret may be given. */
const SOURCES: Readonly<Record<string, Source>> = {
  '--service-token': { flags: ['--service-token-id', ID, '--service-token', SECRET] },
  '--service-token=': { flags: [`--service-token-id=${ID}`, `--service-token=${SECRET}`] },
  '--api-token': { flags: ['--api-token', SECRET] },
  '--api-token=': { flags: [`--api-token=${SECRET}`] },
  PLANETSCALE_SERVICE_TOKEN: {
    variables: { PLANETSCALE_SERVICE_TOKEN_ID: ID, PLANETSCALE_SERVICE_TOKEN: SECRET },
  },
  PLANETSCALE_API_TOKEN: { variables: { PLANETSCALE_API_TOKEN: SECRET } },
  'the user config': {
    prepare: () => file('pscale.yml', `service-token-id: ${ID}\nService-Token: "${SECRET}"\n`),
  },
  'a named config': {
    flags: ['--config', '.config/planetscale/ci.yml'],
    prepare: () => file('ci.yml', `service-token-id: ${ID}\nservice-token: "${SECRET}"\n`),
  },
  'the saved sign-in': { prepare: () => file('access-token', `${SECRET}\n`) },
};

function run(argv: readonly string[], { flags = [], variables = {}, prepare }: Source): Promise<Ran> {
  prepare?.();
  return runInMemory([...argv, ...flags], {
    home: home.path,
    variables: { PLANETSCALE_API_URL: address, PLANETSCALE_ORG: 'acme', ...variables },
  });
}

function expectNothingOf(secret: string, { stdout, stderr }: Ran): void {
  for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
    expect(stdout + stderr).not.toContain(spelling);
  }
}

describe.each(Object.entries(SOURCES))('a secret from %s is shown nowhere', (_, source) => {
  test.each([
    ['human', 401],
    ['json', 403],
    ['csv', 404],
    ['human', 500],
  ])('when the API repeats it (%s, %i), with --debug', async (format, code) => {
    status = code;
    for (const command of [['list'], ['doctor'], ['show', 'tok000000001']]) {
      expectNothingOf(SECRET, await run([...command, '--debug', '--timeout', '2s', '-f', format], source));
    }
    expect(seen.some((authorization) => authorization.includes(SECRET))).toBe(true);
  });

  test('in what is wrong with the command line that quotes it', async () => {
    for (const argv of [
      ['list', SECRET],
      [`lst-${SECRET}`],
      ['show', ID, SECRET],
      ['list', '--format', SECRET],
      ['list', '--timeout', SECRET],
    ]) {
      const ran = await run(argv, source);
      expect(ran.status).toBe(1);
      // What a file holds is known once it is read, which a line that cannot be parsed does not come to.
      if (source.prepare === undefined) expectNothingOf(SECRET, ran);
    }
  });
});

test('a secret that another one outranks is shown nowhere either', async () => {
  file('pscale.yml', `service-token-id: ${ID}\nservice-token: "${SECRET}"\nformat: "${SECRET}"\n`);
  const ran = await run(['list'], { variables: { PLANETSCALE_SERVICE_TOKEN: 'of-the-environment' } });
  expect(ran.stderr).toContain('[redacted]');
  expectNothingOf(SECRET, ran);
});

describe('an id that has not the shape of one', () => {
  const source = { flags: ['--service-token-id', ODD_ID, '--service-token', SECRET] };

  test.each(['human', 'json', 'csv'])('is shown by how it begins (%s)', async (format) => {
    for (const code of [401, 403, 404]) {
      status = code;
      for (const command of [['list'], ['doctor']]) {
        const ran = await run([...command, '--debug', '-f', format], source);
        expectNothingOf(ODD_ID, ran);
        expect(ran.stdout + ran.stderr).toContain('an-i…');
      }
    }
  });
});

describe('the user name and password of an address', () => {
  test.each([
    ['--api-url', { flags: ['--api-url', 'https://robin:hunter2hunter2@api.example.com'] }],
    ['--api-url=', { flags: ['--api-url=https://robin:hunter2hunter2@api.example.com'] }],
    ['PLANETSCALE_API_URL', { variables: { PLANETSCALE_API_URL: 'https://robin:hunter2hunter2@x.example' } }],
    ['HTTPS_PROXY', { variables: { HTTPS_PROXY: 'http://robin:hunter2hunter2@127.0.0.1:1' } }],
    ['https_proxy', { variables: { https_proxy: 'robin:hunter2hunter2@127.0.0.1:1' } }],
    ['HTTPS_PROXY without a host', { variables: { HTTPS_PROXY: 'http://robin:hunter2hunter2' } }],
  ])('are shown nowhere: %s', async (name, source) => {
    const proxied = /proxy/i.test(name) ? ['--api-url', 'https://api.example.test', '--timeout', '1s'] : [];
    for (const command of [['list'], ['doctor'], ['doctor', '-f', 'json']]) {
      const ran = await run([...command, '--debug', '--api-token', 'x-token', ...proxied], source);
      expect(ran.status).not.toBe(0);
      expect(ran.stdout + ran.stderr).not.toMatch(/hunter2|cm9iaW46aHVudGVyMmh1bnRlcjI/);
    }
  });
});

test('a project file cannot say where credentials go, nor whose they are', async () => {
  writeFileSync(
    join(home.path, '.pscale.yml'),
    'api-url: http://127.0.0.1:1\nAPI-URL: http://127.0.0.1:1\nservice-token-id: planted00000\nservice-token: planted-secret\napi-token: planted-secret\n',
  );
  const ran = await run(['list'], { variables: { PLANETSCALE_API_TOKEN: SECRET } });
  expect(seen).toEqual([`Bearer ${SECRET}`]);
  expect(ran.stderr).toContain('ignoring non-allowlisted keys');
});

describe('a secret in the place of a name', () => {
  const inEverything = (secret: string): [string, readonly string[], Readonly<Record<string, string>>?][] => [
    ['a token id', ['show', secret]],
    ['a token name', ['show', `name:${secret}`]],
    ['an id and a secret', ['delete', `${ID}:${secret}`, '--force']],
    ['--org', ['list', '--org', secret]],
    ['PLANETSCALE_ORG', ['list'], { PLANETSCALE_ORG: secret }],
    ['PLANETSCALE_DATABASE', ['list'], { PLANETSCALE_DATABASE: secret }],
    ['a database', ['branch', 'list', secret]],
    ['--database', ['add-access', ID, 'read_branch', '--database', secret]],
    ['a branch', ['branch', 'show', 'shop', secret]],
    ['--from', ['branch', 'create', 'shop', 'main', '--from', secret]],
    ['a permission', ['add-access', ID, secret, '--organization-level', '--force']],
    ['--access', ['create', '--access', `${secret}=read_branch`]],
    ['--name', ['create', '--name', secret]],
    ['--name of duplicate', ['duplicate', ID, '--name', secret]],
    ['--service-token-id', ['list', '--service-token-id', secret, '--service-token', 'pscale_tkn_other']],
  ];

  test.each([...inEverything('pscale_tkn_hunter2'), ...inEverything('pscale_oauth_hunter2')])(
    'is refused before any request, and not shown: %s',
    async (_, argv, variables = {}) => {
      const ran = await run(argv, { variables: { PLANETSCALE_API_TOKEN: 'a-user-token', ...variables } });
      expect(ran.status).toBe(1);
      expect(seen).toEqual([]);
      expect(ran.stdout + ran.stderr).not.toMatch(/hunter2|pscale_(tkn|oauth)_\w/);
      expect(ran.stderr).toMatch(/secret/);
    },
  );
});

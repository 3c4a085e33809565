import { describe, expect, test } from 'vitest';
import { Client } from '../../src/api/client.ts';
import type { Transport } from '../../src/api/transport.ts';
import { plain, type Text, text } from '../../src/text/text.ts';
import type { Source } from '../../src/values/source.ts';
import {
  type Answer,
  API,
  accessRow,
  body,
  branchRow,
  createdToken,
  createTestClient,
  databaseRow,
  failureOf,
  grantRow,
  hintOf,
  interceptApi,
  json,
  listOf,
  redirect,
  SECRET,
  SERVICE_TOKEN,
  status,
  tokenRow,
  tokenWithActor,
  USER,
} from '../support/api.ts';
import { untoldTime } from '../support/fake-clock.ts';

const api = interceptApi();

const ON_BEHALF = 'POST /organizations/{organization}/databases/{database}/branches';

interface Call {
  /** What the method is called with; names hold characters that a path has to encode. */
  readonly call: (client: Client) => Promise<unknown>;
  readonly sends: string;
  readonly body?: string;
  /** An answer of the API, and what the method makes of it. */
  readonly answer: unknown;
  readonly status?: number;
  readonly result: unknown;
}

/** The time of an answer that creates a token of the fixtures. */
const JUST_NOW = { date: new Date(createdToken.created_at).toUTCString() };

const extra = { surprise: { of: ['the', 'future'] } };

const CALLS: Record<string, Call> = {
  listServiceTokens: {
    call: (client) => client.listServiceTokens('a+c&me'),
    sends: 'GET /v1/organizations/a%2Bc%26me/service-tokens?per_page=100',
    answer: listOf({ ...tokenRow, ...extra }),
    result: [tokenRow],
  },
  createServiceToken: {
    call: (client) => client.createServiceToken('a+c&me', { name: 'ci "deploy"', ttl: 3600 }),
    sends: 'POST /v1/organizations/a%2Bc%26me/service-tokens',
    body: '{"name":"ci \\"deploy\\"","ttl":3600}',
    answer: { ...createdToken, ...extra },
    result: createdToken,
  },
  getServiceToken: {
    call: (client) => client.getServiceToken('acme', 'k3j9#1'),
    sends: 'GET /v1/organizations/acme/service-tokens/k3j9%231',
    answer: { ...tokenWithActor, id: 'k3j9#1', ...extra },
    // A copy has to be like it in what is unknown as well.
    result: { value: { ...tokenWithActor, id: 'k3j9#1', ...extra }, date: undefined },
  },
  updateServiceToken: {
    call: (client) =>
      client.updateServiceToken('acme', 'k3j9#1', () => ({ name: null, ttl: 60, cidrs: ['203.0.113.7/32'] })),
    sends: 'PATCH /v1/organizations/acme/service-tokens/k3j9%231',
    body: '{"name":null,"ttl":60,"cidrs":["203.0.113.7/32"]}',
    answer: { ...tokenRow, id: 'k3j9#1', cidrs: ['203.0.113.7/32'], last_used_asn: 'AS64500' },
    result: { value: { ...tokenRow, id: 'k3j9#1', cidrs: ['203.0.113.7/32'] }, date: undefined },
  },
  deleteServiceToken: {
    call: (client) => client.deleteServiceToken('acme', 'k3j9?1'),
    sends: 'DELETE /v1/organizations/acme/service-tokens/k3j9%3F1',
    answer: null,
    status: 204,
    result: undefined,
  },
  listGrants: {
    call: (client) => client.listGrants('acme', '100%'),
    sends: 'GET /v1/organizations/acme/service-tokens/100%25/grants?per_page=100',
    answer: listOf({ ...grantRow, ...extra }),
    result: [
      {
        resource_id: 'd9s8a7f6g5h4',
        resource_name: 'shop',
        resource_type: 'Database',
        accesses: [{ access: 'read_branch' }],
      },
    ],
  },
  listAccess: {
    call: (client) => client.listAccess('acme', 'a:b'),
    sends: 'GET /v1/organizations/acme/service-tokens/a%3Ab/access?per_page=100',
    answer: listOf({ ...accessRow('read_branch', 'shop'), ...extra }),
    result: [{ id: 'read_branch@shop', access: 'read_branch', resource: { type: 'Database', name: 'shop' } }],
  },
  addAccess: {
    call: (client) => client.addAccess('acme', 'k3j9', { database: 'shöp', access: ['read_branch', 'x'] }),
    sends: 'POST /v1/organizations/acme/service-tokens/k3j9/access',
    body: '{"database":"shöp","access":["read_branch","x"]}',
    answer: listOf({ ...accessRow('read_branch', 'shöp'), ...extra }),
    result: [{ id: 'read_branch@shöp', access: 'read_branch', resource: { type: 'Database', name: 'shöp' } }],
  },
  removeAccess: {
    call: (client) => client.removeAccess('acme', 'k3j9', { database: '', access: ['read_databases'] }),
    sends: 'DELETE /v1/organizations/acme/service-tokens/k3j9/access',
    body: '{"database":"","access":["read_databases"]}',
    answer: null,
    result: undefined,
  },
  getDatabase: {
    call: (client) => client.getDatabase('acme', 'shöp', ON_BEHALF),
    sends: 'GET /v1/organizations/acme/databases/sh%C3%B6p',
    answer: { ...databaseRow, name: 'shöp', ...extra },
    result: { name: 'shöp', kind: 'mysql' },
  },
  listBranches: {
    call: (client) => client.listBranches('acme', '%2e%2e'),
    sends: 'GET /v1/organizations/acme/databases/%252e%252e/branches?per_page=100',
    answer: listOf({ ...branchRow, ...extra }),
    result: [{ ...branchRow, ...extra }],
  },
  getBranch: {
    call: (client) => client.getBranch('acme', 'shop', 'fix;1'),
    sends: 'GET /v1/organizations/acme/databases/shop/branches/fix%3B1',
    answer: { ...branchRow, name: 'fix;1', ...extra },
    result: { ...branchRow, name: 'fix;1', ...extra },
  },
  createBranch: {
    call: (client) =>
      client.createBranch('acme', 'shop', { name: 'fix', parent_branch: '', cluster_size: 'PS_DEV' }),
    sends: 'POST /v1/organizations/acme/databases/shop/branches',
    body: '{"name":"fix","parent_branch":"","cluster_size":"PS_DEV"}',
    answer: { ...branchRow, name: 'fix', ...extra },
    status: 201,
    result: { ...branchRow, name: 'fix', ...extra },
  },
  deleteBranch: {
    call: (client) => client.deleteBranch('acme', 'shop', 'ünd=1'),
    sends: 'DELETE /v1/organizations/acme/databases/shop/branches/%C3%BCnd%3D1',
    answer: null,
    status: 204,
    result: undefined,
  },
};

const NAMES = Object.keys(CALLS);

function callOf(name: string): Call {
  const call = CALLS[name];
  if (call === undefined) throw new Error(`there is no call ${name}`);
  return call;
}

function success({ answer, status: code = 200 }: Call): Answer {
  return answer === null ? status(code) : json(answer, code);
}

describe('each method sends one request and checks its answer', () => {
  test.each(NAMES)('%s', async (name) => {
    const call = callOf(name);
    api().answers(success(call));
    expect(await call.call(createTestClient())).toEqual(call.result);
    const [request] = api().requests;
    expect(api().log).toEqual([call.sends]);
    expect(request?.body).toBe(call.body ?? '');
    const { accept, authorization, 'user-agent': agent, 'content-type': type } = request?.headers ?? {};
    expect({ accept, authorization, agent, type }).toEqual({
      accept: 'application/json',
      authorization: `callerid0000:${SECRET}`,
      agent: 'pscale-service-token/test',
      type: call.body === undefined ? undefined : 'application/json',
    });
  });

  test('a user’s token goes along as a bearer token', async () => {
    api().answers(json(listOf()));
    await createTestClient({ credentials: USER }).listServiceTokens('acme');
    expect(api().requests[0]?.headers.authorization).toBe('Bearer pscale_oauth_EXAMPLE');
  });

  test.each([
    [{}, '{}'],
    [{ name: undefined, ttl: undefined }, '{}'],
    [{ name: 'ci' }, '{"name":"ci"}'],
    [{ name: '' }, '{"name":""}'],
    [{ ttl: 60 }, '{"ttl":60}'],
    [{ ttl: 0 }, '{"ttl":0}'],
    [{ name: '<&>é\n', ttl: 1 }, '{"name":"<&>é\\n","ttl":1}'],
  ])('a token made with %j is asked for with %s', async (fields, sent) => {
    api().answers(json(createdToken));
    await createTestClient().createServiceToken('acme', fields);
    expect(api().requests[0]?.body).toBe(sent);
  });

  test.each([
    ['https://api.example.test', '/v1/organizations/acme/service-tokens/x'],
    ['https://api.example.test/', '/v1/organizations/acme/service-tokens/x'],
    ['https://api.example.test/planet/scale', '/planet/scale/v1/organizations/acme/service-tokens/x'],
    ['https://api.example.test/planet/scale//', '/planet/scale/v1/organizations/acme/service-tokens/x'],
    ['https://api.example.test:8443/p%20q', ':8443/p%20q/v1/organizations/acme/service-tokens/x'],
    ['http://localhost:4010', 'http://localhost:4010/v1/organizations/acme/service-tokens/x'],
  ])('below %s the address is %s', async (baseUrl, address) => {
    api().answers(json({ ...tokenWithActor, id: 'x' }));
    await createTestClient({ baseUrl }).getServiceToken('acme', 'x');
    expect(api().log).toEqual([`GET ${address}`]);
  });

  test.each(['', '.', '..', 'a/b', 'a b', 'a\u001bb'])(
    'a name that cannot be in a path, %j, is refused before anything is sent',
    async (name) => {
      const client = createTestClient();
      const works = [
        client.listServiceTokens(name),
        client.createServiceToken(name, {}),
        client.getServiceToken('acme', name),
        client.deleteServiceToken('acme', name),
        client.addAccess('acme', name, { database: 'shop', access: ['read_branch'] }),
        client.listGrants('acme', name),
        client.getDatabase('acme', name, ON_BEHALF),
        client.deleteBranch('acme', 'shop', name),
      ];
      for (const work of works) expect((await failureOf(work)).code).toBe('INVALID_USAGE');
      expect(api().log).toEqual([]);
    },
  );

  test('the pages of a list after the first are asked for by number', async () => {
    api().answers(
      json({ ...listOf(tokenRow), next_page: 2 }),
      json({ ...listOf({ ...tokenRow, id: 'other' }), next_page: null }),
    );
    const tokens = await createTestClient().listServiceTokens('acme');
    expect(tokens.map(({ id }) => id)).toEqual(['k3j9x0q2m7ab', 'other']);
    expect(api().log).toEqual([
      'GET /v1/organizations/acme/service-tokens?per_page=100',
      'GET /v1/organizations/acme/service-tokens?per_page=100&page=2',
    ]);
  });

  test('accesses on two resources with the same name are two rows', async () => {
    api().answers(json(listOf(accessRow('read_branch', 'shop'), accessRow('read_branch', 'crm'))));
    expect(await createTestClient().listAccess('acme', 'x')).toHaveLength(2);
  });

  test('an answer to addAccess that is cut into pages is read as a whole', async () => {
    api().answers(
      json({ ...listOf(accessRow('one')), next_page: 2 }),
      json({ ...listOf(accessRow('one')), next_page: 2 }),
      json(listOf(accessRow('two'))),
    );
    const rows = await createTestClient().addAccess('acme', 'x', { database: '', access: ['two'] });
    expect(rows.map(({ access }) => access)).toEqual(['one', 'two']);
    expect(api().log).toEqual([
      'POST /v1/organizations/acme/service-tokens/x/access',
      'GET /v1/organizations/acme/service-tokens/x/access?per_page=100',
      'GET /v1/organizations/acme/service-tokens/x/access?per_page=100&page=2',
    ]);
  });
});

/** A deep copy of a JSON value in which the field at a path is gone, or another one. */
function changed(value: unknown, path: string, replacement?: unknown): unknown {
  const copy: unknown = structuredClone(value);
  const keys = path.split('.');
  let parent: unknown = copy;
  for (const key of keys.slice(0, -1)) parent = isObject(parent) ? parent[key] : undefined;
  const last = keys.at(-1) ?? '';
  if (!isObject(parent) || !(last in parent || replacement !== undefined)) {
    throw new Error(`there is no field ${path}`);
  }
  if (replacement === undefined) delete parent[last];
  else parent[last] = replacement;
  return copy;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

describe('an answer that lacks what the API promises', () => {
  const TOKEN = ['id', 'name', 'created_at', 'last_used_at', 'expires_at'];
  const BRANCH = [
    ...['id', 'name', 'parent_branch', 'region', 'region.slug', 'production', 'ready'],
    ...['created_at', 'updated_at'],
  ];
  const required: Record<string, readonly string[]> = {
    listServiceTokens: ['data', ...TOKEN.map((field) => `data.0.${field}`)],
    createServiceToken: ['id', 'token'],
    getServiceToken: [...TOKEN, 'actor_id', 'actor_display_name', 'actor_type'],
    listGrants: [
      ...['data', 'data.0.resource_id', 'data.0.resource_name', 'data.0.resource_type', 'data.0.accesses'],
      'data.0.accesses.0.access',
    ],
    listAccess: [
      ...['data', 'data.0.id', 'data.0.access', 'data.0.resource', 'data.0.resource.type'],
      'data.0.resource.name',
    ],
    addAccess: ['data', 'data.0.access', 'data.0.resource.type', 'data.0.resource.name'],
    getDatabase: ['name', 'kind'],
    listBranches: ['data', ...BRANCH.map((field) => `data.0.${field}`)],
    getBranch: BRANCH,
    createBranch: BRANCH,
  };
  const missing = Object.entries(required).flatMap(([name, fields]) => fields.map((field) => [name, field]));

  test.each(missing)('%s: without %s it is refused, by the name of the field', async (name, field) => {
    const call = callOf(name);
    api().answers(json(changed(call.answer, field), 200, JUST_NOW));
    const failure = await failureOf(call.call(createTestClient()));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain(` ${field}: `);
  });

  const optional: [string, string, unknown][] = [
    ['listServiceTokens', 'next_page', '2'],
    ['listServiceTokens', 'total_pages', '2'],
    ['listServiceTokens', 'data.0.type', 42],
    ['getBranch', 'kind', 42],
    ['getBranch', 'safe_migrations', 'yes'],
    ['getBranch', 'html_url', 42],
  ];
  const nonsense: [string, string, unknown][] = [
    ['listServiceTokens', 'data.0.id', ''],
    ['listServiceTokens', 'data.0.created_at', 'yesterday'],
    ['listServiceTokens', 'data.0.expires_at', ''],
    ['createServiceToken', 'token', ''],
    ['createServiceToken', 'token', null],
    ['getServiceToken', 'created_at', null],
  ];
  const illTyped = missing.map(([name = '', field = '']): [string, string, unknown] => [name, field, 42]);

  test.each([...illTyped, ...optional, ...nonsense])(
    '%s: with a %s of %j it is refused, by the name of the field',
    async (name, field, value) => {
      const call = callOf(name);
      api().answers(json(changed(call.answer, field, value), 200, JUST_NOW));
      const failure = await failureOf(call.call(createTestClient()));
      expect(failure.code).toBe('INVALID_RESPONSE');
      expect(failure.message).toContain(` ${field}: `);
    },
  );

  test.each(['type', 'next_page', 'data.0.type'])('a list is complete without %s', async (field) => {
    api().answers(json(changed(listOf(tokenRow), field)));
    expect(await createTestClient().listServiceTokens('acme')).toHaveLength(1);
  });

  test('an answer that was cut short in the middle of a list gives no half list', async () => {
    api().answers(
      json({ ...listOf(tokenRow), next_page: 2 }),
      json({ ...listOf({ ...tokenRow, id: 7 }), next_page: null }),
    );
    const failure = await failureOf(createTestClient().listServiceTokens('acme'));
    expect(failure.message).toContain('page 2 of a list');
    expect(failure.message).toContain('data.0.id');
  });

  const answering = NAMES.filter((name) => callOf(name).answer !== null);
  const unreadable: [string, Answer][] = [
    ['(nothing)', status(200)],
    ['status 204', status(204)],
    ['(nothing)', body(' \n ')],
    ['<html><body>Sign in</body></html>', body('<html><body>Sign\n  in</body></html>')],
    ['{"data": [', body('{"data": [')],
  ];

  // What create makes of it may hold a secret and is looked at elsewhere.
  const excerpted = answering
    .filter((name) => name !== 'createServiceToken')
    .flatMap((name) =>
      unreadable.map(([excerpt, answer]): [string, string, Answer] => [name, excerpt, answer]),
    );

  test.each(excerpted)('%s: what is not JSON is refused and shown: %s', async (name, excerpt, answer) => {
    api().answers(answer);
    const failure = await failureOf(callOf(name).call(createTestClient()));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain(excerpt);
  });

  test.each(
    answering.flatMap((name) => ['null', '[]', '"text"', '42'].map((content) => [name, content] as const)),
  )('%s: %s as the whole answer is refused', async (name, content) => {
    api().answers(body(content));
    expect((await failureOf(callOf(name).call(createTestClient()))).code).toBe('INVALID_RESPONSE');
  });

  test('only so much of a long answer is shown', async () => {
    api().answers(body('x'.repeat(100_000)));
    const failure = await failureOf(createTestClient().getServiceToken('acme', 'x'));
    expect(failure.message.length).toBeLessThan(700);
  });

  describe.each(['deleteServiceToken', 'removeAccess', 'deleteBranch'])('%s', (name) => {
    test.each<[string, Answer]>([
      ['204', status(204)],
      ['200 with nothing', status(200)],
      ['200 with JSON, whatever it says', json({ message: 'gone' })],
      ['200 with null', body('null')],
    ])('is confirmed by %s', async (_, answer) => {
      api().answers(answer);
      expect(await callOf(name).call(createTestClient())).toBeUndefined();
    });

    test.each<[string, Answer]>([
      ['a page for people', body('<html>gone</html>')],
      ['an answer that was cut', body('{"message": "go')],
      ['201', json({}, 201)],
      ['202', status(202)],
      ['205', status(205)],
      ['206', json({}, 206)],
    ])('is not confirmed by %s, and not sent again', async (_, answer) => {
      api().answers(answer);
      const failure = await failureOf(callOf(name).call(createTestClient()));
      expect(failure.code).toBe('INVALID_RESPONSE');
      expect(api().requests).toHaveLength(1);
    });
  });
});

describe('a token that was created, and an answer that tells only a part of it', () => {
  const odd: [string, unknown][] = ['name', 'created_at', 'last_used_at', 'expires_at'].flatMap(
    (field): [string, unknown][] => [
      [field, undefined],
      [field, 42],
      [field, { nested: true }],
    ],
  );

  test.each([...odd, ['created_at', null], ['expires_at', 'tomorrow']])(
    'is not dropped, with a %s of %j: id and secret are there, and it is said',
    async (field, value) => {
      const warnings: string[] = [];
      api().answers(json({ ...createdToken, expires_at: '2026-06-01T10:00:00Z', [field]: value }));
      const client = createTestClient({ warn: (warning) => void warnings.push(plain(warning)) });
      const made = await client.createServiceToken('acme', {});
      expect(made).toMatchObject({ id: createdToken.id, token: createdToken.token, [field]: null });
      expect(warnings).toEqual([
        expect.stringMatching(/^token k3j9x0q2m7ab was created, but .*show k3j9x0q2m7ab --org acme$/),
      ]);
      expect(warnings.join()).not.toContain(createdToken.token);
    },
  );

  test('is not warned of where all is well', async () => {
    const warnings: Text[] = [];
    api().answers(json(createdToken, 201));
    await createTestClient({ warn: (warning) => void warnings.push(warning) }).createServiceToken('acme', {});
    expect(warnings).toEqual([]);
  });
});

describe('a list that changes while it is read', () => {
  const changing: Answer = json({ ...listOf(tokenRow), total_count: 2 });

  test('is read three times, and then warned of', async () => {
    const warnings: string[] = [];
    api().always(changing);
    const client = createTestClient({ warn: (warning) => void warnings.push(plain(warning)) });
    expect(await client.listServiceTokens('acme')).toHaveLength(1);
    expect(api().requests).toHaveLength(3);
    expect(warnings).toEqual([
      'the list of service tokens in acme changed each time it was read: entries may be missing, and some of those shown may be gone',
    ]);
  });

  test('is a failure for whoever must have the whole of it', async () => {
    api().always(changing);
    const failure = await failureOf(createTestClient().listServiceTokens('acme', { mustBeWhole: true }));
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toBe('the list of service tokens in acme changed each time it was read');
  });

  test('is none where it held still once', async () => {
    const warnings: Text[] = [];
    api().answers(changing, json({ ...listOf(tokenRow), total_count: 1 }));
    const client = createTestClient({ warn: (warning) => void warnings.push(warning) });
    expect(await client.listServiceTokens('acme')).toHaveLength(1);
    expect(warnings).toEqual([]);
  });
});

test('a list whose bodies are too large all together is refused', async () => {
  const padding = ' '.repeat(60 * 1024 * 1024);
  let pages = 0;
  const transport: Transport = async () => {
    pages += 1;
    const page = { ...listOf({ ...tokenRow, id: `tok${pages}` }), next_page: pages + 1 };
    return { status: 200, body: `${JSON.stringify(page)}${padding}`, tries: 1, date: undefined, elapsed: 0 };
  };
  const origin = { credentials: SERVICE_TOKEN, organization: undefined };
  const client = new Client(transport, origin, new AbortController().signal, () => {}, untoldTime());
  const failure = await failureOf(client.listServiceTokens('acme'));
  expect([failure.code, failure.message]).toEqual(['INVALID_RESPONSE', expect.stringContaining('256 MB')]);
  expect(pages).toBe(5);
});

describe('a refused request', () => {
  const USUAL = { code: 'some_code', message: 'Branch name is taken' };
  const OAUTH = {
    error: 'invalid_token',
    error_description: 'The access token is invalid',
    state: 'unauthorized',
  };
  const PARAMETERS = {
    errors: [
      { namespace: 'service_token', name: 'ttl', errors: ['is too long', 'is odd'] },
      { name: 'name', errors: ['is taken'] },
    ],
  };
  const LONG = `<html><title>Bad gateway</title>\n\n  ${'x'.repeat(1_000)}</html>`;

  const bodies: [string, Answer, (code: number) => string][] = [
    ['the usual body', json(USUAL), () => 'Branch name is taken'],
    ['a message alone', json({ message: 'No' }), () => 'No'],
    ['an OAuth body', json(OAUTH), () => 'The access token is invalid'],
    ['parameters', json(PARAMETERS), () => 'service_token.ttl: is too long, is odd; name: is taken'],
    [
      'JSON of another kind',
      json({ problem: 'unknown' }),
      (code) =>
        `the PlanetScale API answered ${code} with something it does not usually send: {"problem":"unknown"}`,
    ],
    [
      'an empty message',
      json({ code: 'x', message: '' }),
      (code) =>
        `the PlanetScale API answered ${code} with something it does not usually send: {"code":"x","message":""}`,
    ],
    [
      'a message that is no text',
      json({ message: { en: 'No' } }),
      (code) =>
        `the PlanetScale API answered ${code} with something it does not usually send: {"message":{"en":"No"}}`,
    ],
    [
      'HTML',
      body(LONG),
      (code) =>
        `the PlanetScale API answered ${code} with something it does not usually send: <html><title>Bad gateway</title> ${'x'.repeat(466)}…`,
    ],
    ['nothing', status(500), (code) => `the PlanetScale API answered ${code} without saying why`],
  ];
  const codes: [number, string][] = [
    [400, 'INVALID_REQUEST'],
    [403, 'FORBIDDEN'],
    [409, 'API_ERROR'],
    [418, 'API_ERROR'],
    [422, 'INVALID_REQUEST'],
    [429, 'RATE_LIMITED'],
    [500, 'API_ERROR'],
    [502, 'API_ERROR'],
    [503, 'API_ERROR'],
    [504, 'API_ERROR'],
  ];

  const withStatus =
    (answer: Answer, code: number): Answer =>
    async (request) => {
      const response = await answer(request);
      return new Response(response.body, { status: code, headers: response.headers });
    };

  describe.each(codes)('with status %i is %s', (code, expected) => {
    // A 403 of HTML is not the API's: a test of its own.
    const own = bodies.filter(([name]) => !(code === 403 && name === 'HTML'));
    test.each(own)('and says what %s says', async (_, answer, message) => {
      api().always(withStatus(answer, code));
      for (const credentials of [USER, SERVICE_TOKEN]) {
        const failure = await failureOf(createTestClient({ credentials }).listServiceTokens('acme'));
        expect([failure.code, failure.message]).toEqual([expected, message(code)]);
      }
    });
  });

  const foreign: [string, Answer][] = [
    ['HTML', body('<html><title>Sign in</title></html>')],
    ['half of an answer', body('{"message": "N')],
  ];
  test.each(foreign.flatMap(([name, answer]) => [403, 404].map((code) => ({ name, answer, code }))))(
    'with status $code and $name did not come from the API, and says nothing of permissions',
    async ({ answer, code }) => {
      api().always(withStatus(answer, code));
      for (const credentials of [USER, SERVICE_TOKEN]) {
        const failure = await failureOf(createTestClient({ credentials }).listServiceTokens('acme'));
        expect(failure.code).toBe('API_ERROR');
        expect(failure.message).toMatch(
          new RegExp(`^the answer did not come from the PlanetScale API: status ${code}, [<{]`),
        );
        expect(hintOf(failure)).toMatch(/^A firewall, a proxy or the login page/);
        expect(failure.nextSteps).toBeUndefined();
      }
    },
  );

  test.each([
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
  ])("with status %i and nothing is the API's own", async (code, expected) => {
    api().always(withStatus(body(' \n'), code));
    const failure = await failureOf(createTestClient().listServiceTokens('acme'));
    expect(failure.code).toBe(expected);
    expect(hintOf(failure)).toContain('you are using a service token');
  });

  test('quotes at most 500 characters, whole ones', async () => {
    const long = '🦄'.repeat(20_000);
    const answers = [
      json({ message: long }, 500),
      json({ error: 'x', error_description: long }, 500),
      json({ errors: [{ name: long, errors: [long] }] }, 500),
      body(long, 500),
      body(long, 403),
    ];
    for (const answer of answers) {
      api().answers(answer);
      const { message } = await failureOf(createTestClient().listServiceTokens('acme'));
      expect(message).toMatch(/🦄…$/);
      expect(Array.from(message).length).toBeLessThan(600);
    }
  });

  test('with status 401 is AUTH_INVALID, and says which service token from where was refused', async () => {
    api().answers(json({ code: 'unauthorized', message: `bad ${SECRET}` }, 401));
    const failure = await failureOf(createTestClient().listServiceTokens('acme'));
    expect(failure.code).toBe('AUTH_INVALID');
    expect(failure.message).toBe('Authentication failed. Your service token appears to be invalid.');
    expect(plain(failure.hint ?? text``)).toContain(
      'service token callerid0000 (PLANETSCALE_SERVICE_TOKEN_ID)',
    );
    expect(plain(failure.hint ?? text``)).not.toContain(SECRET);
  });

  test('with status 401 is AUTH_INVALID, and says where a user’s token came from and what the API said', async () => {
    api().answers(json(OAUTH, 401));
    const failure = await failureOf(createTestClient({ credentials: USER }).listServiceTokens('acme'));
    expect(failure.code).toBe('AUTH_INVALID');
    expect(failure.message).toBe(
      "Authentication failed. The access token is invalid or has expired. Please run 'pscale auth login'",
    );
    expect(plain(failure.hint ?? text``)).toBe(
      'The API refused the user access token (--api-token) with: The access token is invalid',
    );
  });

  describe('with status 404 is NOT_FOUND, in words that name what was asked for', () => {
    const words: Record<string, string> = {
      listServiceTokens: 'organization a+c&me does not exist',
      createServiceToken: 'organization a+c&me does not exist',
      getServiceToken: 'service token k3j9#1 does not exist in organization acme',
      updateServiceToken: 'service token k3j9#1 does not exist in organization acme',
      deleteServiceToken: 'token k3j9?1 does not exist in organization acme',
      listGrants: 'service token 100% does not exist in organization acme',
      listAccess: 'service token a:b does not exist in organization acme',
      addAccess:
        "token k3j9 or database shöp does not exist in organization acme.\nPlease run 'pscale-service-token list' to see a list of tokens",
      removeAccess:
        "token k3j9 does not exist in organization acme.\nPlease run 'pscale-service-token list' to see a list of tokens",
      getDatabase: 'source database shöp does not exist in organization acme',
      listBranches: 'database %2e%2e does not exist in organization acme',
      getBranch: 'branch fix;1 does not exist in database shop (organization: acme)',
      createBranch: 'source database shop does not exist in organization acme',
      deleteBranch: 'database shop or branch ünd=1 does not exist in organization acme',
    };

    test.each(NAMES)('%s', async (name) => {
      for (const answer of [json({ code: 'not_found', message: 'Not Found' }, 404), status(404)]) {
        api().answers(answer);
        const failure = await failureOf(callOf(name).call(createTestClient({ credentials: USER })));
        expect([failure.code, failure.message]).toEqual(['NOT_FOUND', words[name]]);
      }
    });
  });

  describe('with status 404 says where the organization was named', () => {
    const named = (source: Source) => ({ credentials: USER, organization: { value: 'acme', source } });

    test.each<[string, Source]>([
      ['PLANETSCALE_ORG', { kind: 'environment', name: 'PLANETSCALE_ORG' }],
      ['org in .pscale.yml', { kind: 'file', path: '.pscale.yml', key: 'org' }],
    ])('if that was %s', async (words, source) => {
      api().answers(status(404));
      const failure = await failureOf(createTestClient(named(source)).listServiceTokens('acme'));
      expect(failure.message).toBe(`organization acme does not exist\nIt is named by ${words}.`);
    });

    test('but not if it was typed just now', async () => {
      api().answers(status(404));
      const client = createTestClient(named({ kind: 'flag', name: '--org' }));
      expect((await failureOf(client.listServiceTokens('acme'))).message).toBe(
        'organization acme does not exist',
      );
    });

    test('nor if something else in it is what was asked for, nor with another status', async () => {
      const client = createTestClient(named({ kind: 'environment', name: 'PLANETSCALE_ORG' }));
      api().answers(status(404), json({ message: 'No' }, 403));
      for (const work of [
        () => client.getServiceToken('acme', 'x'),
        () => client.listServiceTokens('acme'),
      ]) {
        expect((await failureOf(work())).message).not.toContain('PLANETSCALE_ORG');
      }
    });
  });

  describe('under a service token says which access may be missing, and who gives it how', () => {
    const anyBranch = "'read_branch', 'create_branch', 'delete_branch' or 2 others";
    const needs: Record<string, readonly [string, string]> = {
      listServiceTokens: ["'read_service_tokens'", "read_service_tokens --organization-level --org 'a+c&me'"],
      createServiceToken: [
        "'write_service_tokens'",
        "write_service_tokens --organization-level --org 'a+c&me'",
      ],
      getServiceToken: ["'read_service_tokens'", 'read_service_tokens --organization-level --org acme'],
      updateServiceToken: ["'write_service_tokens'", 'write_service_tokens --organization-level --org acme'],
      deleteServiceToken: [
        "'delete_service_tokens'",
        'delete_service_tokens --organization-level --org acme',
      ],
      listGrants: ["'read_service_tokens' is likely", 'read_service_tokens --organization-level --org acme'],
      listAccess: ["'read_service_tokens' is likely", 'read_service_tokens --organization-level --org acme'],
      addAccess: ["'write_service_tokens' is likely", 'write_service_tokens --organization-level --org acme'],
      removeAccess: [
        "'write_service_tokens' is likely",
        'write_service_tokens --organization-level --org acme',
      ],
      // Read for another call, so it is the access of that one that is worth granting.
      getDatabase: ["'create_branch', 'restore_backup' or ", "create_branch --database 'shöp' --org acme"],
      listBranches: [anyBranch, 'read_branch --database %2e%2e --org acme'],
      getBranch: [anyBranch, 'read_branch --database shop --org acme'],
      createBranch: [
        "'create_branch', 'restore_backup' or 'restore_production_branch_backup'",
        'create_branch --database shop --org acme',
      ],
      deleteBranch: ["'delete_branch'", 'delete_branch --database shop --org acme'],
    };

    test.each(NAMES.flatMap((name) => [403, 404].map((code) => [name, code] as const)))(
      '%s, status %i',
      async (name, code) => {
        api().answers(json(USUAL, code));
        const failure = await failureOf(callOf(name).call(createTestClient()));
        const [access = '', rest = ''] = needs[name] ?? [];
        const mend = `pscale-service-token add-access callerid0000 ${rest}`;
        const hint = plain(failure.hint ?? text``);
        expect(hint).toContain(access);
        expect(hint).toContain(`Someone allowed to grant it can run: ${mend}`);
        expect(hint).toContain(
          code === 403
            ? 'does not have the access this call needs'
            : 'the token may lack the access to see it',
        );
        expect(failure.nextSteps).toContain(mend);
      },
    );

    test.each(NAMES.flatMap((name) => [403, 404].map((code) => [name, code] as const)))(
      'but not under a user’s token: %s, status %i',
      async (name, code) => {
        api().answers(json(USUAL, code));
        const failure = await failureOf(callOf(name).call(createTestClient({ credentials: USER })));
        expect(failure.hint).toBeUndefined();
        expect(failure.nextSteps).toBeUndefined();
      },
    );

    test.each([400, 409, 418, 422, 500])('and nothing about access for status %i', async (code) => {
      api().answers(json(USUAL, code));
      const failure = await failureOf(createTestClient().listServiceTokens('acme'));
      expect(failure.hint).toBeUndefined();
    });
  });

  test('does not hide a refused redirect behind words about access', async () => {
    api().answers(redirect('https://elsewhere.example.net/'));
    const failure = await failureOf(createTestClient().getServiceToken('acme', 'x'));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain(`redirected GET ${API}/v1/organizations/acme/service-tokens/x to`);
    expect(failure.hint).toBeUndefined();
  });
});

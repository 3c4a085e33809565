import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { CALLER_SECRET, type Judged, judge } from '../support/fault-cli.ts';
import {
  type Answer,
  AUTHORITY,
  answer,
  BOMB,
  closedPort,
  drip,
  type FaultServer,
  flood,
  type Received,
  startFaultServer,
} from '../support/fault-server.ts';

/**
 * Every kind of request meets every kind of broken network, proxy and answer. What has to come of it is
 * not written down cell by cell: it follows, in {@link promised}, from whether the request may have
 * arrived, whether it is sent again, and whether what it did can be looked at afterwards.
 */

const TOKEN = 'k3j9x0q2m7ab';
const NEW_SECRET = 'pscale_tkn_EXAMPLEofTheNewOne';

const token = {
  id: TOKEN,
  type: 'ServiceToken',
  name: 'ci',
  created_at: '2026-04-01T00:00:00.000Z',
  updated_at: '2026-04-01T00:00:00.000Z',
  last_used_at: null,
  expires_at: null,
  actor_id: null,
  actor_display_name: null,
  actor_type: null,
};
const row = {
  id: 'r1',
  access: 'read_branch',
  description: '',
  resource: { id: 'd1', name: 'shop', type: 'Database' },
};
const grant = {
  id: 'd1',
  resource_id: 'd1',
  resource_name: 'shop',
  resource_type: 'Database',
  accesses: [row],
};

const page = (data: readonly unknown[]): Answer => ({
  status: 200,
  body: JSON.stringify({ type: 'list', next_page: null, total_count: data.length, total_pages: 1, data }),
});

const LIST = '/v1/organizations/acme/service-tokens';
const ONE = `${LIST}/${TOKEN}`;

interface Operation {
  readonly name: string;
  readonly words: readonly string[];
  readonly method: string;
  readonly path: string;
  /** What the API answers when all is well. */
  readonly usual: Answer;
  /** Whether it is done although the answer is lost. */
  readonly carriedOut?: boolean;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'GET a list', words: ['list'], method: 'GET', path: LIST, usual: page([token]) },
  {
    name: 'GET one',
    words: ['show', TOKEN],
    method: 'GET',
    path: ONE,
    usual: { status: 200, body: JSON.stringify(token) },
  },
  {
    name: 'POST a token',
    words: ['create', '--name', 'ci'],
    method: 'POST',
    path: LIST,
    usual: { status: 201, body: JSON.stringify({ ...token, token: NEW_SECRET }) },
  },
  {
    name: 'POST access',
    words: ['add-access', TOKEN, 'read_branch', '--database', 'shop'],
    method: 'POST',
    path: `${ONE}/access`,
    usual: page([row]),
    carriedOut: true,
  },
  {
    name: 'DELETE a token',
    words: ['delete', TOKEN, '--force'],
    method: 'DELETE',
    path: ONE,
    usual: { status: 204, body: '' },
    carriedOut: false,
  },
  {
    name: 'DELETE access',
    words: ['delete-access', TOKEN, 'read_branch', '--database', 'shop'],
    method: 'DELETE',
    path: `${ONE}/access`,
    usual: { status: 200, body: '' },
    carriedOut: true,
  },
];

interface Fault {
  readonly name: string;
  /** What the failure is, unless a look shows that all is well. */
  readonly code: 'NETWORK_ERROR' | 'TIMEOUT' | 'INVALID_RESPONSE' | 'API_ERROR';
  /** Whether the request may have arrived: all that is claimed follows from it. */
  readonly mayHaveArrived: boolean;
  /** Whether it passes, so that a request which may be sent again is. */
  readonly isTransient: boolean;
  /** It is a fault of the way: whatever looks afterwards meets it, too. */
  readonly isEverywhere?: boolean;
  /** The answer says that it went well, to these methods. */
  readonly succeeds?: (operation: Operation) => boolean;
  /** Seconds that a try may take. Where an answer comes, a busy machine has time to bring it. */
  readonly timeout?: number;
  readonly set: (operation: Operation) => Promise<Scene>;
}

interface Scene {
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly server?: FaultServer;
}

/** The requests that are not the one under test: what a look shows. */
function elsewhere({ method, target }: Received, { name, carriedOut = false }: Operation): Answer {
  const isHeld = name === 'POST access' ? carriedOut : !carriedOut;
  const [path] = target.split('?');
  if (method !== 'GET') return { status: 500, body: '{"message":"not foreseen"}' };
  if (path === LIST) return page(name === 'DELETE a token' && carriedOut ? [] : [token]);
  if (path === `${ONE}/grants`) return page(isHeld ? [grant] : []);
  if (path === `${ONE}/access`) return page(isHeld ? [row] : []);
  return { status: 200, body: JSON.stringify(token) };
}

/** An API where the request under test is answered in this way, and all others well. */
async function api(
  operation: Operation,
  react: (socket: Socket, usual: Answer) => void,
  { tls = false }: { tls?: boolean } = {},
): Promise<Scene> {
  const server = await startFaultServer({
    tls,
    onRequest: (request, socket) => {
      if (isUnderTest(request, operation)) react(socket, operation.usual);
      else answer(socket, elsewhere(request, operation));
    },
  });
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${server.port}`,
    ...(tls && { env: { NODE_EXTRA_CA_CERTS: AUTHORITY } }),
    server,
  };
}

function isUnderTest({ method, target }: Received, operation: Operation): boolean {
  return method === operation.method && target.split('?')[0] === operation.path;
}

/** A way on which every connection meets the same. */
async function way(
  protocol: 'http' | 'https',
  onConnection: ((socket: Socket) => void) | undefined,
  options: { tls?: boolean; env?: Readonly<Record<string, string>> } = {},
): Promise<Scene> {
  const { tls = false, env } = options;
  const server = await startFaultServer({ tls, ...(onConnection && { onConnection }) });
  return { url: `${protocol}://127.0.0.1:${server.port}`, server, ...(env && { env }) };
}

/** A proxy in front of a host that does not exist. */
async function proxy(onConnection: (socket: Socket) => void): Promise<Scene> {
  const { server } = await way('http', onConnection);
  if (server === undefined) throw new Error('the proxy has not started');
  const env = { HTTPS_PROXY: `http://127.0.0.1:${server.port}` };
  return { url: 'https://planets.invalid', env, server };
}

function proxyAnswering(head: string): Promise<Scene> {
  return proxy((socket) => socket.once('data', () => socket.end(`${head}\r\n\r\n`)));
}

const raw = (head: string): string => `${head.split('\n').join('\r\n')}\r\n\r\n`;
const HTML = '<html><body>Welcome. Please log in.</body></html>';

const NEVER_ARRIVED = {
  code: 'NETWORK_ERROR',
  mayHaveArrived: false,
  isTransient: true,
  isEverywhere: true,
} as const;
const LOST = { code: 'NETWORK_ERROR', mayHaveArrived: true, isTransient: true } as const;
const SILENT = { code: 'TIMEOUT', mayHaveArrived: true, isTransient: true, timeout: 1 } as const;
const UNUSABLE = { code: 'INVALID_RESPONSE', mayHaveArrived: true, isTransient: false } as const;

/** Seconds, for as much as the program takes of one answer. */
const LONGEST_TIMEOUT = 30;

const FAULTS: readonly Fault[] = [
  {
    ...NEVER_ARRIVED,
    name: 'a port on which nobody listens',
    set: async () => ({ url: `http://127.0.0.1:${await closedPort()}` }),
  },
  {
    ...NEVER_ARRIVED,
    name: 'https to a port that speaks plain HTTP',
    set: () =>
      way('https', (socket) =>
        socket.once('data', () => socket.end(raw('HTTP/1.1 400 Bad Request\nContent-Length: 0'))),
      ),
  },
  {
    ...NEVER_ARRIVED,
    name: 'a certificate of an unknown authority',
    isTransient: false,
    set: () => way('https', undefined, { tls: true }),
  },
  {
    ...NEVER_ARRIVED,
    name: 'a certificate of an unknown authority, and the runtime told not to check',
    isTransient: false,
    set: () => way('https', undefined, { tls: true, env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }),
  },
  {
    ...NEVER_ARRIVED,
    name: 'a reset during the TLS handshake',
    set: () => way('https', (socket) => socket.once('data', () => socket.resetAndDestroy())),
  },
  {
    ...NEVER_ARRIVED,
    name: 'silence during the TLS handshake',
    code: 'TIMEOUT',
    timeout: 1,
    set: () => way('https', () => {}),
  },
  {
    ...NEVER_ARRIVED,
    name: 'a silent proxy',
    code: 'TIMEOUT',
    timeout: 1,
    set: () => proxy(() => {}),
  },
  { ...NEVER_ARRIVED, name: 'a proxy that answers 403', set: () => proxyAnswering('HTTP/1.1 403 Forbidden') },
  {
    ...NEVER_ARRIVED,
    name: 'a proxy that answers 407',
    set: () => proxyAnswering('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic'),
  },
  { ...NEVER_ARRIVED, name: 'a proxy that closes at once', set: () => proxy((socket) => socket.destroy()) },
  {
    ...NEVER_ARRIVED,
    name: 'a proxy that closes the tunnel it has opened',
    set: () =>
      proxy((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 Connection Established\r\n\r\n'))),
  },
  {
    ...LOST,
    // TLS is what it speaks: it has the request in front of it, and nobody knows what it makes of it.
    name: 'http to a port that speaks TLS',
    isEverywhere: true,
    set: () => way('http', undefined, { tls: true }),
  },
  {
    ...LOST,
    name: 'a reset before the first byte',
    set: (operation) => api(operation, (socket) => socket.resetAndDestroy()),
  },
  {
    ...LOST,
    name: 'a reset before the first byte, over TLS',
    set: (operation) => api(operation, (socket) => socket.destroy(), { tls: true }),
  },
  {
    ...LOST,
    name: 'a reset behind the first byte',
    set: (operation) =>
      api(operation, (socket) => socket.write('HTTP/1.1 2', () => socket.resetAndDestroy())),
  },
  { ...SILENT, name: 'silence', set: (operation) => api(operation, () => {}) },
  { ...SILENT, name: 'an answer without an end', set: (operation) => api(operation, drip) },
  {
    ...LOST,
    name: 'an answer that is cut',
    set: (operation) =>
      api(operation, (socket) =>
        socket.end(
          `${raw('HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 1000')}{"id":"k3j9`,
        ),
      ),
  },
  {
    ...UNUSABLE,
    name: 'an answer 101 with an upgrade',
    set: (operation) =>
      api(operation, (socket) =>
        socket.write(raw('HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: websocket')),
      ),
  },
  {
    ...UNUSABLE,
    name: 'answers 100, 102 and 103 before the usual one',
    succeeds: () => true,
    set: (operation) =>
      api(operation, (socket, usual) => {
        socket.write(
          raw('HTTP/1.1 100 Continue') +
            raw('HTTP/1.1 102 Processing') +
            raw('HTTP/1.1 103 Early Hints\nLink: </x>'),
        );
        answer(socket, usual);
      }),
  },
  {
    ...UNUSABLE,
    name: 'an answer 200 in HTML',
    set: (operation) =>
      api(operation, (socket) =>
        answer(socket, { status: 200, body: HTML, headers: { 'content-type': 'text/html' } }),
      ),
  },
  {
    ...UNUSABLE,
    name: 'an answer 202',
    set: (operation) => api(operation, (socket) => answer(socket, { status: 202, body: '{}' })),
  },
  {
    ...UNUSABLE,
    name: 'an answer 204 with a body',
    succeeds: ({ method }) => method === 'DELETE',
    set: (operation) =>
      api(operation, (socket) =>
        socket.end(`${raw('HTTP/1.1 204 No Content\nContent-Length: 9')}{"id":"x"}`),
      ),
  },
  {
    name: 'an answer 500 in HTML',
    code: 'API_ERROR',
    mayHaveArrived: true,
    isTransient: false,
    set: (operation) =>
      api(operation, (socket) =>
        answer(socket, { status: 500, body: HTML, headers: { 'content-type': 'text/html' } }),
      ),
  },
  {
    ...UNUSABLE,
    name: 'headers that are too large',
    set: (operation) =>
      api(operation, (socket, usual) =>
        answer(socket, { ...usual, headers: { 'x-large': 'x'.repeat(80 * 1024) } }),
      ),
  },
  {
    ...UNUSABLE,
    name: 'a body that says it is too large',
    set: (operation) =>
      api(operation, (socket) =>
        socket.write(
          raw(`HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: ${65 * 1024 * 1024}`),
        ),
      ),
  },
  {
    ...UNUSABLE,
    name: 'a body that grows too large',
    timeout: LONGEST_TIMEOUT,
    set: (operation) => api(operation, flood),
  },
  {
    ...UNUSABLE,
    name: 'a gzip bomb',
    set: (operation) =>
      api(operation, (socket) =>
        answer(socket, { status: 200, body: BOMB, headers: { 'content-encoding': 'gzip' } }),
      ),
  },
  {
    ...UNUSABLE,
    name: 'a byte order mark',
    succeeds: () => true,
    set: (operation) =>
      api(operation, (socket, usual) => answer(socket, { status: 200, body: `\uFEFF${usual.body || '{}'}` })),
  },
  {
    ...UNUSABLE,
    name: 'bytes that are not UTF-8',
    // A name may suffer; a token that was made is not lost for it.
    succeeds: () => true,
    set: (operation) =>
      api(operation, (socket, usual) => {
        const body = String(usual.body || '{"name":"ci"}').replaceAll('"ci"', '"caf\u00e9"');
        answer(socket, { status: 200, body: Buffer.from(body, 'latin1') });
      }),
  },
];

/** As often as a request is sent at most, and the milliseconds that it may wait between its tries. */
const TRIES = 4;
const WAITING = 10_000;
/** Milliseconds for a machine that is busy to start a process. */
const START = 5_000;

interface Promised {
  readonly status: number;
  readonly code: string | undefined;
  readonly claimsToken: boolean;
  /** How often the request under test is sent. */
  readonly tries: number;
}

/** The rules, in their words. */
function promised(operation: Operation, fault: Fault): Promised {
  const { method, name, carriedOut = false } = operation;
  const failed = (code: string, tries: number): Promised => ({
    status: 2,
    code,
    tries,
    claimsToken: name === 'POST a token' && fault.mayHaveArrived,
  });
  const done = (tries: number): Promised => ({ status: 0, code: undefined, claimsToken: false, tries });
  if (fault.succeeds?.(operation)) return done(1);
  // Nothing is sent again that would make a second token.
  if (name === 'POST a token') return failed(fault.code, 1);
  const tries = fault.isTransient ? TRIES : 1;
  if (method === 'GET') return failed(fault.code, tries);
  // Nothing was done, and so there is nothing to look at.
  if (!fault.mayHaveArrived) return failed(fault.code, tries);
  // What the token holds is read, and nothing is missing.
  if (name === 'POST access') return fault.isEverywhere ? failed('COMMAND_FAILED', 1) : done(1);
  // One look: gone is done, still there is the failure itself, and a look that fails leaves it open.
  if (fault.isEverywhere) return failed('COMMAND_FAILED', tries);
  return carriedOut ? done(tries) : failed(fault.code, tries);
}

interface Seen extends Judged {
  readonly tries: number;
  readonly requests: number;
  readonly connections: number;
}

async function play(operation: Operation, fault: Fault): Promise<Seen> {
  const { url, env = {}, server } = await fault.set(operation);
  const { timeout = 5 } = fault;
  try {
    const judged = await judge(operation.words, {
      url,
      env,
      timeout: `${timeout}s`,
      // For the request, and for a look behind it that meets the same.
      limit: (fault.isEverywhere ? 2 : 1) * (TRIES * timeout * 1_000 + WAITING) + START,
    });
    const requests = server?.requests ?? [];
    return {
      ...judged,
      tries: requests.filter((request) => isUnderTest(request, operation)).length,
      requests: requests.length,
      connections: server?.connections ?? 0,
    };
  } finally {
    await server?.close();
  }
}

/** Titles are written out with `%s`, and cut otherwise. */
function byName<Named extends { readonly name: string }>(
  all: readonly Named[],
): (readonly [string, Named])[] {
  return all.map((one) => [one.name, one]);
}

const LONGEST = TRIES * LONGEST_TIMEOUT * 1_000 + WAITING + START;

describe.concurrent.each(byName(FAULTS))('%s', { timeout: LONGEST + 5_000 }, (_, fault) => {
  test.concurrent.each(byName(OPERATIONS))('%s', async (_, operation) => {
    const seen = await play(operation, fault);
    const { tries, ...outcome } = promised(operation, fault);
    expect(seen, seen.stderr + seen.stdout).toMatchObject(outcome);

    // A look and the other half of a question come beside the tries; a connection is for one of them at most.
    if (fault.isEverywhere) {
      const requests = operation.name === 'GET one' ? 2 : 1;
      const looks =
        fault.mayHaveArrived && operation.name !== 'POST a token' && operation.method !== 'GET' ? TRIES : 0;
      expect(seen.connections).toBeLessThanOrEqual(requests * tries + looks);
      if (operation.name === 'POST a token' && seen.connections > 0) expect(seen.connections).toBe(1);
    } else {
      expect(seen.tries).toBe(tries);
      expect(seen.connections).toBeLessThanOrEqual(seen.requests);
    }

    const output = seen.stdout + seen.stderr;
    expect(output).not.toContain(CALLER_SECRET);
    expect(output.includes(NEW_SECRET)).toBe(operation.name === 'POST a token' && outcome.status === 0);
    expect(seen.stderr).not.toMatch(/^\s+at |Error:|node:internal/m);
    if (outcome.code === 'INVALID_RESPONSE' && /too large/.test(fault.name)) {
      expect(seen.stdout).toMatch(/\b64 (KB|MB)\b/);
    }
    // Of a token that may be gone only that is said.
    if (outcome.code === 'COMMAND_FAILED' && operation.method === 'DELETE') {
      expect(seen.stdout).toContain('may still exist');
    }
  });
});

test('the certificate of the tests is good where its authority is trusted', async () => {
  const [list] = OPERATIONS;
  if (list === undefined) throw new Error('there is nothing to ask for');
  const scene = await api(list, answer, { tls: true });
  try {
    const { status, stdout } = await judge(list.words, { ...scene, timeout: '5s', limit: 30_000 });
    expect(stdout).toContain(TOKEN);
    expect(status).toBe(0);
  } finally {
    await scene.server?.close();
  }
});

import { createServer, type RequestListener } from 'node:http';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { Client } from '../../src/api/client.ts';
import { openHttp, type Send } from '../../src/api/http.ts';
import { type Organization, organizationOf } from '../../src/api/organization.ts';
import { createTransport, type Transport, type TransportOptions } from '../../src/api/transport.ts';
import { authorizationHeader, type Credentials } from '../../src/settings/credentials.ts';
import { Failure } from '../../src/text/errors.ts';
import { plain, type Text, text } from '../../src/text/text.ts';
import { ApiTime } from '../../src/values/api-time.ts';
import type { Resolved } from '../../src/values/source.ts';
import { FakeClock, untoldTime } from './fake-clock.ts';

export const API = 'https://api.example.test';
export const SECRET = 'pscale_tkn_EXAMPLEofTheCaller';

export const SERVICE_TOKEN: Credentials = {
  kind: 'service-token',
  id: { value: 'callerid0000', source: { kind: 'environment', name: 'PLANETSCALE_SERVICE_TOKEN_ID' } },
  secret: { value: SECRET, source: { kind: 'environment', name: 'PLANETSCALE_SERVICE_TOKEN' } },
};

export const USER: Credentials = {
  kind: 'user',
  token: { value: 'pscale_oauth_EXAMPLE', source: { kind: 'flag', name: '--api-token' } },
};

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Answer = (request: SeenRequest) => Response | Promise<Response>;

/** An API of invented answers in front of the real HTTP client; every request is kept, whatever its host. */
export class FakeApi {
  readonly requests: SeenRequest[] = [];
  private readonly queue: Answer[] = [];
  private fallback: Answer = () => HttpResponse.json({ message: 'nothing was to be sent' }, { status: 599 });
  private readonly watchers: { readonly count: number; readonly ring: () => void }[] = [];

  /** Method and address below the API's origin of each request. */
  get log(): string[] {
    return this.requests.map(({ method, url }) => `${method} ${url.replace(API, '')}`);
  }

  /** Each answer goes to one request; one more request than answers gets status 599. */
  answers(...answers: readonly Answer[]): void {
    this.queue.push(...answers);
  }

  always(answer: Answer): void {
    this.fallback = answer;
  }

  /** Resolves when that many requests have come in. */
  received(count: number): Promise<void> {
    return new Promise((ring) => {
      if (this.requests.length >= count) ring();
      else this.watchers.push({ count, ring });
    });
  }

  async handle(request: Request): Promise<Response> {
    const seen: SeenRequest = {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    };
    const answer = this.queue.shift() ?? this.fallback;
    this.requests.push(seen);
    for (const { count, ring } of this.watchers) if (this.requests.length >= count) ring();
    return answer(seen);
  }
}

/** Puts a fresh {@link FakeApi} in front of each test of a file. */
export function interceptApi(): () => FakeApi {
  let api = new FakeApi();
  const server = setupServer(http.all('*', ({ request }) => api.handle(request)));
  // A request that never comes is waited for by name, so that nothing here takes long when all is well.
  vi.setConfig({ testTimeout: 5_000 });
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => {
    api = new FakeApi();
  });
  afterAll(() => server.close());
  return () => api;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return () => raw(JSON.stringify(body), status, { 'content-type': 'application/json', ...headers });
}

export function body(content: string, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return () => raw(content, status, headers);
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return () => raw(null, code, headers);
}

export function redirect(to: string, code = 302): Answer {
  return status(code, { location: to });
}

export const brokenConnection: Answer = () => HttpResponse.error();

export const noAnswer: Answer = () => new Promise<never>(() => {});

/** An answer that comes when the test says so. */
export function laterAnswer(answer: Answer): { readonly answer: Answer; readonly release: () => void } {
  const { promise, resolve } = deferred();
  return { answer: (request) => promise.then(() => answer(request)), release: resolve };
}

export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function raw(content: string | null, code: number, headers: Readonly<Record<string, string>>): Response {
  return new HttpResponse(content, { status: code, headers });
}

/** What the program sends its requests with where there is no proxy. */
export const realSend: Send = async (url, request) =>
  (await openHttp({ origin: url, proxy: undefined })).send(url, request);

/** The same in front of a {@link FakeApi}, whose imitated connections never tell when they stand. */
const imitatedSend: Send = (url, { onConnected, ...request }) => {
  onConnected?.();
  return realSend(url, request);
};

export interface Setup extends Partial<Omit<TransportOptions, 'baseUrl' | 'authorization' | 'userAgent'>> {
  readonly baseUrl?: string;
  readonly credentials?: Credentials;
  /** Where the organization in force came from. */
  readonly organization?: Resolved<string>;
  readonly warn?: (warning: Text) => void;
}

export function createTestTransport({
  baseUrl = API,
  credentials = SERVICE_TOKEN,
  clock = new FakeClock(),
  time = untoldTime(clock),
  ...others
}: Setup = {}): Transport {
  return createTransport({
    timeout: 30_000,
    send: baseUrl === API ? imitatedSend : realSend,
    clock,
    time,
    random: () => 0.5,
    signal: new AbortController().signal,
    observe: () => {},
    ...others,
    baseUrl: new URL(baseUrl),
    authorization: authorizationHeader(credentials),
    userAgent: 'pscale-service-token/test',
  });
}

export function createTestClient({ warn = () => {}, clock = new FakeClock(), ...setup }: Setup = {}): Client {
  const time = setup.time ?? new ApiTime(clock, warn);
  const signal = setup.signal ?? new AbortController().signal;
  const { credentials = SERVICE_TOKEN, organization } = setup;
  const origin = { credentials, organization };
  return new Client(createTestTransport({ ...setup, clock, time, signal }), origin, signal, warn, time);
}

/** The organization as a client of {@link createTestClient} sees it. */
export function createTestOrganization(setup: Setup = {}, name = 'acme'): Organization {
  return organizationOf(createTestClient(setup), name);
}

/** The failure that some work ends with; any other end is an error. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('expected a failure, but it was done');
}

/** Whether some work goes on although everything that was ready has had its turn. */
export async function isPending(work: Promise<unknown>): Promise<boolean> {
  let pending = true;
  const settle = (): void => {
    pending = false;
  };
  work.then(settle, settle);
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return pending;
}

/** All that a failure, and what caused it, could ever show to anybody. */
export function everythingIn(error: unknown): string {
  const own = error instanceof Error ? [error.message, error.stack] : [String(error)];
  const failure =
    error instanceof Failure
      ? [
          plain(error.text),
          plain(error.hint ?? text``),
          (error.nextSteps ?? []).join('\n'),
          JSON.stringify(error),
        ]
      : [];
  const cause = error instanceof Error && error.cause !== undefined ? [everythingIn(error.cause)] : [];
  return [...own, ...failure, ...cause].join('\n');
}

/** The hint as one text, empty where there is none. */
export function hintOf(failure: Failure): string {
  return plain(failure.hint ?? text``);
}

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A real HTTP server on this machine. */
export async function startLocalServer(handle: RequestListener): Promise<LocalServer> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const TIME = '2026-05-01T10:00:00.000Z';

export const tokenRow = {
  id: 'k3j9x0q2m7ab',
  type: 'ServiceToken',
  name: 'ci-deploy',
  created_at: TIME,
  last_used_at: null,
  expires_at: null,
};

export const tokenWithActor = {
  ...tokenRow,
  actor_id: 'u5d2w8p1c4ef',
  actor_display_name: 'Robin',
  actor_type: 'User',
};

export const createdToken = { ...tokenRow, token: 'pscale_tkn_EXAMPLEofTheNewOne' };

export const grantRow = {
  id: 'd9s8a7f6g5h4',
  type: 'ServiceTokenGrant',
  resource_id: 'd9s8a7f6g5h4',
  resource_name: 'shop',
  resource_type: 'Database',
  accesses: [{ access: 'read_branch', description: 'May see branches' }],
};

export const databaseRow = { id: 'd9s8a7f6g5h4', name: 'shop', kind: 'mysql', state: 'ready' };

export const branchRow = {
  id: 'b7n6v5c4x3z2',
  name: 'feature-1',
  kind: 'mysql',
  parent_branch: 'main',
  region: { slug: 'us-east', display_name: 'US East' },
  production: false,
  safe_migrations: false,
  ready: false,
  html_url: 'https://app.example.test/acme/shop/feature-1',
  created_at: TIME,
  updated_at: TIME,
};

/** A row of access: on a database, or on the organization where none is named. */
export function accessRow(access: string, database = ''): Record<string, unknown> {
  const resource =
    database === '' ? { type: 'Organization', name: 'acme' } : { type: 'Database', name: database };
  return { id: `${access}@${database}`, type: 'DatabaseAccess', access, resource };
}

export function listOf(...rows: readonly unknown[]): Record<string, unknown> {
  return { type: 'list', current_page: 1, next_page: null, prev_page: null, data: rows };
}

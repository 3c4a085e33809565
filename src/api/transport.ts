import { combineSignals } from '../abort.ts';
import type { Clock } from '../clock.ts';
import { describeDuration } from '../duration.ts';
import type { Operation } from '../permissions/requirements.ts';
import { type Text, text, unstyled } from '../text.ts';
import { messageOf } from './error-body.ts';
import { ApiFailure, invalidResponse, LostAnswer, mayHaveBeenDone } from './failures.ts';
import { fillPath } from './path.ts';
import { parseRetryAfter, RetryBudget } from './retry.ts';

/** What requests go through: the part of `fetch` that is needed, redirects not followed. */
export type Fetch = (url: URL, request: HttpRequest) => Promise<HttpAnswer>;

export interface HttpRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** A `Response` is one. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** One try of a request and how it ended, for `--debug`. Holds no header and so no credential. */
export type Exchange =
  | { readonly phase: 'request'; readonly method: string; readonly url: string; readonly tries: number }
  | {
      readonly phase: 'response';
      readonly method: string;
      readonly url: string;
      readonly tries: number;
      readonly outcome: string;
      readonly milliseconds: number;
    };

export interface TransportOptions {
  /** A path prefix in it is kept. */
  readonly baseUrl: URL;
  readonly authorization: string;
  readonly userAgent: string;
  /** Milliseconds for each try, its body included. */
  readonly timeout: number;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborting it ends what is in flight at once, with the signal's reason. */
  readonly signal: AbortSignal;
  readonly observe: (exchange: Exchange) => void;
}

export interface ApiRequest {
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** Takes the place of the transport's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each try from the moment at which it may have arrived. */
  readonly onConnected?: (() => void) | undefined;
  /** Called for each try that ended without telling whether it was carried out. */
  readonly onDoubt?: (() => void) | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  /** How often the request was sent. */
  readonly tries: number;
}

export type Transport = (request: ApiRequest) => Promise<ApiAnswer>;

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Sends requests: one at a time per call, retried where the method is idempotent, each try bounded,
 * redirects followed for GET within the origin only, so that credentials never go elsewhere.
 *
 * Its failures: ApiFailure (status 400 and up), Failure INVALID_RESPONSE (a refused redirect),
 * NETWORK_ERROR, TIMEOUT, or the reason of the aborted signal.
 */
export function createTransport(options: TransportOptions): Transport {
  return async (request) => {
    const [method = '', template = ''] = request.operation.split(' ');
    const url = requestUrl(options.baseUrl, template, request);
    const signal = request.signal ?? options.signal;
    const budget = new RetryBudget(options.random);
    for (;;) {
      try {
        const answer = await tryOnce(method, url, request, budget.tries, signal, options);
        return { ...answer, tries: budget.tries };
      } catch (failure) {
        if (mayHaveBeenDone(failure)) request.onDoubt?.();
        // A POST that was lost may have been carried out: whoever sends it has to look first.
        if (method === 'POST') throw failure;
        await options.clock.sleep(budget.next(failure), signal);
      }
    }
  };
}

function requestUrl(baseUrl: URL, template: string, request: ApiRequest): URL {
  const url = new URL(baseUrl);
  // Set rather than resolved: a prefix that starts with two slashes would name another host.
  url.pathname = `${baseUrl.pathname.replace(/\/+$/, '')}/v1${fillPath(template, request.parameters)}`;
  for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, String(value));
  return url;
}

async function tryOnce(
  method: string,
  start: URL,
  request: ApiRequest,
  tries: number,
  signal: AbortSignal,
  options: TransportOptions,
): Promise<{ status: number; body: string }> {
  signal.throwIfAborted();
  // One bound for the whole try, redirects and the reading of the body included.
  const deadline = options.clock.timeout(options.timeout);
  const either = combineSignals(signal, deadline);
  const init: HttpRequest = {
    method,
    headers: {
      accept: 'application/json',
      authorization: options.authorization,
      'user-agent': options.userAgent,
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    signal: either.signal,
  };
  try {
    request.onConnected?.();
    let url = start;
    for (let redirects = 0; ; redirects += 1) {
      const { response, body } = await exchange(url, init, tries, signal, deadline, options);
      if (REDIRECTS.includes(response.status) && redirects < MAX_REDIRECTS) {
        url = redirectTarget(method, url, response);
        continue;
      }
      if (response.status >= 400)
        throw apiFailure(request.operation, response, body, tries, options.clock.now());
      if (response.status < 200 || response.status >= 300) {
        throw invalidResponse(
          text`the PlanetScale API answered ${method} ${url.href} with status ${response.status}`,
        );
      }
      return { status: response.status, body };
    }
  } finally {
    either.release();
  }
}

async function exchange(
  url: URL,
  init: HttpRequest,
  tries: number,
  signal: AbortSignal,
  deadline: AbortSignal,
  options: TransportOptions,
): Promise<{ response: HttpAnswer; body: string }> {
  const { clock, observe } = options;
  const line = { method: init.method, url: url.href, tries };
  const startedAt = clock.now();
  const done = (outcome: string): void =>
    observe({ phase: 'response', ...line, outcome, milliseconds: clock.now() - startedAt });
  observe({ phase: 'request', ...line });
  try {
    const response = await options.fetch(url, init);
    const body = await response.text();
    done(String(response.status));
    return { response, body };
  } catch (error) {
    if (signal.aborted) {
      done('interrupted');
      throw signal.reason;
    }
    if (deadline.aborted) {
      done('timed out');
      throw timedOut(url, options.timeout, tries, error);
    }
    const failure = networkFailure(url, tries, error);
    done(failure.message);
    throw failure;
  }
}

function redirectTarget(method: string, from: URL, response: HttpAnswer): URL {
  const location = response.headers.get('location') ?? '';
  const target = location !== '' && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isPlain = target?.origin === from.origin && target.username === '' && target.password === '';
  if (method === 'GET' && isPlain) return target;
  throw invalidResponse(
    text`the PlanetScale API redirected ${method} ${from.href} to ${location || 'nowhere'}, which is not followed: credentials go to ${from.host} only`,
  );
}

function apiFailure(
  operation: Operation,
  response: HttpAnswer,
  body: string,
  tries: number,
  now: number,
): ApiFailure {
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'), now);
  return new ApiFailure(
    { status: response.status, operation, retryAfter, tries },
    messageOf(response.status, body),
  );
}

function timedOut(url: URL, timeout: number, tries: number, cause: unknown): LostAnswer {
  return new LostAnswer(
    'TIMEOUT',
    text`no answer from ${url.host} within ${describeDuration(timeout)}${triesSoFar(tries)}`,
    {
      hint: text`Allow more with --timeout, such as --timeout 2m, or try again later.`,
      cause,
      mayHaveArrived: true,
    },
  );
}

function networkFailure(url: URL, tries: number, error: unknown): LostAnswer {
  const { reason, mayHaveArrived } = networkReason(error);
  return new LostAnswer(
    'NETWORK_ERROR',
    text`could not reach the PlanetScale API at ${url.origin}: ${reason}${triesSoFar(tries)}`,
    {
      hint: text`Check network connectivity, the proxy variables and --api-url, then retry.`,
      cause: error,
      mayHaveArrived,
    },
  );
}

function triesSoFar(tries: number): Text {
  return tries === 1 ? text`` : text` (${unstyled(tries)} tries)`;
}

/** Failures of connecting: nothing was sent. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'temporary failure in name resolution',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain holds a self-signed one',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** Failures of a connection that had been made: the request may have arrived. */
const DISCONNECTED: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
};

/** `fetch` wraps what happened in "fetch failed"; the reason is in the chain of causes. */
function networkReason(error: unknown): { reason: string; mayHaveArrived: boolean } {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const code = deepest instanceof Error && 'code' in deepest ? String(deepest.code) : '';
  const message = deepest instanceof Error ? deepest.message : String(deepest);
  const [, refusal] = /^Proxy response \((\d+)\)/.exec(message) ?? [];
  const notConnected =
    message === 'bad port'
      ? 'HTTP clients do not connect to this port'
      : refusal === undefined
        ? NOT_CONNECTED[code]
        : `the proxy refused with status ${refusal}`;
  if (notConnected !== undefined) return { reason: notConnected, mayHaveArrived: false };
  return { reason: DISCONNECTED[code] ?? (message || code || 'unknown reason'), mayHaveArrived: true };
}

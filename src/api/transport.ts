import type { Operation } from '../permissions/requirements.ts';
import { excerpt } from '../text/excerpt.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { combineSignals } from '../values/abort.ts';
import type { ApiTime } from '../values/api-time.ts';
import type { Clock } from '../values/clock.ts';
import { describeDuration } from '../values/duration.ts';
import { isForeign, isJson, messageOf } from './error-body.ts';
import { ApiFailure, invalidResponse, LostAnswer, mayHaveBeenDone } from './failures.ts';
import type { HttpAnswer, HttpRequest, Send } from './http.ts';
import { BadAnswer, BadCertificate, ProxyFailure } from './http-failures.ts';
import { fillPath } from './path.ts';
import { parseHttpDate, parseRetryAfter, RetryBudget } from './retry.ts';

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
  readonly send: Send;
  readonly clock: Clock;
  /** Told the time by every answer. */
  readonly time: ApiTime;
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
  /** The body of each try, made when it is sent: for what counts from now. */
  readonly freshBody?: () => unknown;
  /** Takes the place of the transport's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each try from the moment at which it may have arrived. */
  readonly onConnected?: (() => void) | undefined;
  /** Called for each try that ended without telling whether it was carried out. */
  readonly onDoubt?: (() => void) | undefined;
  /** Every status of 2xx counts as a success: for whoever must not lose what such an answer holds. */
  readonly takesAnySuccess?: boolean;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  /** How often the request was sent. */
  readonly tries: number;
  /** The API's own time when it answered, in milliseconds since the epoch, where it said so. */
  readonly date: number | undefined;
  /** Milliseconds from when the try was sent that it answers. */
  readonly elapsed: number;
}

export type Transport = (request: ApiRequest) => Promise<ApiAnswer>;

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Sends requests: one at a time per call, retried where the method is idempotent, each try bounded,
 * redirects followed for GET within the origin only, so that credentials never go elsewhere.
 *
 * Its failures: ApiFailure (status 400 and up), Failure INVALID_RESPONSE (a refused redirect, a success
 * that is none, too large an answer), LostAnswer (NETWORK_ERROR, TIMEOUT), or the reason of the aborted signal.
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

/** The path of an operation below the API's address, a prefix of that kept. @throws Failure INVALID_USAGE */
export function pathOf(baseUrl: URL, template: string, parameters: Readonly<Record<string, string>>): string {
  return `${baseUrl.pathname.replace(/\/+$/, '')}/v1${fillPath(template, parameters)}`;
}

function requestUrl(baseUrl: URL, template: string, request: ApiRequest): URL {
  const url = new URL(baseUrl);
  // Set rather than resolved: a prefix that starts with two slashes would name another host.
  url.pathname = pathOf(baseUrl, template, request.parameters);
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
): Promise<Omit<ApiAnswer, 'tries'>> {
  signal.throwIfAborted();
  const startedAt = options.clock.elapsed();
  const content = request.freshBody ? request.freshBody() : request.body;
  // One bound for the whole try, redirects and the reading of the body included.
  const deadline = options.clock.timeout(options.timeout);
  const either = combineSignals(signal, deadline);
  const init: HttpRequest = {
    method,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      authorization: options.authorization,
      'user-agent': options.userAgent,
      ...(content !== undefined && { 'content-type': 'application/json' }),
    },
    ...(content !== undefined && { body: JSON.stringify(content) }),
    signal: either.signal,
  };
  const attempt: Try = { request, tries, signal, deadline, options };
  try {
    let url = start;
    for (let redirects = 0; ; redirects += 1) {
      const { response, body } = await exchange(url, init, attempt);
      if (REDIRECTS.includes(response.status) && redirects < MAX_REDIRECTS) {
        url = redirectTarget(method, url, response);
        continue;
      }
      if (response.status >= 400) throw apiFailure(response, body, attempt);
      refuseOddSuccess(method, url, response.status, body ?? '', request.takesAnySuccess ?? false);
      return {
        status: response.status,
        body: body ?? '',
        date: parseHttpDate(response.header('date')),
        elapsed: options.clock.elapsed() - startedAt,
      };
    }
  } finally {
    either.release();
  }
}

/** What one try is about, and what may end it. */
interface Try {
  readonly request: ApiRequest;
  readonly tries: number;
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
  readonly options: TransportOptions;
}

/** Answers no body where an answer that says no had one that could not be read: it still says no. */
async function exchange(
  url: URL,
  init: HttpRequest,
  { request, tries, signal, deadline, options }: Try,
): Promise<{ response: HttpAnswer; body: string | undefined }> {
  const { clock, time, observe } = options;
  const line = { method: init.method, url: url.href, tries };
  const startedAt = clock.elapsed();
  const done = (outcome: string): void =>
    observe({ phase: 'response', ...line, outcome, milliseconds: clock.elapsed() - startedAt });
  observe({ phase: 'request', ...line });
  let mayHaveArrived = false;
  const onConnected = (): void => {
    mayHaveArrived = true;
    request.onConnected?.();
  };
  try {
    const response = await options.send(url, { ...init, onConnected });
    time.answered(parseHttpDate(response.header('date')));
    const body = await response.text().catch((error) => {
      if (signal.aborted || response.status < 400) throw error;
      return undefined;
    });
    done(String(response.status));
    return { response, body };
  } catch (error) {
    if (signal.aborted) {
      done('interrupted');
      throw signal.reason;
    }
    if (deadline.aborted) {
      done('timed out');
      throw timedOut(url, { timeout: options.timeout, tries, mayHaveArrived }, error);
    }
    const failure =
      error instanceof BadAnswer
        ? invalidResponse(text`the PlanetScale API answered ${init.method} ${shownUrl(url)} ${error.text}`)
        : networkFailure(url, { tries, mayHaveArrived }, error);
    done(failure.message);
    throw failure;
  }
}

/**
 * The API answers 200 or 201; to a DELETE 204, or 200 with nothing or JSON. Any other success was not its
 * own, such as the page of a portal, or does not say that all was done.
 */
function refuseOddSuccess(
  method: string,
  url: URL,
  status: number,
  body: string,
  takesAnySuccess: boolean,
): void {
  if (takesAnySuccess && status >= 200 && status < 300) return;
  const isExpected =
    method === 'DELETE' ? status === 200 || status === 204 : status === 200 || status === 201;
  if (!isExpected) {
    throw invalidResponse(
      text`the PlanetScale API answered ${method} ${shownUrl(url)} with status ${status}`,
    );
  }
  if (method === 'DELETE' && status === 200 && body.trim() !== '' && !isJson(body)) {
    throw invalidResponse(
      text`the PlanetScale API answered ${method} ${shownUrl(url)} with something that is not JSON: ${excerpt(body)}`,
    );
  }
}

/** An address for a message: a redirect may have made it long. */
function shownUrl(url: URL): string {
  return excerpt(url.href);
}

function redirectTarget(method: string, from: URL, response: HttpAnswer): URL {
  const [location = ''] = response.header('location');
  const target = location !== '' && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const isPlain = target?.origin === from.origin && target.username === '' && target.password === '';
  if (method === 'GET' && isPlain) return target;
  throw invalidResponse(
    text`the PlanetScale API redirected ${method} ${shownUrl(from)} to ${excerpt(location) || 'nowhere'}, which is not followed: credentials go to ${from.host} only`,
  );
}

function apiFailure(
  response: HttpAnswer,
  body: string | undefined,
  { request: { operation }, tries, options }: Try,
): ApiFailure {
  const { status } = response;
  const retryAfter = parseRetryAfter(response.header('retry-after'), options.time.now());
  return new ApiFailure(
    { status, operation, retryAfter, tries, isForeign: isForeign(status, body) },
    messageOf(status, body),
  );
}

function timedOut(
  url: URL,
  { timeout, tries, mayHaveArrived }: { timeout: number; tries: number; mayHaveArrived: boolean },
  cause: unknown,
): LostAnswer {
  return new LostAnswer(
    'TIMEOUT',
    text`no answer from ${url.host} within ${describeDuration(timeout)}${triesSoFar(tries)}`,
    {
      hint: text`Allow more with --timeout, such as --timeout 2m, or try again later.`,
      cause,
      mayHaveArrived,
    },
  );
}

function networkFailure(
  url: URL,
  { tries, mayHaveArrived }: { tries: number; mayHaveArrived: boolean },
  error: unknown,
): LostAnswer {
  const isLasting = isCertificateFailure(error);
  const reason =
    error instanceof ProxyFailure
      ? text`the proxy at ${error.proxy}: ${reasonOf(error)}`
      : text`${reasonOf(error)}`;
  return new LostAnswer(
    'NETWORK_ERROR',
    text`could not reach the PlanetScale API at ${url.origin}: ${reason}${triesSoFar(tries)}`,
    { hint: isLasting ? UNTRUSTED : UNREACHABLE, cause: error, mayHaveArrived, isLasting },
  );
}

const UNREACHABLE: Text = text`Check network connectivity, the proxy variables and --api-url, then retry.`;
const UNTRUSTED: Text = text`Certificates are always checked. If your network has a certificate authority of its own, set NODE_EXTRA_CA_CERTS to the file of its certificate; the standalone executable also reads SSL_CERT_FILE.`;

function isCertificateFailure(error: unknown): boolean {
  return (
    error instanceof BadCertificate || (error instanceof ProxyFailure && isCertificateFailure(error.cause))
  );
}

function triesSoFar(tries: number): Text {
  return tries === 1 ? text`` : text` (${unstyled(tries)} tries)`;
}

/** Words for what runtimes only have a code for. Nothing is decided by them. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'temporary failure in name resolution',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'connecting took too long',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  EPROTO: 'the TLS handshake failed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the other side does not speak TLS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain contains a self-signed one',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

/** What happened is at the end of the chain of causes. */
function reasonOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const code = deepest instanceof Error && 'code' in deepest ? String(deepest.code) : '';
  const message = deepest instanceof Error ? deepest.message : String(deepest ?? '');
  return WORDS[code] ?? (excerpt(message) || code || 'unknown reason');
}

import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { excerpt } from '../text/excerpt.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { combineSignals } from '../values/abort.ts';
import { BadAnswer, BOUNDS, explained } from './http-failures.ts';

/** Bytes that the body of an answer may have. */
export const MAX_BODY = 64 * 1024 * 1024;
/** Milliseconds that a connection is kept unused: servers keep them for longer, so none is met that closes. */
const MAX_IDLE = 4_000;

export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Called when the connection stands that the request goes over: from then on it may have arrived. */
  readonly onConnected?: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  /** The values of a header, a line each; its name in lower case. */
  readonly header: (name: string) => readonly string[];
  /** The body as text: a byte order mark is left out, what is not UTF-8 becomes U+FFFD. @throws BadAnswer */
  readonly text: () => Promise<string>;
}

/** Sends one request over one connection, redirects not followed. */
export type Send = (url: URL, request: HttpRequest) => Promise<HttpAnswer>;

/** HTTP to one origin. */
export interface Http {
  /**
   * @throws BadAnswer, BadCertificate, ProxyFailure, or the runtime's own error where there was no answer
   */
  readonly send: Send;
  /** Ends what is under way and frees every connection. */
  readonly close: () => void;
}

/**
 * HTTP over connections of its own: the runtime's shared agent could be told by variables to go another
 * way. A GET may use one again. What changes something gets a new one, since on one that was used before
 * nobody can tell a request that never arrived from one whose answer was lost. Through a proxy each
 * request has a tunnel of its own.
 *
 * @param origin what requests go to, by its protocol
 * @param proxy its address, user name and password included
 */
export async function openHttp({
  origin,
  proxy,
}: {
  readonly origin: URL;
  readonly proxy: URL | undefined;
}): Promise<Http> {
  const isTls = origin.protocol === 'https:';
  const { default: http } = await (isTls ? import('node:https') : import('node:http'));
  const openTunnel = proxy && (await import('./tunnel.ts')).openTunnel;
  const kept = new http.Agent({ ...BOUNDS, keepAlive: true, timeout: MAX_IDLE });
  const single = new http.Agent({ ...BOUNDS, keepAlive: false });
  const closing = new AbortController();

  async function wayOf(url: URL, method: string, signal: AbortSignal): Promise<RequestOptions> {
    if (!proxy || !openTunnel) return { agent: method === 'GET' ? kept : single };
    const socket = await openTunnel(url, proxy, signal);
    return { createConnection: () => socket };
  }

  return {
    send: async (url, request) => {
      const { method, body } = request;
      const either = combineSignals(request.signal, closing.signal);
      try {
        either.signal.throwIfAborted();
        const way = await wayOf(url, method, either.signal);
        const outgoing = http.request(url, { ...BOUNDS, ...way, method, signal: either.signal });
        // Set one by one: what is handed over with the options, NODE_DEBUG prints.
        for (const [name, value] of Object.entries(request.headers)) outgoing.setHeader(name, value);
        if (body !== undefined) outgoing.setHeader('content-length', Buffer.byteLength(body));
        if (request.onConnected) {
          if (proxy) request.onConnected();
          else whenConnected(outgoing, isTls, request.onConnected);
        }
        const incoming = await answerTo(outgoing, body);
        const content = contentOf(incoming, outgoing).finally(either.release);
        // Whoever is interrupted before reading the body does not wait for it to fail.
        content.catch(() => {});
        return {
          status: incoming.statusCode ?? 0,
          header: (name) => incoming.headersDistinct[name] ?? [],
          text: () => content,
        };
      } catch (error) {
        either.release();
        throw error;
      }
    },
    close: () => {
      closing.abort(new Error('the connections were closed'));
      kept.destroy();
      single.destroy();
    },
  };
}

function whenConnected(outgoing: ClientRequest, isTls: boolean, onConnected: () => void): void {
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) onConnected();
    else socket.once(isTls ? 'secureConnect' : 'connect', onConnected);
  });
}

function answerTo(outgoing: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('upgrade', (incoming, socket) => {
      socket.destroy();
      reject(
        new BadAnswer(text`with status ${incoming.statusCode ?? 0}, a change of protocol nobody asked for`),
      );
    });
    // Stays: a connection may fail again while it is torn down, and an unheard error ends the process.
    outgoing.on('error', (error) => reject(explained(error, outgoing.socket)));
    outgoing.once('close', () => reject(closedEarly()));
    outgoing.end(body);
  });
}

function contentOf(incoming: IncomingMessage, outgoing: ClientRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    // Told there first; the answer itself then only says that it was cut.
    let reason: Error | undefined;
    outgoing.once('error', (error) => {
      reason = error;
    });
    const refuse = (message: Text): void => {
      reject(new BadAnswer(message));
      incoming.destroy();
    };
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      // None was asked for. An empty body needs no decoding, whatever its header says.
      const encoding = incoming.headers['content-encoding'] ?? 'identity';
      if (!/^identity$/i.test(encoding)) {
        refuse(text`in the encoding ${excerpt(encoding)}, which was not asked for`);
        return;
      }
      bytes += chunk.length;
      if (bytes > MAX_BODY) refuse(TOO_LARGE);
      else chunks.push(chunk);
    });
    // Before the first byte of it, for which a server may keep one waiting.
    if (Number(incoming.headers['content-length'] ?? 0) > MAX_BODY) refuse(TOO_LARGE);
    incoming.once('end', () => resolve(new TextDecoder().decode(Buffer.concat(chunks))));
    incoming.on('error', (error) => reject(explained(reason ?? error, incoming.socket)));
    incoming.once('close', () => reject(closedEarly()));
  });
}

const TOO_LARGE = text`with a body of more than ${unstyled(MAX_BODY / 1024 / 1024)} MB`;

function closedEarly(): Error {
  return new Error('the connection was closed before the answer was complete');
}

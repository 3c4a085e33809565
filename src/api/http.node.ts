import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Fetch, HttpAnswer, HttpRequest } from './transport.ts';

/**
 * HTTP on Node. Without a proxy it is Node's own client, because the runtime's `fetch` takes several times
 * as long to load as a short command takes in all. Through a proxy it is that `fetch` with undici's agent.
 *
 * @param proxy its address, user name and password included
 */
export async function openHttp(proxy: URL | undefined): Promise<Fetch> {
  if (!proxy) return sendDirectly;
  const { proxiedFetch } = await import('./proxied-fetch.node.ts');
  return proxiedFetch(proxy);
}

async function sendDirectly(url: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { default: http } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const { method, body, signal } = request;
  // Node adds no length to the body of a DELETE by itself.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const outgoing = http.request(url, { method, signal, headers: { ...request.headers, ...length } });
  const incoming = await answered(outgoing, body);
  const content = contentOf(incoming);
  // Whoever is interrupted before reading the body does not wait for it to fail.
  content.catch(() => {});
  return {
    status: incoming.statusCode ?? 0,
    headers: { get: (name) => headerOf(incoming, name) },
    text: () => content,
  };
}

function answered(outgoing: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    // Stays: a connection may fail again while it is torn down, and an unheard error ends the process.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function contentOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let content = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      content += chunk;
    });
    incoming.once('end', () => resolve(content));
    incoming.on('error', reject);
  });
}

function headerOf(incoming: IncomingMessage, name: string): string | null {
  const value = incoming.headers[name];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
}

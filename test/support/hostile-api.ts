import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import type { Emulator } from '../../src/emulator/index.ts';
import { startLocalServer } from './api.ts';

/**
 * What no terminal may get: ESC (a title, a cleared screen), BEL, CR and LF, C1, bidirectional controls,
 * zero-width and filler characters, tags, a line separator, and half of a character.
 */
export const HOSTILE =
  '\u001b]0;owned\u0007\u001b[2J\r\nError: fake\u009b31m\u202eevil\u2066\u200b\u2060\u00ad\u3164\ufeff\u{e0041}\u2028\ud800';

/** How {@link HOSTILE} begins once it is shown instead of obeyed. */
export const SHOWN = '\\e]0;owned\\x07\\e[2J\\r\\nError: fake\\x9b31m\\u{202e}evil';

/** Which strings of an answer are hostile. */
export type Target = 'names' | 'times' | 'ids' | 'everything';

/** Fields that requests are made of; hostile ones are a case of their own, since most runs end at them. */
const IDS = ['id', 'resource_id'];

export interface HostileApi {
  readonly url: string;
  close(): Promise<void>;
}

/** An emulator whose answers have been tampered with on their way: every string in them is hostile, and a key more. */
export async function hostileAnswers(emulator: Emulator, target: Target): Promise<HostileApi> {
  return startLocalServer((request, response) => {
    void tamper(emulator, request, response, (body) => hostile(body, target));
  });
}

/** An emulator that answers all requests that `isRefused` picks with a status and a body of one's own. */
export async function hostileRefusals(
  emulator: Emulator,
  isRefused: (method: string) => boolean,
  status: number,
  body: string,
): Promise<HostileApi> {
  return startLocalServer((request, response) => {
    if (!isRefused(request.method ?? '')) {
      void tamper(emulator, request, response, (answer) => answer);
      return;
    }
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
}

/** A server that writes these bytes to whoever asks it anything. */
export async function rawAnswer(bytes: Buffer): Promise<HostileApi> {
  const server = createRawServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function tamper(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  change: (body: unknown) => unknown,
): Promise<void> {
  const sent = await textOf(request);
  const upstream = forward(
    `${emulator.url}${request.url}`,
    { method: request.method, headers: request.headers },
    (answer) => {
      void textOf(answer).then((text) => {
        const body = text === '' ? '' : JSON.stringify(change(JSON.parse(text)));
        response.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' }).end(body);
      });
    },
  );
  upstream.end(sent);
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  return text;
}

/** An answer with all its strings hostile that are aimed at. Secrets stay: they are handed over as they are. */
function hostile(value: unknown, target: Target, key = ''): unknown {
  if (typeof value === 'string') return hostileString(value, target, key);
  if (Array.isArray(value)) return value.map((item) => hostile(item, target, key));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, hostile(field, target, name)]);
  return { ...Object.fromEntries(fields), [`x${HOSTILE}`]: HOSTILE };
}

function hostileString(value: string, target: Target, key: string): string {
  // JavaScript takes what stands in brackets behind a date for a comment.
  if (key.endsWith('_at')) return target === 'names' || target === 'ids' ? value : `2026-01-01 (${HOSTILE})`;
  if (key === 'token') return value;
  const isAimedAt = target === 'everything' || (target === 'ids') === IDS.includes(key);
  return isAimedAt && target !== 'times' ? value + HOSTILE : value;
}

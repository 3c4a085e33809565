import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/**
 * Servers below HTTP: they count connections, see every byte, and can break the protocol at any place,
 * which a server of `node:http` would not let a test do. On loopback only.
 */

/** The authority of {@link startServer}'s certificate; nobody trusts it by itself. */
export const AUTHORITY = fixture('authority.crt');

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
}

export interface Received {
  readonly method: string;
  /** Path and query, or what a CONNECT names. */
  readonly target: string;
  readonly body: string;
}

/** What a server does with one request. The socket is the client's. */
export type Reaction = (request: Received, socket: Socket) => void;

export interface FaultServer {
  readonly port: number;
  /** How many connections came in; with TLS those whose handshake failed, too. */
  readonly connections: number;
  readonly requests: readonly Received[];
  close(): Promise<void>;
}

export interface FaultServerOptions {
  /** Speaks TLS with a certificate for localhost and planets.invalid. */
  readonly tls?: boolean;
  /** In the place of reading requests, such as never reading anything. */
  readonly onConnection?: (socket: Socket) => void;
  readonly onRequest?: Reaction;
}

export async function startFaultServer({
  tls = false,
  onConnection,
  onRequest = () => {},
}: FaultServerOptions): Promise<FaultServer> {
  const sockets = new Set<Socket>();
  const requests: Received[] = [];
  let connections = 0;
  const serve = (socket: Socket): void => {
    socket.on('error', () => {});
    if (onConnection) onConnection(socket);
    else
      readRequests(socket, (request) => {
        requests.push(request);
        onRequest(request, socket);
      });
  };
  const server: Server = tls
    ? createTlsServer(
        { cert: readFileSync(fixture('server.crt')), key: readFileSync(fixture('server.key')) },
        serve,
      )
    : createServer(serve);
  // Of TLS the raw one: a handshake that fails is a connection as well.
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    requests,
    get connections() {
      return connections;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A port on which nobody listens: one that a server has just given back. */
export async function closedPort(): Promise<number> {
  const server = await startFaultServer({});
  await server.close();
  return server.port;
}

function readRequests(socket: Socket, onRequest: (request: Received) => void): void {
  let pending = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    pending += String(chunk);
    for (;;) {
      const end = pending.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = pending.slice(0, end);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      const [method = '', target = ''] = head.split(' ');
      const body = pending.slice(end + 4, end + 4 + length);
      pending = pending.slice(end + 4 + length);
      onRequest({ method, target, body });
    }
  });
}

export interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole answer, as a server that is well sends it. */
export function answer(socket: Socket, { status, body, headers = {} }: Answer): void {
  const bytes = Buffer.from(body);
  const length = status === 204 ? {} : { 'content-length': String(bytes.length) };
  const all = { 'content-type': 'application/json', ...length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n`), bytes]));
}

const MEGABYTE = 1024 * 1024;

/** White space without an end that JSON would allow, as fast as it is read. */
export function flood(socket: Socket): void {
  const spaces = Buffer.alloc(MEGABYTE, ' ');
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
  const pour = (): void => {
    while (!socket.destroyed) {
      socket.write(`${MEGABYTE.toString(16)}\r\n`);
      socket.write(spaces);
      if (!socket.write('\r\n')) {
        socket.once('drain', pour);
        return;
      }
    }
  };
  pour();
}

/** A byte now and then, for as long as somebody listens. */
export function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
  const timer = setInterval(() => socket.write('1\r\n \r\n'), 50);
  socket.once('close', () => clearInterval(timer));
}

/** 100 MB of spaces in about 100 KB. */
export const BOMB = gzipSync(Buffer.alloc(100 * MEGABYTE, ' '));

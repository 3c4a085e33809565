import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** What a server does with a connection: `whenAsked` is called once the head of a request has come. */
export type Behaviour = (socket: Socket, whenAsked: (then: (head: string) => void) => void) => void;

export interface RawServer {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  /** Resolves when no connection is open, and at once where there is none. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** The file of the certificate that a {@link startRawServer} shows; whoever is to trust it has to be told. */
export const CERTIFICATE = fileURLToPath(new URL('../fixtures/tls/test-only.cert.pem', import.meta.url));
const KEY = fileURLToPath(new URL('../fixtures/tls/test-only.key.pem', import.meta.url));

/** A server of bytes on this machine, for answers that no HTTP library would give. */
export async function startRawServer(behave: Behaviour, { tls = false } = {}): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let settle = (): void => {};
  const accept = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) settle();
    });
  };
  const serve = (socket: Socket): void => {
    socket.on('error', () => {});
    behave(socket, (then) => {
      let seen = '';
      const read = (chunk: Buffer): void => {
        seen += chunk.toString('latin1');
        if (!seen.includes('\r\n\r\n')) return;
        socket.off('data', read);
        then(seen);
      };
      socket.on('data', read);
    });
  };
  const server: Server = tls
    ? createTlsServer({ key: readFileSync(KEY), cert: readFileSync(CERTIFICATE) }, serve)
    : createServer(serve);
  server.on('connection', accept);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    get connections() {
      return connections;
    },
    idle: () =>
      new Promise((resolve) => {
        settle = resolve;
        if (sockets.size === 0) resolve();
      }),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers each request with these bytes and closes the connection, or keeps it open. */
export function saying(bytes: string | Buffer, { keepOpen = false } = {}): Behaviour {
  return (socket, whenAsked) =>
    whenAsked(() => {
      if (keepOpen) socket.write(bytes);
      else socket.end(bytes);
    });
}

/** Begins to answer and never ends. */
export function endlessly(head: string, part: string): Behaviour {
  return (socket, whenAsked) =>
    whenAsked(() => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write(part));
      };
      socket.on('drain', pour);
      socket.write(head);
      pour();
    });
}

export const silent: Behaviour = (socket) => socket.resume();

/** Joins two connections. */
export function joined(one: Socket, other: Socket): void {
  other.on('error', () => one.destroy());
  one.on('close', () => other.destroy());
  one.pipe(other).pipe(one);
}

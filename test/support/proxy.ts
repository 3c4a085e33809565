import { createServer } from 'node:http';
import type { Socket } from 'node:net';

export interface SeenByProxy {
  /** Such as `CONNECT api.example.test:443`, or a method and a whole address. */
  readonly line: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface TestProxy {
  readonly address: string;
  readonly seen: readonly SeenByProxy[];
  /** Method and path of what came out of a tunnel, or was asked for by a whole address. */
  readonly served: readonly string[];
  close(): Promise<void>;
}

/**
 * An HTTP proxy on this machine. Whatever plain HTTP goes through it is answered `{"proxied":true}`; a
 * tunnel to port 443 is refused with status 407, as a proxy does that wants a password.
 */
export async function startProxy(): Promise<TestProxy> {
  const seen: SeenByProxy[] = [];
  const served: string[] = [];
  const sockets = new Set<Socket>();
  const target = createServer((request, response) => {
    served.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json').end('{"proxied":true}');
  });
  const proxy = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    target.emit('request', request, response);
  });
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  proxy.on('connect', (request, socket) => {
    seen.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    if (request.url?.endsWith(':443')) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    target.emit('connection', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    address: `127.0.0.1:${address.port}`,
    seen,
    served,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}

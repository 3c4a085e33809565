import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { EmulatorError, reasonOf } from '../errors.ts';
import { inUrl, loopbackAddress } from './loopback.ts';

/** Idle connections are kept longer than any client keeps them, so that no request meets a closing one. */
const KEEP_ALIVE_MS = 10 * 60_000;

/** Milliseconds for the headers of a request, and for all of it; a connection that takes longer is closed. */
const HEADERS_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Said here, because a variable of the runtime can change the usual one. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Each can hold the body of one request. */
const MAX_CONNECTIONS = 500;

/**
 * An HTTP server that accepts connections on a loopback address; `port` 0 means a free one. Its requests
 * are to be taken by a listener added in the same turn of the event loop.
 *
 * @throws EmulatorError HOST_REFUSED, PORT_UNAVAILABLE
 */
export async function listen(host: string, port: number): Promise<{ server: Server; url: string }> {
  const address = loopbackAddress(host);
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    server.listen(port, address);
    await once(server, 'listening');
  } catch (error) {
    throw new EmulatorError(
      'PORT_UNAVAILABLE',
      `cannot listen on port ${port} of ${address}: ${reasonOf(error)}. Use another port, or 0 for a free one.`,
      { cause: error },
    );
  }
  const bound = server.address();
  const actualPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return { server, url: `http://${inUrl(address)}:${actualPort}` };
}

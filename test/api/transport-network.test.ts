import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { LostAnswer, mayHaveBeenDone } from '../../src/api/failures.ts';
import type { Send } from '../../src/api/http.ts';
import { BadCertificate, ProxyFailure } from '../../src/api/http-failures.ts';
import type { ApiRequest } from '../../src/api/transport.ts';
import { Interrupted } from '../../src/text/errors.ts';
import {
  createTestTransport,
  deferred,
  failureOf,
  hintOf,
  type LocalServer,
  realSend,
  type Setup,
  startLocalServer,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Against real servers on this machine, where the runtime's own HTTP does what an imitation may not. */
let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const POST: ApiRequest = {
  operation: 'POST /organizations/{organization}/service-tokens',
  parameters: { organization: 'acme' },
  body: { name: 'ci' },
};
const GET: ApiRequest = {
  operation: 'GET /organizations/{organization}/service-tokens',
  parameters: { organization: 'acme' },
};

async function against(handle: RequestListener, setup: Setup = {}) {
  server = await startLocalServer(handle);
  return createTestTransport({ ...setup, baseUrl: server.url });
}

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const { port, close } = await startLocalServer(() => {});
  await close();
  return port;
}

/** A `send` that tells when the head of an answer is there. */
function announcing(): { send: Send; headers: Promise<void> } {
  const { promise, resolve } = deferred();
  return {
    headers: promise,
    send: async (url, request) => {
      const response = await realSend(url, request);
      resolve();
      return response;
    },
  };
}

const halfAnAnswer: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"id":');
};

describe('reading the body of an answer', () => {
  test('is part of the time that a try may take', async () => {
    const clock = new FakeClock();
    const { send, headers } = announcing();
    const transport = await against(halfAnAnswer, { clock, send, timeout: 5_000 });
    const work = failureOf(transport(POST));
    await headers;
    clock.advance(5_000);
    const failure = await work;
    expect(failure.code).toBe('TIMEOUT');
    expect(failure.message).toMatch(/^no answer from 127\.0\.0\.1:\d+ within 5 s$/);
    expect(mayHaveBeenDone(failure)).toBe(true);
  });

  test('ends at once with an interruption', async () => {
    const interruption = new AbortController();
    const reason = new Interrupted('SIGINT');
    const { send, headers } = announcing();
    const transport = await against(halfAnAnswer, { send, signal: interruption.signal });
    const work = transport(POST);
    await headers;
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  test('fails with the connection, and is tried again for a GET', async () => {
    let requests = 0;
    const transport = await against((_, response) => {
      requests += 1;
      if (requests === 3) {
        response.end('[]');
        return;
      }
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"id":', () => response.destroy());
    });
    expect(await transport(GET)).toMatchObject({ body: '[]', tries: 3 });
  });
});

describe('a request that reached a server', () => {
  test('and lost its connection may have been carried out', async () => {
    let requests = 0;
    const transport = await against((request) => {
      requests += 1;
      request.socket.destroy();
    });
    const failure = await failureOf(transport(POST));
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(failure.message).toMatch(
      /^could not reach the PlanetScale API at http:\/\/127\.0\.0\.1:\d+: the connection was (closed|reset)$/,
    );
    expect(mayHaveBeenDone(failure)).toBe(true);
    expect(requests).toBe(1);
  });

  test('and got nonsense back may have been carried out', async () => {
    const nonsense = createTcpServer((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    });
    await new Promise<void>((resolve) => nonsense.listen(0, '127.0.0.1', resolve));
    const address = nonsense.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const failure = await failureOf(createTestTransport({ baseUrl: `http://127.0.0.1:${port}` })(POST));
      expect(failure.code).toBe('NETWORK_ERROR');
      expect(mayHaveBeenDone(failure)).toBe(true);
    } finally {
      await new Promise((resolve) => nonsense.close(resolve));
    }
  });

  test('ends there as well when it is interrupted', async () => {
    const arrived = deferred();
    const gone = deferred();
    const interruption = new AbortController();
    const transport = await against(
      (request) => {
        request.socket.once('close', gone.resolve);
        arrived.resolve();
      },
      { signal: interruption.signal },
    );
    const work = transport(POST);
    await arrived.promise;
    const reason = new Interrupted('SIGINT');
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
    await gone.promise;
  });

  test('arrives with its method, headers and body', async () => {
    const seen: unknown[] = [];
    const transport = await against((request, response) => {
      let content = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => {
        content += chunk;
      });
      request.on('end', () => {
        seen.push(request.method, request.url, request.headers['content-type'], content);
        response.writeHead(204).end();
      });
    });
    const operation = 'DELETE /organizations/{organization}/service-tokens/{id}/access';
    await transport({
      operation,
      parameters: { organization: 'acme', id: 'ü' },
      body: { database: '', access: ['é'] },
    });
    expect(seen).toEqual([
      'DELETE',
      '/v1/organizations/acme/service-tokens/%C3%BC/access',
      'application/json',
      '{"database":"","access":["é"]}',
    ]);
  });

  test('arrives there even if the path of the base URL starts with two slashes', async () => {
    const seen: unknown[] = [];
    server = await startLocalServer((request, response) => {
      seen.push(request.headers.host, request.url);
      response.end('[]');
    });
    await createTestTransport({ baseUrl: `${server.url}//planets.invalid/x` })(GET);
    expect(seen).toEqual([
      `127.0.0.1:${server.port}`,
      '//planets.invalid/x/v1/organizations/acme/service-tokens',
    ]);
  });

  test('follows no redirect to another port of the same machine', async () => {
    let visits = 0;
    const other = await startLocalServer((_, response) => {
      visits += 1;
      response.end('[]');
    });
    const transport = await against((_, response) => {
      response.writeHead(302, { location: `${other.url}/v1/organizations` }).end();
    });
    const failure = await failureOf(transport(GET));
    await other.close();
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(visits).toBe(0);
  });
});

describe('a connection that was never made', () => {
  test('cannot have carried anything out, and is tried again for a GET', async () => {
    const transport = createTestTransport({ baseUrl: `http://127.0.0.1:${await closedPort()}` });
    const failure = await failureOf(transport(GET));
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(failure.message).toMatch(
      /^could not reach the PlanetScale API at http:\/\/127\.0\.0\.1:\d+: connection refused \(4 tries\)$/,
    );
    expect(mayHaveBeenDone(failure)).toBe(false);
  });

  test('to a name with several addresses says why, too', async () => {
    const transport = createTestTransport({ baseUrl: `http://localhost:${await closedPort()}` });
    const failure = await failureOf(transport(POST));
    expect(failure.message).toMatch(/connection refused$/);
    expect(mayHaveBeenDone(failure)).toBe(false);
  });

  test('because the server does not speak TLS is a network error', async () => {
    server = await startLocalServer(() => {});
    const failure = await failureOf(
      createTestTransport({ baseUrl: `https://127.0.0.1:${server.port}` })(POST),
    );
    expect(failure.code).toBe('NETWORK_ERROR');
  });
});

/** A `send` that fails with an error, before or after its connection stood. */
function failing(error: unknown, connected: boolean): Send {
  return (_, { onConnected }) => {
    if (connected) onConnected?.();
    return Promise.reject(error);
  };
}

describe('the reason of a network failure', () => {
  const coded = (code: string, message = `connect ${code} 192.0.2.1:443`): Error =>
    Object.assign(new Error(message), { code });

  test.each([
    ['ECONNREFUSED', 'connection refused'],
    ['ENOTFOUND', 'no such host'],
    ['EAI_AGAIN', 'temporary failure in name resolution'],
    ['EHOSTUNREACH', 'no route to the host'],
    ['ENETUNREACH', 'the network is unreachable'],
    ['ECONNRESET', 'the connection was reset'],
    ['EPIPE', 'the connection was closed'],
    ['EPROTO', 'the TLS handshake failed'],
    ['EUNHEARDOF', 'connect EUNHEARDOF 192.0.2.1:443'],
  ])('%s: %s, and whether it may have arrived is another question', async (code, reason) => {
    for (const connected of [false, true]) {
      const failure = await failureOf(createTestTransport({ send: failing(coded(code), connected) })(POST));
      expect(failure.message).toBe(
        `could not reach the PlanetScale API at https://api.example.test: ${reason}`,
      );
      expect(failure instanceof LostAnswer && failure.mayHaveArrived).toBe(connected);
    }
  });

  test.each([
    ['CERT_HAS_EXPIRED', 'its certificate has expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate chain contains a self-signed one'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate cannot be verified'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host'],
    ['NEVER_HEARD_OF', 'odd'],
  ])('%s: %s, which another try would not change', async (code, reason) => {
    let tries = 0;
    const cause = coded(code, 'odd');
    const errors = [
      new BadCertificate('no', { cause }),
      new ProxyFailure(
        new URL('http://joe:secret-word@proxy.example.test:3128'),
        new BadCertificate('no', { cause }),
      ),
    ];
    for (const error of errors) {
      const send: Send = () => {
        tries += 1;
        return Promise.reject(error);
      };
      const failure = await failureOf(createTestTransport({ send })(GET));
      expect(failure.message.endsWith(`: ${reason}`)).toBe(true);
      expect(failure.message).not.toContain('secret-word');
      expect(hintOf(failure)).toContain('NODE_EXTRA_CA_CERTS');
      expect(hintOf(failure)).toContain('SSL_CERT_FILE');
    }
    expect(tries).toBe(2);
  });

  test('names the proxy where there is no way through it', async () => {
    const proxy = new URL('http://joe:secret-word@proxy.example.test:3128');
    const send = failing(new ProxyFailure(proxy, new Error('refused with status 403')), false);
    const failure = await failureOf(createTestTransport({ send })(POST));
    expect(failure.message).toBe(
      'could not reach the PlanetScale API at https://api.example.test: the proxy at proxy.example.test:3128: refused with status 403',
    );
  });

  test('is never empty, and never longer than a message should be', async () => {
    for (const error of [coded('', ''), coded('EODD', ''), undefined, new Error('x'.repeat(10_000))]) {
      const failure = await failureOf(createTestTransport({ send: failing(error, true) })(POST));
      expect(failure.message).toMatch(/: \S/);
      expect(failure.message.length).toBeLessThan(600);
    }
  });
});

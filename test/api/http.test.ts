import { connect as connectTcp } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { LostAnswer, mayHaveBeenDone } from '../../src/api/failures.ts';
import { MAX_BODY, openHttp } from '../../src/api/http.ts';
import type { ApiRequest } from '../../src/api/transport.ts';
import { Interrupted } from '../../src/text/errors.ts';
import { createTestTransport, deferred, failureOf, hintOf, type Setup } from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';
import {
  type Behaviour,
  endlessly,
  joined,
  type RawServer,
  saying,
  silent,
  startRawServer,
} from '../support/raw-server.ts';

/** Against servers of bytes on this machine: what the runtime makes of what no HTTP server should say. */
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const GET: ApiRequest = {
  operation: 'GET /organizations/{organization}/service-tokens',
  parameters: { organization: 'acme' },
};
const POST: ApiRequest = {
  operation: 'POST /organizations/{organization}/service-tokens',
  parameters: { organization: 'acme' },
  body: { name: 'ci' },
};
const DELETE: ApiRequest = {
  operation: 'DELETE /organizations/{organization}/service-tokens/{id}',
  parameters: { organization: 'acme', id: 'k3j9x0q2m7ab' },
};

async function server(behave: Behaviour, options: { tls?: boolean } = {}): Promise<RawServer> {
  const started = await startRawServer(behave, options);
  open.push(started);
  return started;
}

/** Transport of one client, as the program has it, directly or through a proxy. */
async function client({ url, proxy, ...setup }: Setup & { url: string; proxy?: string }) {
  const http = await openHttp({
    origin: new URL(url),
    proxy: proxy === undefined ? undefined : new URL(proxy),
  });
  open.push(http);
  return { transport: createTestTransport({ ...setup, baseUrl: url, send: http.send }), http };
}

async function against(behave: Behaviour, setup: Setup = {}) {
  const raw = await server(behave);
  return { raw, ...(await client({ ...setup, url: `http://127.0.0.1:${raw.port}` })) };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const ok = (body: string): string => `${OK}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('an answer that is none', () => {
  const closed: [string, Behaviour][] = [
    ['closed before it', saying('')],
    ['reset before it', (socket, whenAsked) => whenAsked(() => socket.resetAndDestroy())],
    ['cut within its first line', saying('HTTP/1.1 2')],
    ['cut within its headers', saying(`${OK}content-le`)],
    ['cut within its body', saying(`${OK}content-length: 100\r\n\r\n{"id":`)],
    ['cut within a chunk', saying(`${OK}transfer-encoding: chunked\r\n\r\n64\r\n{"id":`)],
    ['cut behind a chunk', saying(`${OK}transfer-encoding: chunked\r\n\r\n2\r\n[]\r\n`)],
    ['closed behind an interim one', saying('HTTP/1.1 103 Early Hints\r\n\r\n')],
    ['of another protocol', saying('SSH-2.0-OpenSSH_9.6\r\n')],
    ['of HTTP/0.9', saying('[]')],
    ['of two lengths', saying(`${OK}content-length: 2\r\ncontent-length: 3\r\n\r\n[]`)],
    [
      'of a length and chunks',
      saying(`${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
    ],
  ];

  test.each(closed)('%s: a POST may have been carried out and has one connection', async (_, behave) => {
    const { raw, transport } = await against(behave);
    const failure = await failureOf(transport(POST));
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(mayHaveBeenDone(failure)).toBe(true);
    expect(raw.connections).toBe(1);
  });

  test.each(closed)('%s: a GET and a DELETE have four connections', async (_, behave) => {
    for (const request of [GET, DELETE]) {
      const { raw, transport } = await against(behave);
      expect((await failureOf(transport(request))).code).toBe('NETWORK_ERROR');
      expect(raw.connections).toBe(4);
    }
  });

  test.each([
    ['with upgrade headers', 'connection: upgrade\r\nupgrade: websocket\r\n\r\n'],
    ['without them', '\r\n'],
    ['with another answer behind it', `\r\n${ok('[]')}`],
  ])('101 %s is refused, not tried again, and its connection closed', async (_, rest) => {
    for (const request of [GET, POST, DELETE]) {
      const { raw, transport, http } = await against(
        saying(`HTTP/1.1 101 Switching Protocols\r\n${rest}`, { keepOpen: true }),
      );
      const failure = await failureOf(transport(request));
      expect(failure.code).toBe('INVALID_RESPONSE');
      expect(failure.message).toContain('with status 101');
      expect(raw.connections).toBe(1);
      http.close();
      await raw.idle();
    }
  });

  test('other interim answers are skipped', async () => {
    const interim = ['100 Continue', '102 Processing', '103 Early Hints', '199 Odd'];
    const { transport } = await against(
      saying(interim.map((line) => `HTTP/1.1 ${line}\r\n\r\n`).join('') + ok('[]')),
    );
    expect((await transport(GET)).body).toBe('[]');
  });

  test.each(['000', '199', '600', '999'])('a status of %s is no success', async (status) => {
    const { transport } = await against(saying(`HTTP/1.1 ${status} Odd\r\ncontent-length: 2\r\n\r\n[]`));
    expect((await failureOf(transport(DELETE))).code).toMatch(/^(INVALID_RESPONSE|API_ERROR|NETWORK_ERROR)$/);
  });

  test('a body behind 204 does not matter', async () => {
    const { transport } = await against(saying('HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n[]'));
    expect((await transport(DELETE)).status).toBe(204);
  });
});

describe('the bounds of an answer', () => {
  test.each([
    ['declared', `${OK}content-length: ${MAX_BODY + 1}\r\n\r\n`, ' '.repeat(1024)],
    ['streamed', `${OK}\r\n`, ' '.repeat(1024 * 1024)],
    [
      'streamed in chunks',
      `${OK}transfer-encoding: chunked\r\n\r\n`,
      `100000\r\n${' '.repeat(0x100000)}\r\n`,
    ],
  ])('a body of more than 64 MB is refused, %s, and its connection closed', async (_, head, part) => {
    const { raw, transport } = await against(endlessly(head, part));
    const failure = await failureOf(transport(GET));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toMatch(/answered GET http.* with a body of more than 64 MB$/);
    await raw.idle();
    expect(raw.connections).toBe(1);
  });

  test('a body of 64 MB is read, and not a byte more', async () => {
    const body = (length: number): string => `${OK}connection: close\r\n\r\n${' '.repeat(length)}`;
    const fitting = await against(saying(body(MAX_BODY)));
    expect((await fitting.transport(GET)).body).toHaveLength(MAX_BODY);
    const larger = await against(saying(body(MAX_BODY + 1)));
    expect((await failureOf(larger.transport(GET))).code).toBe('INVALID_RESPONSE');
  });

  test('a body that says that it is larger is refused before any of it has come', async () => {
    const { raw, transport } = await against(saying(`${OK}content-length: ${MAX_BODY + 1}\r\n\r\n`));
    expect((await failureOf(transport(GET))).message).toMatch(/with a body of more than 64 MB$/);
    expect(raw.connections).toBe(1);
  });

  test('headers of more than 64 KB are refused: one, many, endless ones, and trailers', async () => {
    const answers = [
      saying(`${OK}x: ${'a'.repeat(66_000)}\r\n\r\n`),
      saying(`${OK}${'x-header: aaaaaaaa\r\n'.repeat(5_000)}\r\n`),
      endlessly(OK, `x: ${'a'.repeat(1_000)}\r\n`),
      saying(`${OK}transfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nx: ${'a'.repeat(66_000)}\r\n\r\n`),
    ];
    for (const answer of answers) {
      const { raw, transport } = await against(answer);
      const failure = await failureOf(transport(GET));
      expect(failure.code).toBe('INVALID_RESPONSE');
      expect(failure.message).toMatch(/with more than 64 KB of headers$/);
      await raw.idle();
      expect(raw.connections).toBe(1);
    }
  });

  test('headers of 60 KB pass', async () => {
    const { transport } = await against(
      saying(`${OK}x: ${'a'.repeat(60_000)}\r\ncontent-length: 2\r\n\r\n[]`),
    );
    expect((await transport(GET)).body).toBe('[]');
  });

  test('no encoding is asked for, and none is decoded', async () => {
    let asked = '';
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const { transport } = await against((socket, whenAsked) =>
      whenAsked((head) => {
        asked = head;
        socket.write(`${OK}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
        socket.end(bomb);
      }),
    );
    const failure = await failureOf(transport(GET));
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toMatch(/in the encoding gzip, which was not asked for$/);
    expect(asked).toMatch(/accept-encoding: identity/i);
  });

  test.each([
    ['an encoding named identity', `${OK}content-encoding: Identity\r\ncontent-length: 2\r\n\r\n[]`],
    ['a byte order mark', `${OK}content-length: 5\r\n\r\n\u00ef\u00bb\u00bf[]`],
  ])('%s is passed over', async (_, answer) => {
    const { transport } = await against(saying(Buffer.from(answer, 'latin1')));
    expect((await transport(GET)).body).toBe('[]');
  });

  test('what is not UTF-8 is replaced, also where a character is cut between two parts', async () => {
    const { transport } = await against((socket, whenAsked) =>
      whenAsked(() => {
        socket.write(Buffer.from(`${OK}content-length: 10\r\n\r\n"\u00c3`, 'latin1'));
        setImmediate(() => socket.end(Buffer.from('\u00a9 \u00ff\u00c3 \u00e2\u0082"', 'latin1')));
      }),
    );
    expect((await transport(GET)).body).toBe('"é \ufffd\ufffd \ufffd"');
  });

  test('an answer that says no does so whatever becomes of its body', async () => {
    const bodies: [number, string, Behaviour][] = [
      [401, 'AUTH_INVALID', saying('HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\n{"mess')],
      [
        400,
        'INVALID_REQUEST',
        endlessly(`HTTP/1.1 400 No\r\ncontent-length: ${MAX_BODY + 1}\r\n\r\n`, ' '.repeat(1024)),
      ],
      [
        422,
        'INVALID_REQUEST',
        saying('HTTP/1.1 422 No\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n[]'),
      ],
      [403, 'API_ERROR', saying('HTTP/1.1 403 No\r\ncontent-length: 100\r\n\r\n<html>')],
    ];
    for (const [status, code, behave] of bodies) {
      const { transport } = await against(behave);
      const failure = await failureOf(transport(POST));
      expect([status, failure.code]).toEqual([status, code]);
      expect(mayHaveBeenDone(failure)).toBe(false);
    }
  });

  test('an answer that says no does so although the time for it runs out', async () => {
    const clock = new FakeClock();
    const asked = deferred();
    const { transport } = await against(
      (socket, whenAsked) =>
        whenAsked(() => {
          socket.write('HTTP/1.1 409 No\r\ncontent-length: 100\r\n\r\n{"mess', () =>
            setTimeout(asked.resolve, 50),
          );
        }),
      { clock, timeout: 5_000 },
    );
    const work = failureOf(transport(POST));
    await asked.promise;
    clock.advance(5_000);
    expect((await work).code).toBe('API_ERROR');
  });
});

describe('whether a request may have arrived', () => {
  const connectedBy = (request: ApiRequest) => {
    const seen = { connected: 0 };
    const onConnected = (): void => {
      seen.connected += 1;
    };
    return { seen, request: { ...request, onConnected } };
  };

  test('it may, once the connection stands', async () => {
    const { transport } = await against(saying(ok('[]')));
    const { seen, request } = connectedBy(GET);
    await transport(request);
    expect(seen.connected).toBe(1);
  });

  test('it may at once on a connection that was used before, which only a GET is sent over', async () => {
    const answering: Behaviour = (socket) => {
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk.toString('latin1');
        for (; seen.includes('\r\n\r\n'); seen = seen.slice(seen.indexOf('\r\n\r\n') + 4))
          socket.write(ok('[]'));
      });
    };
    const { raw, transport } = await against(answering);
    const { seen, request } = connectedBy(GET);
    for (let sent = 1; sent <= 3; sent += 1) await transport(request);
    expect([raw.connections, seen.connected]).toEqual([1, 3]);
    await transport(DELETE);
    await transport(DELETE);
    expect(raw.connections).toBe(3);
  });

  test.each([GET, POST])('it cannot where nobody listens: $operation', async (what) => {
    const gone = await startRawServer(silent);
    await gone.close();
    const { transport } = await client({ url: `http://127.0.0.1:${gone.port}` });
    const { seen, request } = connectedBy(what);
    const failure = await failureOf(transport(request));
    expect(failure instanceof LostAnswer && failure.mayHaveArrived).toBe(false);
    expect(seen.connected).toBe(0);
  });

  test('it cannot where the name does not resolve', async () => {
    const { transport } = await client({ url: 'http://planets.invalid' });
    const failure = await failureOf(transport(POST));
    expect(failure instanceof LostAnswer && failure.mayHaveArrived).toBe(false);
  });

  test('it cannot where the certificate is of an unknown authority; that is not tried again', async () => {
    const raw = await server(saying(ok('[]')), { tls: true });
    for (const request of [GET, POST, DELETE]) {
      const before = raw.connections;
      const { transport } = await client({ url: `https://127.0.0.1:${raw.port}` });
      const failure = await failureOf(transport(request));
      expect(failure.code).toBe('NETWORK_ERROR');
      expect(failure.message).toContain('its certificate is self-signed');
      expect(hintOf(failure)).toContain('NODE_EXTRA_CA_CERTS');
      expect(failure instanceof LostAnswer && failure.mayHaveArrived).toBe(false);
      expect(raw.connections - before).toBe(1);
    }
  });

  test('it cannot over https to a server that does not speak TLS', async () => {
    const raw = await server((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    const { transport } = await client({ url: `https://127.0.0.1:${raw.port}` });
    const failure = await failureOf(transport(POST));
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(failure instanceof LostAnswer && failure.mayHaveArrived).toBe(false);
  });

  test('it cannot while a TLS handshake hangs', async () => {
    const clock = new FakeClock();
    const reached = deferred();
    const raw = await server((socket) => socket.once('data', reached.resolve));
    const { transport } = await client({ url: `https://127.0.0.1:${raw.port}`, clock, timeout: 5_000 });
    const work = failureOf(transport(POST));
    await reached.promise;
    clock.advance(5_000);
    const failure = await work;
    expect(failure.code).toBe('TIMEOUT');
    expect(mayHaveBeenDone(failure)).toBe(false);
    await raw.idle();
  });

  test('it may over http to a port that speaks TLS: the request has gone there', async () => {
    const raw = await server(silent, { tls: true });
    const { transport } = await client({ url: `http://127.0.0.1:${raw.port}` });
    expect(mayHaveBeenDone(await failureOf(transport(POST)))).toBe(true);
  });
});

describe('a proxy', () => {
  const REFUSALS: [string, Behaviour, string][] = [
    ['closes at once', (socket) => socket.resume().end(), 'the connection was'],
    ['closes when it is asked', saying(''), 'the connection was'],
    [
      'resets when it is asked',
      (socket, whenAsked) => whenAsked(() => socket.resetAndDestroy()),
      'the connection was',
    ],
    [
      'refuses with 403',
      saying('HTTP/1.1 403 No\r\n\r\n<html>', { keepOpen: true }),
      'refused with status 403',
    ],
    ['refuses with 407', saying('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n'), 'refused with status 407'],
    [
      'redirects',
      saying('HTTP/1.1 302 No\r\nlocation: http://portal.test/\r\n\r\n'),
      'refused with status 302',
    ],
    [
      'changes the protocol',
      saying('HTTP/1.1 101 No\r\n\r\n', { keepOpen: true }),
      'refused with status 101',
    ],
    ['speaks before the tunnel is used', saying(`HTTP/1.1 200 OK\r\n\r\n${ok('[]')}`), 'status 200'],
    ['speaks no HTTP', saying('SSH-2.0-OpenSSH_9.6\r\n'), 'Parse Error'],
    ['sends headers without end', endlessly('HTTP/1.1 200 OK\r\n', `x: ${'a'.repeat(1_000)}\r\n`), 'headers'],
  ];

  test.each(
    REFUSALS.flatMap(([name, behave, reason]) =>
      [POST, GET].flatMap((request) =>
        ['http', 'https'].map((scheme) => ({ name, behave, reason, request, scheme })),
      ),
    ),
  )('that $name: nothing has arrived; a connection a try: $scheme $request.operation', async (each) => {
    const { behave, reason, request, scheme } = each;
    const raw = await server(behave);
    const { transport, http } = await client({
      url: `${scheme}://planets.invalid`,
      proxy: `http://joe:secret-word@127.0.0.1:${raw.port}`,
    });
    const failure = await failureOf(transport(request));
    expect(failure.code).toBe('NETWORK_ERROR');
    expect(failure.message).toContain(`the proxy at 127.0.0.1:${raw.port}: `);
    expect(failure.message).toContain(reason);
    expect(failure.message).not.toContain('secret-word');
    expect(failure instanceof LostAnswer && failure.mayHaveArrived).toBe(false);
    expect(raw.connections).toBe(request === GET ? 4 : 1);
    http.close();
    await raw.idle();
  });

  test.each([
    ['before it answers', silent],
    ['behind its 200', saying('HTTP/1.1 200 OK\r\n\r\n', { keepOpen: true })],
  ])('that is silent %s holds nobody longer than the try, and nothing has arrived', async (_, behave) => {
    const clock = new FakeClock();
    const asked = deferred();
    const raw = await server((socket, whenAsked) => {
      behave(socket, (then) =>
        whenAsked((head) => {
          then(head);
          socket.on('data', asked.resolve);
        }),
      );
      if (behave === silent) whenAsked(asked.resolve);
    });
    const { transport } = await client({
      url: 'https://planets.invalid',
      proxy: `http://127.0.0.1:${raw.port}`,
      clock,
      timeout: 5_000,
    });
    const work = failureOf(transport(POST));
    await asked.promise;
    clock.advance(5_000);
    const failure = await work;
    expect(failure.code).toBe('TIMEOUT');
    expect(mayHaveBeenDone(failure)).toBe(false);
    expect(raw.connections).toBe(1);
    await raw.idle();
  });

  test('that is not there: nothing has arrived', async () => {
    const gone = await startRawServer(silent);
    await gone.close();
    const { transport } = await client({
      url: 'https://planets.invalid',
      proxy: `http://127.0.0.1:${gone.port}`,
    });
    const failure = await failureOf(transport(POST));
    expect(failure.message).toContain('connection refused');
    expect(mayHaveBeenDone(failure)).toBe(false);
  });

  test('whose own certificate is of an unknown authority is not trusted, nor asked twice', async () => {
    const raw = await server(saying('HTTP/1.1 200 OK\r\n\r\n'), { tls: true });
    const { transport } = await client({
      url: 'https://planets.invalid',
      proxy: `https://127.0.0.1:${raw.port}`,
    });
    const failure = await failureOf(transport(GET));
    expect(failure.message).toContain('its certificate is self-signed');
    expect(raw.connections).toBe(1);
  });

  test('carries a request through a tunnel that checks the certificate at its end', async () => {
    const target = await server(saying(ok('[]')), { tls: true });
    const asked: string[] = [];
    const proxy = await server((socket, whenAsked) =>
      whenAsked((head) => {
        asked.push(head);
        const onward = connectTcp(target.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          joined(socket, onward);
        });
      }),
    );
    const { transport } = await client({
      url: 'https://planets.invalid',
      proxy: `http://joe:secret%2Dword@127.0.0.1:${proxy.port}`,
    });
    const failure = await failureOf(transport(GET));
    expect(failure.message).toBe(
      'could not reach the PlanetScale API at https://planets.invalid: its certificate is self-signed',
    );
    expect([proxy.connections, target.connections]).toEqual([1, 1]);
    expect(asked[0]).toMatch(/^CONNECT planets\.invalid:443 HTTP\/1\.1\r\n/);
    expect(asked[0]).toMatch(/\r\nhost: planets\.invalid:443\r\n/i);
    const basic = Buffer.from('joe:secret-word').toString('base64');
    expect(asked[0]).toMatch(new RegExp(`\r\nproxy-authorization: Basic ${basic}\r\n`, 'i'));
    expect(asked[0]).not.toMatch(/\r\nauthorization:/i);
  });

  test('carries http through a tunnel as well: once that stands, a request may have arrived', async () => {
    const target = await server(saying(''));
    const proxy = await server((socket, whenAsked) =>
      whenAsked(() => {
        const onward = connectTcp(target.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          joined(socket, onward);
        });
      }),
    );
    const { transport } = await client({
      url: 'http://planets.invalid',
      proxy: `http://127.0.0.1:${proxy.port}`,
    });
    expect(mayHaveBeenDone(await failureOf(transport(POST)))).toBe(true);
    expect([proxy.connections, target.connections]).toEqual([1, 1]);
  });
});

describe('closing', () => {
  test('ends what is under way, and lets nothing more be sent', async () => {
    const reached = deferred();
    const { raw, transport, http } = await against((_, whenAsked) => whenAsked(reached.resolve));
    const work = failureOf(transport(POST));
    await reached.promise;
    http.close();
    expect((await work).code).toBe('NETWORK_ERROR');
    await raw.idle();
    const failure = await failureOf(transport(POST));
    expect(mayHaveBeenDone(failure)).toBe(false);
    expect(raw.connections).toBe(1);
  });

  test('frees a connection that was kept', async () => {
    const { raw, transport, http } = await against(saying(ok('[]'), { keepOpen: true }));
    await transport(GET);
    const startedAt = performance.now();
    http.close();
    await raw.idle();
    // Without it the connection would be kept for four seconds.
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  test('is not needed after an interruption', async () => {
    const interruption = new AbortController();
    const reached = deferred();
    const { raw, transport } = await against((_, whenAsked) => whenAsked(reached.resolve), {
      signal: interruption.signal,
    });
    const reason = new Interrupted('SIGINT');
    const work = transport(POST);
    await reached.promise;
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
    await raw.idle();
  });
});

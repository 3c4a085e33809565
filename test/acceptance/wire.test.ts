import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { type CliResult, createHome, type Home, runCli } from '../support/cli.ts';
import {
  type Behaviour,
  CERTIFICATE,
  joined,
  type RawServer,
  silent,
  startRawServer,
} from '../support/raw-server.ts';

/** What the runtime's own variables, networks and proxies do to the real executable. */
let home: Home;
let emulator: Emulator;
const servers: RawServer[] = [];
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: { tokens: [{ id: 'tok000000001' }] } });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await emulator.close();
  home.remove();
});

const SECRET = 'pscale_oauth_EXAMPLEofTheCaller';
const CREATED = 'pscale_tkn_EXAMPLEofTheNewOne';

async function server(behave: Behaviour, options: { tls?: boolean } = {}): Promise<RawServer> {
  const started = await startRawServer(behave, options);
  servers.push(started);
  return started;
}

/** Heads of requests that came in. */
interface Api extends RawServer {
  readonly heads: readonly string[];
}

/** An API of one answer, and what it was asked. */
async function api(body: unknown, options: { tls?: boolean } = {}): Promise<Api> {
  const heads: string[] = [];
  const content = JSON.stringify(body);
  const started = await server(
    (socket, whenAsked) =>
      whenAsked((head) => {
        heads.push(head);
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
      }),
    options,
  );
  return Object.assign(started, { heads });
}

/** A proxy all of whose tunnels lead to one port of this machine. */
async function proxyTo(port: number): Promise<Api> {
  const heads: string[] = [];
  const started = await server((socket, whenAsked) =>
    whenAsked((head) => {
      heads.push(head);
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        joined(socket, onward);
      });
    }),
  );
  return Object.assign(started, { heads });
}

const LIST = { data: [], next_page: null };

function run(args: readonly string[], url: string, env: Record<string, string> = {}): Promise<CliResult> {
  return runCli([...args, '--format', 'json', '--insecure', '--timeout', '2s'], {
    home,
    env: {
      PLANETSCALE_API_URL: url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: SECRET,
      ...env,
    },
  });
}

describe('no variable of the runtime', () => {
  test('sends a request through a proxy that we would not use', async () => {
    const proxy = await proxyTo(1);
    const address = `http://127.0.0.1:${proxy.port}`;
    const forced = {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: address,
      http_proxy: address,
      HTTPS_PROXY: address,
      https_proxy: address,
      ALL_PROXY: address,
    };
    const target = await api(LIST);
    const loopback = await run(['list'], `http://127.0.0.1:${target.port}`, forced);
    expect([loopback.status, loopback.stdout.trim()]).toEqual([0, '[]']);
    if (process.platform !== 'win32') {
      // Not loopback by its spelling, and yet no other machine.
      const excepted = await run(['list'], `http://0.0.0.0:${target.port}`, {
        ...forced,
        NO_PROXY: '0.0.0.0/8',
      });
      expect([excepted.status, excepted.stdout.trim()]).toEqual([0, '[]']);
    }
    expect(proxy.connections).toBe(0);
  });

  test('switches the check of certificates off: the secret is not sent, and that is said', async () => {
    const target = await api(LIST, { tls: true });
    const url = `https://127.0.0.1:${target.port}`;
    const ran = await run(['list'], url, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(ran.status).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      error: expect.stringContaining('its certificate is self-signed'),
      issues: [{ code: 'NETWORK_ERROR' }],
    });
    expect(ran.stdout).toContain('NODE_EXTRA_CA_CERTS');
    expect(ran.stderr).toContain(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates are always checked.',
    );
    expect(target.heads).toEqual([]);
    expect(target.connections).toBe(1);
  });

  test('shows a credential, the caller’s, the proxy’s or a new one', async () => {
    const loud = { NODE_DEBUG: '*', BUN_CONFIG_VERBOSE_FETCH: 'curl', NODE_EXTRA_CA_CERTS: CERTIFICATE };
    const time = '2026-05-01T10:00:00Z';
    const created = { id: 'k3j9x0q2m7ab', name: 'ci', token: CREATED, created_at: time, last_used_at: null };
    const target = await api({ ...created, expires_at: null }, { tls: true });
    const proxy = await proxyTo(target.port);
    const ways = [
      { url: `https://127.0.0.1:${target.port}`, env: loud },
      {
        url: 'https://planets.invalid',
        env: { ...loud, HTTPS_PROXY: `http://joe:secret-word@127.0.0.1:${proxy.port}` },
      },
    ];
    const basic = Buffer.from('joe:secret-word').toString('base64');
    for (const { url, env } of ways) {
      const ran = await run(['create', '--name', 'ci'], url, env);
      expect(ran.status).toBe(0);
      expect(ran.stdout).toContain(CREATED);
      for (const secret of [SECRET, CREATED, 'secret-word', basic]) expect(ran.stderr).not.toContain(secret);
    }
    expect(target.heads).toHaveLength(2);
    for (const head of target.heads) expect(head).toMatch(new RegExp(`authorization: Bearer ${SECRET}`, 'i'));
    expect(proxy.heads[0]).toContain(basic);
  });
});

describe('NODE_EXTRA_CA_CERTS', () => {
  test('adds an authority, directly and behind a proxy, where the name must fit as well', async () => {
    const target = await api(LIST, { tls: true });
    const proxy = await proxyTo(target.port);
    const env = { NODE_EXTRA_CA_CERTS: CERTIFICATE };
    const through = { ...env, HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
    expect((await run(['list'], `https://127.0.0.1:${target.port}`, env)).stdout.trim()).toBe('[]');
    expect((await run(['list'], 'https://planets.invalid', through)).stdout.trim()).toBe('[]');
    const other = await run(['list'], 'https://moons.invalid', through);
    expect(other.stdout).toContain('its certificate is for another host');
    expect(target.heads).toHaveLength(2);
  });
});

describe('the process is gone', () => {
  test.each([
    ['behind a proxy that never answers', silent],
    [
      'behind a tunnel that leads nowhere',
      (socket, whenAsked) => whenAsked(() => socket.write('HTTP/1.1 200 OK\r\n\r\n')),
    ],
  ] satisfies [string, Behaviour][])(
    'after the time for its one try, %s, and claims no token',
    async (_, behave) => {
      const proxy = await server(behave);
      const startedAt = Date.now();
      const ran = await run(['create'], 'https://planets.invalid', {
        HTTPS_PROXY: `127.0.0.1:${proxy.port}`,
      });
      // The try, and what a busy machine takes to start a process; what is to be seen is minutes.
      expect(Date.now() - startedAt).toBeLessThan(12_000);
      expect(ran.status).toBe(2);
      expect(JSON.parse(ran.stdout)).toMatchObject({ issues: [{ code: 'TIMEOUT' }] });
      expect(ran.stdout).not.toMatch(/may have been created/i);
      expect(proxy.connections).toBe(1);
    },
  );

  test('behind a proxy that closes at once, after four connections', async () => {
    const proxy = await server((socket) => socket.resume().end());
    const ran = await run(['list'], 'https://planets.invalid', { HTTPS_PROXY: `127.0.0.1:${proxy.port}` });
    expect(ran.status).toBe(2);
    expect(proxy.connections).toBe(4);
  });
});

import { describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { connect } from '../../src/api/connect.ts';
import type { Exchange } from '../../src/api/transport.ts';
import { resolveSettings } from '../../src/settings/resolve.ts';
import type { GlobalFlags } from '../../src/settings/variables.ts';
import { Interrupted } from '../../src/text/errors.ts';
import {
  API,
  failureOf,
  interceptApi,
  json,
  listOf,
  noAnswer,
  SECRET,
  status,
  tokenRow,
} from '../support/api.ts';
import { FakeClock, untoldTime } from '../support/fake-clock.ts';

const api = interceptApi();

const PAIR = { serviceTokenId: 'callerid0000', serviceToken: SECRET };

function connecting(flags: GlobalFlags, variables: Readonly<Record<string, string>> = {}) {
  const home = '/nonexistent-home-of-a-test';
  const environment = { variables, workingDirectory: home, home, platform: 'linux' } as const;
  const settings = resolveSettings({ apiUrl: API, ...flags }, environment, { warnings: [] });
  const clock = new FakeClock();
  const interruption = new AbortController();
  const exchanges: Exchange[] = [];
  const secrets: string[] = [];
  const client = connect(settings, {
    environment,
    clock,
    time: untoldTime(clock),
    random: () => 0.5,
    signal: interruption.signal,
    observe: (exchange) => exchanges.push(exchange),
    warn: () => {},
    keepSecret: (found) => secrets.push(...found),
  });
  return { client, clock, interruption, exchanges, secrets };
}

describe('a client for the settings in force', () => {
  test.each<[string, GlobalFlags, string]>([
    ['a service token', PAIR, `callerid0000:${SECRET}`],
    ['a user’s token', { apiToken: 'pscale_oauth_EXAMPLE' }, 'Bearer pscale_oauth_EXAMPLE'],
    ['a service token where both are there', { ...PAIR, apiToken: 'x' }, `callerid0000:${SECRET}`],
  ])('sends %s, and says who it is', async (_, flags, authorization) => {
    api().answers(json(listOf()));
    await (await connecting(flags).client).listServiceTokens('acme');
    const headers = api().requests[0]?.headers;
    expect(headers?.authorization).toBe(authorization);
    expect(headers?.['user-agent']).toBe(`pscale-service-token/${version}`);
  });

  test('sends to the address in force, its path included', async () => {
    api().answers(json(listOf()));
    const { client } = connecting({ ...PAIR, apiUrl: 'https://proxy.example.test/planetscale/' });
    await (await client).listServiceTokens('acme');
    expect(api().log).toEqual([
      'GET https://proxy.example.test/planetscale/v1/organizations/acme/service-tokens?per_page=100',
    ]);
  });

  test('gives each try the time in force', async () => {
    api().answers(status(503), json(listOf()));
    const { client, clock } = connecting({ ...PAIR, timeout: '1m30s' });
    await (await client).listServiceTokens('acme');
    expect(clock.timeouts).toEqual([90_000, 90_000]);
    expect(clock.slept).toEqual([188]);
  });

  test('tells of each try', async () => {
    api().answers(status(503), json(listOf()));
    const { client, exchanges } = connecting(PAIR);
    await (await client).listServiceTokens('acme');
    expect(exchanges.map(({ phase, tries }) => `${phase} ${tries}`)).toEqual([
      'request 1',
      'response 1',
      'request 2',
      'response 2',
    ]);
  });

  test('tells the secret before anything is sent, so that it can be left out of what is printed', async () => {
    const { client, secrets } = connecting(PAIR);
    await client;
    expect(secrets).toEqual([SECRET]);
    expect(api().log).toEqual([]);
  });

  test('ends at once with the signal, in the middle of a list too', async () => {
    api().answers(
      json({ ...listOf(tokenRow), next_page: 2, total_pages: 9 }),
      ...Array.from({ length: 6 }, () => noAnswer),
    );
    const { client, interruption } = connecting(PAIR);
    const work = (await client).listServiceTokens('acme');
    await api().received(7);
    const reason = new Interrupted('SIGINT');
    interruption.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(api().requests).toHaveLength(7);
  });

  test('names where the organization came from when it is not found', async () => {
    api().answers(status(404));
    const { client } = connecting({ apiToken: 'x' }, { PLANETSCALE_ORG: 'acme' });
    const failure = await failureOf((await client).listServiceTokens('acme'));
    expect(failure.message).toContain('PLANETSCALE_ORG');
  });
});

describe('there is no client', () => {
  test('without credentials', async () => {
    expect((await failureOf(connecting({}).client)).code).toBe('NO_AUTH');
  });

  test('with a proxy that is none', async () => {
    const failure = await failureOf(connecting(PAIR, { HTTPS_PROXY: 'socks5://x' }).client);
    expect(failure.code).toBe('INVALID_CONFIG');
  });
});

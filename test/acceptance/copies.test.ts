import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Emulator,
  type EmulatorOptions,
  type Reshape,
  startEmulator,
} from '../../src/emulator/index.ts';
import { atEveryRequest, FAULT_NAMES, faultAt, RETRIES } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { SIGNAL_PLANS, signalAtEveryRequest } from '../support/interrupted.ts';
import { issueVariables } from '../support/issue-promise.ts';

const ID = 'tok000000001';
const ACCESS = [{ database: 'shop', access: ['read_branch'] }, { access: ['read_databases'] }];
/** What the address of this machine is in, so that a copy works from here. */
const HERE = ['127.0.0.0/8', '203.0.113.7/32'];

let emulator: Emulator;
beforeEach(() => emulate({ name: 'ci' }));
afterEach(() => emulator.close());

async function emulate(token: Record<string, unknown>, options: EmulatorOptions = {}): Promise<void> {
  if (emulator) await emulator.close();
  emulator = await startEmulator({ ...options, seed: { tokens: [{ id: ID, access: ACCESS, ...token }] } });
}

const play = (...argv: readonly string[]) => runInMemory(argv, { variables: issueVariables(emulator) });
const tokens = () => emulator.snapshot().service_tokens;
const copies = () => tokens().filter(({ id }) => id !== ID);
const changing = () => emulator.requests.filter(({ method }) => method !== 'GET');

/** Both commands that make a copy; the original stays. */
const COPYING: readonly { readonly argv: readonly string[] }[] = [
  { argv: ['duplicate', ID] },
  { argv: ['rotate', ID, '--keep-old'] },
];

/** Makes something else of each token that an API answers. */
function tokensAs(change: (token: Record<string, unknown>) => void): Reshape {
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('secret_sha256' in value || 'last_used_at' in value) change(Object(value));
    for (const inner of Object.values(value)) walk(inner);
  };
  return (body) => {
    walk(body);
    return body;
  };
}

describe.each(COPYING)('$argv', ({ argv }) => {
  test('keeps the restrictions, from the first moment on', async () => {
    await emulate({ name: 'ci', cidrs: HERE });
    const ran = await play(...argv, '--format', 'json');
    expect(ran.status).toBe(0);
    expect(copies()).toMatchObject([{ cidrs: HERE, grants: tokens()[0]?.grants }]);
    expect(changing()[0]).toMatchObject({ method: 'POST', body: { cidrs: HERE } });
  });

  test('of a token that is refused from here says so, and compares it all the same where it is not tried', async () => {
    await emulate({ name: 'ci', cidrs: ['203.0.113.0/24'] });
    const refused = await play(...argv);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('it only works from 203.0.113.0/24');
    expect(refused.stderr).toContain('--skip-verification');
    expect(copies()).toEqual([]);
    const ran = await play(...argv, '--skip-verification', '--format', 'json');
    expect(ran.status).toBe(0);
    expect(copies()).toMatchObject([{ cidrs: ['203.0.113.0/24'], last_used_at: null }]);
  });

  test('takes other restrictions, or none, only where they are said', async () => {
    await emulate({ name: 'ci', cidrs: ['203.0.113.0/24'] });
    expect((await play(...argv, '--cidrs', '')).status).toBe(1);
    expect(changing()).toEqual([]);
    expect((await play(...argv, '--cidrs', '127.0.0.1')).status).toBe(0);
    expect(copies()).toMatchObject([{ cidrs: ['127.0.0.1/32'] }]);
    await emulate({ name: 'ci', cidrs: ['203.0.113.0/24'] });
    expect((await play(...argv, '--unrestricted')).status).toBe(0);
    expect(copies()).toMatchObject([{ cidrs: [] }]);
  });

  test.each([
    ['lives longer than it is to', 3_600, 90_000],
    ['lives shorter than it is to', 3_600, 3_000],
    ['ends, and is not to', undefined, 90_000],
  ])('takes back a copy that %s', async (_, ttl, answered) => {
    const now = Date.now();
    const end = (seconds: number): string => new Date(now + seconds * 1_000).toISOString();
    const reshape: Reshape = (body, { method, url }) =>
      method === 'POST' && url.endsWith('/service-tokens')
        ? { ...Object(body), expires_at: end(answered) }
        : body;
    const created_at = new Date(now).toISOString();
    await emulate({ name: 'ci', created_at, ...(ttl && { expires_at: end(ttl) }) }, { reshape });
    const ran = await play(...argv);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('verifying the new token failed: it expires at');
    expect(copies()).toEqual([]);
  });

  test('takes back a copy that is not restricted as it is to be', async () => {
    await emulate({ name: 'ci', cidrs: HERE }, { ignores: ['POST cidrs'] });
    const ran = await play(...argv);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('did not confirm the IP restrictions');
    expect(copies()).toEqual([]);
  });

  test('of a token whose restrictions are hidden is refused, unless they are said not to matter', async () => {
    const reshape = tokensAs((token) => delete token.cidrs);
    await emulate({ name: 'ci' }, { reshape });
    const ran = await play(...argv);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('does not show the IP restrictions');
    expect(changing()).toEqual([]);
    expect((await play(...argv, '--without', 'cidrs')).status).toBe(0);
  });

  test('of an API of August is a copy as before', async () => {
    await emulate({ name: 'ci' }, { edition: '2026-08' });
    expect((await play(...argv)).status).toBe(0);
    expect(copies()).toMatchObject([{ grants: tokens()[0]?.grants }]);
  });

  test.each([
    ['mfa', ['totp']],
    ['approval', { by: 'Kim' }],
    ['ip_ranges', '10.0.0.0/8'],
    ['allow_writes', true],
    ['policy', 'strict'],
    ['not_before', '2026-12-01T00:00:00Z'],
  ])('of a token with %s, which may be a rule, is refused', async (name, value) => {
    await emulate({ name: 'ci' }, { reshape: tokensAs((token) => Object.assign(token, { [name]: value })) });
    const ran = await play(...argv);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(`has ${name}, which`);
    expect(ran.stderr).toContain(`--without ${name}`);
    expect(changing()).toEqual([]);
    expect((await play(...argv, '--without', name)).status).toBe(0);
  });

  test.each([
    ['team_url', 'https://example.com'],
    ['actor_team', ['x']],
    ['last_used_by', ['x']],
    ['restrictions', []],
    ['allowed', false],
    ['policy', null],
  ])('does not mind %s: %j', async (name, value) => {
    await emulate({ name: 'ci' }, { reshape: tokensAs((token) => Object.assign(token, { [name]: value })) });
    expect((await play(...argv)).status).toBe(0);
  });

  test('takes back a copy whose unknown value is another one', async () => {
    const reshape = tokensAs((token) => Object.assign(token, { tier: token.id === ID ? 'gold' : 'silver' }));
    await emulate({ name: 'ci' }, { reshape });
    const ran = await play(...argv);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('its tier is "silver", but that of the original is "gold"');
    expect(copies()).toEqual([]);
    expect((await play(...argv, '--without', 'tier')).status).toBe(0);
  });

  test('of a token that was changed since needs to be told how long it is to live', async () => {
    await emulate({
      name: 'ci',
      created_at: '2026-10-01T00:00:00Z',
      updated_at: '2026-10-01T00:05:01Z',
      expires_at: '2999-01-01T00:00:00Z',
    });
    const ran = await play(...argv);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('--ttl or --expires-at');
    expect(changing()).toEqual([]);
    expect((await play(...argv, '--ttl', '1h')).status).toBe(0);
    await emulate({
      name: 'ci',
      created_at: '2026-10-01T00:00:00Z',
      updated_at: '2026-10-01T00:05:00Z',
      expires_at: '2026-10-02T00:00:00Z',
    });
    expect((await play(...argv)).status).toBe(0);
    const [copy] = copies();
    expect(Date.parse(copy?.expires_at ?? '') - Date.parse(copy?.created_at ?? '')).toBe(86_400_000);
  });
});

/** What a permission for all databases might look like. */
const STRANGE_GRANTS = [
  ['without a resource', { resource_id: null, resource_name: null, resource_type: null }],
  [
    'on an unknown kind of resource',
    { resource_id: 'x', resource_name: 'all', resource_type: 'DatabaseGroup' },
  ],
  [
    'of databases on the organization',
    { resource_id: 'o', resource_name: 'acme', resource_type: 'Organization' },
  ],
] as const;

describe.each(STRANGE_GRANTS)('a permission %s', (_, resource) => {
  const row = { id: 'x', type: 'ServiceTokenGrant', ...resource, accesses: [{ access: 'read_branch' }] };
  beforeEach(() =>
    emulate(
      { name: 'ci' },
      {
        reshape: (body, { url }) =>
          url.includes('/grants') ? { type: 'list', next_page: null, prev_page: null, data: [row] } : body,
      },
    ),
  );

  test.each([
    ['show', ID],
    ['show-access', ID],
    ['permissions', '--of', ID],
  ])('is shown as it comes: %s', async (...argv) => {
    for (const format of ['human', 'csv', 'json']) {
      expect((await play(...argv, '--format', format)).status).toBe(0);
    }
    if (argv[0] !== 'permissions')
      expect((await play(...argv, '--format', 'csv')).stdout).toContain('read_branch');
  });

  test.each(COPYING)('is never left out of a copy: $argv', async ({ argv }) => {
    const ran = await play(...argv);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(`token ${ID} holds read_branch on`);
    expect(changing()).toEqual([]);
  });
});

const network = fc.tuple(fc.integer({ min: 1, max: 32 }), fc.nat(0xffffffff)).map(([prefix, value]) => {
  const masked = prefix === 32 ? value : value - (value % 2 ** (32 - prefix));
  return `${[24, 16, 8, 0].map((shift) => Math.floor(masked / 2 ** shift) % 256).join('.')}/${prefix}`;
});

const moment = fc
  .integer({ min: Date.UTC(2020, 0), max: Date.UTC(2026, 9) })
  .map((time) => new Date(Math.floor(time / 1_000) * 1_000).toISOString());

test('whatever a token is, its copy holds the same, is restricted the same and lives as long, or there is none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        name: fc.option(fc.string({ maxLength: 40 })),
        created_at: moment,
        life: fc.option(fc.integer({ min: 1, max: 10_000_000 })),
        changedAfter: fc.integer({ min: 0, max: 600 }),
        cidrs: fc.array(network, { maxLength: 10 }),
        access: fc.subarray([
          { access: ['read_databases', 'read_organization'] },
          { database: 'shop', access: ['read_branch', 'create_branch'] },
          { database: 'blog', access: ['connect_branch'] },
        ]),
      }),
      async ({ life, changedAfter, created_at, ...rest }) => {
        const after = (seconds: number) => new Date(Date.parse(created_at) + seconds * 1_000).toISOString();
        await emulate({
          ...rest,
          created_at,
          updated_at: after(changedAfter),
          expires_at: life === null ? null : after(life),
        });
        const ran = await play('duplicate', ID, '--skip-verification', '--format', 'json');
        const [source] = tokens();
        const [copy] = copies();
        if (ran.status !== 0) {
          expect(copies()).toEqual([]);
          expect(life !== null && changedAfter > 300).toBe(true);
          return;
        }
        expect(copy?.grants).toEqual(source?.grants);
        expect(new Set(copy?.cidrs)).toEqual(new Set(source?.cidrs));
        const lived = copy?.expires_at && Date.parse(copy.expires_at) - Date.parse(copy.created_at);
        expect(lived).toBe(life === null ? null : life * 1_000);
        expect(copy?.name).toBe(source?.name ? `${source.name}-copy` : null);
      },
    ),
    { numRuns: 60 },
  );
});

describe('duplicate of a restricted token with something wrong at every request in turn', () => {
  const SEED = { tokens: [{ id: ID, name: 'ci', cidrs: HERE, access: ACCESS }] };
  const DUPLICATE = ['duplicate', ID, '--format', 'json'];

  /** One more token at most, restricted at every moment, and handed over, told of, or said to be possible. */
  function check(
    { stdout, stderr, status }: { stdout: string; stderr: string; status: number },
    one: Emulator,
  ) {
    const [source, ...others] = one.snapshot().service_tokens;
    expect(source).toMatchObject({ id: ID, name: 'ci', cidrs: HERE });
    expect(others.length).toBeLessThanOrEqual(1);
    for (const copy of others) {
      expect(copy.cidrs).toEqual(HERE);
      const isHandedOver = status === 0 && stdout.includes(copy.id);
      const isTold = `${stdout}${stderr}`.includes(`delete ${copy.id} --org acme`);
      const isPossible = `${stdout}${stderr}`.includes('A token may have been created');
      expect([isHandedOver, isTold, isPossible]).toContain(true);
    }
    if (status === 0) expect(others).toHaveLength(1);
  }

  test.each(FAULT_NAMES)('%s, once and for all tries', async (name) => {
    for (const times of [1, RETRIES]) {
      await atEveryRequest({ seed: SEED }, async (one, index) => {
        one.inject(faultAt(index, name, times));
        check(await runInMemory(DUPLICATE, { variables: issueVariables(one) }), one);
      });
    }
  });

  test.each(SIGNAL_PLANS)('a signal, $when, $reaction', async (plan) => {
    const surroundings = { seed: SEED, variablesOf: issueVariables };
    await signalAtEveryRequest(DUPLICATE, surroundings, plan, ({ ended, emulator: one, status }) => {
      expect(ended.status).toBe(status);
      check(ended, one);
    });
  });
});

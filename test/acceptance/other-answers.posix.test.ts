import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { createFolder, type Folder } from '../access/world.ts';
import { type Ran, runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';

/** Answers about something else than what was asked: whatever they name is not touched. */

const ID = 'tokasked0001';
const OTHER = 'tokother0001';
const CREATED = '2026-04-01T00:00:00.000Z';
const ENDS = '2027-04-01T00:00:00.000Z';
const SEED = {
  tokens: [
    { id: ID, name: 'ci', created_at: CREATED, access: [{ database: 'shop', access: ['read_branch'] }] },
    {
      id: OTHER,
      name: 'another',
      created_at: CREATED,
      expires_at: ENDS,
      access: [{ access: ['read_organization'] }],
    },
  ],
};
const OTHER_TOKEN = {
  id: OTHER,
  type: 'ServiceToken',
  name: 'another',
  token: null,
  created_at: CREATED,
  updated_at: CREATED,
  expires_at: ENDS,
  last_used_at: null,
  cidrs: [],
  actor_id: null,
  actor_display_name: null,
  actor_type: null,
};

let emulator: Emulator;
let folder: Folder;
beforeEach(() => {
  folder = createFolder();
});
afterEach(async () => {
  await emulator.close();
  folder.remove();
});

/** An API that answers requests of that kind with something else. */
async function answering(kind: RegExp, other: unknown, options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator({
    ...options,
    seed: SEED,
    reshape: (body, { method, url }) => (kind.test(`${method} ${url.replace(/\?.*/, '')}`) ? other : body),
  });
}

function play(argv: readonly string[]): Promise<Ran> {
  const variables = { ...issueVariables(emulator), PATH: process.env.PATH ?? '' };
  return runInMemory(argv, { variables, workingDirectory: folder.path });
}

const seeded = () => emulator.snapshot().service_tokens.filter(({ id }) => id === ID || id === OTHER);
const ofOther = () => emulator.requests.filter(({ url }) => url.includes(OTHER)).map(({ method }) => method);

const LOOK = /^GET .*\/service-tokens\/\w+$/;
const UPDATE = /^PATCH /;
const CREATION = /^POST .*\/service-tokens$/;
const COPIED = ['--name', 'copy'];

describe('a look at a token that is answered with another one', () => {
  test.each([
    ['show', ['show', ID]],
    ['duplicate', ['duplicate', ID]],
    ['rotate', ['rotate', ID, '-e', '.env']],
    ['rotate --delete-old-after', ['rotate', ID, '--delete-old-after', '1h', '-e', '.env']],
  ])('ends %s, and nothing is changed', async (_, argv) => {
    await answering(LOOK, OTHER_TOKEN);
    const before = emulator.snapshot();
    const { status, stdout } = await play([...argv, '--format', 'json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code: 'INVALID_RESPONSE' }] });
    expect(stdout).toContain(`about token ${OTHER} instead of ${ID}`);
    expect(emulator.snapshot()).toEqual(before);
    expect(ofOther()).toEqual([]);
  });
});

describe('an update that is answered with another token', () => {
  test('is done where a look at the token shows it', async () => {
    await answering(UPDATE, { ...OTHER_TOKEN, name: 'new' });
    expect(await play(['update', ID, '--name', 'new'])).toMatchObject({ status: 0 });
    expect(seeded().map(({ name }) => name)).toEqual(['new', 'another']);
  });

  test.each([
    ['name', ['--name', 'new'], { name: 'new' }],
    ['ttl', ['--ttl', '1h'], { expires_at: new Date(Date.now() + 3_600_000).toISOString() }],
  ] as const)(
    'is not done where it has the wanted %s and the token has not',
    async (field, flags, wanted) => {
      await answering(UPDATE, { ...OTHER_TOKEN, ...wanted }, { ignores: [`PATCH ${field}`] });
      const { status, stderr } = await play(['update', ID, ...flags]);
      expect(status).toBe(2);
      expect(stderr).toContain(`the update of token ${ID} was not confirmed`);
      expect(stderr).toContain(`about token ${OTHER} instead of ${ID}`);
    },
  );

  test('of a rotation is not taken for the mark of the old one', async () => {
    await answering(UPDATE, OTHER_TOKEN, { ignores: ['PATCH name'] });
    const { status, stderr } = await play(['rotate', ID, '--delete-old-after', '1h', '-e', '.env']);
    expect(status).toBe(2);
    expect(stderr).toContain(ID);
    expect(ofOther()).toEqual([]);
  });
});

/** Every command that makes a token. */
const MAKING: [string, readonly string[]][] = [
  ['create', ['create', ...COPIED, '--access', 'shop=read_branch', '-e', '.env']],
  ['create without permissions', ['create', ...COPIED, '-e', '.env']],
  ['exec', ['exec', '--access', 'shop=read_branch', '--', 'touch', '.env']],
  ['duplicate', ['duplicate', ID, ...COPIED, '-e', '.env']],
  ['rotate', ['rotate', ID, '-e', '.env']],
  ['apply', ['access', 'apply', 'tokens.yml', '--force', '-e', '.env']],
];

const EXISTING: [string, Record<string, unknown>][] = [
  ['an existing token', OTHER_TOKEN],
  ['an existing token and a secret', { ...OTHER_TOKEN, token: 'pscale_tkn_EXAMPLEofAnother' }],
  ['the token that was asked for before', { ...OTHER_TOKEN, id: ID, created_at: new Date().toISOString() }],
  ['a part of an existing token', { id: OTHER, created_at: CREATED }],
  ['the id of an existing token', { id: OTHER }],
];

describe.each(EXISTING)('a creation that is answered with %s', (_, answer) => {
  test.each(MAKING)(
    'ends %s: it is named, and neither changed, delivered nor deleted',
    async (name, argv) => {
      // A creation by itself asks for no token before.
      if (answer.id === ID && !['duplicate', 'rotate', 'apply'].includes(name)) return;
      folder.write(
        'version: 1\norganization: acme\nowns: [x]\ntokens: {x: {access: {databases: {shop: [read_branch]}}}}\n',
      );
      await answering(CREATION, answer);
      const before = seeded();
      const { status, stdout, stderr } = await play(argv);
      expect([2, 125]).toContain(status);
      expect(stdout + stderr).toContain(`the creation of a token with ${answer.id}, which`);
      expect(stdout + stderr).toContain('A token may have been created');
      expect(stdout + stderr).not.toContain('pscale_tkn_');
      expect(seeded().map(({ last_used_at, ...token }) => token)).toEqual(
        before.map(({ last_used_at, ...token }) => token),
      );
      expect(existsSync(join(folder.path, '.env'))).toBe(false);
      const changes = emulator.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);
      expect(changes).toEqual(['POST']);
    },
  );
});

describe('a token that is to end, and whose end the API does not take', () => {
  test.each<[string, readonly string[]]>([
    ['create', ['create', ...COPIED, '--ttl', '1h', '-e', '.env']],
    ['exec', ['exec', '--access', 'shop=read_branch', '--ttl', '1h', '--', 'touch', '.env']],
    ['duplicate', ['duplicate', ID, '--ttl', '1h', '-e', '.env']],
    ['rotate', ['rotate', ID, '--ttl', '1h', '-e', '.env']],
  ])('is taken back by %s', async (_, argv) => {
    emulator = await startEmulator({ seed: SEED, ignores: ['POST ttl'] });
    const { status, stderr } = await play(argv);
    expect([2, 125]).toContain(status);
    expect(stderr).toContain('did not confirm the expiry of the new token: sent 60 min, received none');
    expect(stderr).toContain('was created and then rolled back');
    expect(emulator.snapshot().service_tokens).toHaveLength(2);
    expect(existsSync(join(folder.path, '.env'))).toBe(false);
  });
});

describe('a branch, or a database, that is another one', () => {
  const BRANCH = /branches\/?/;
  test.each<[string, RegExp, readonly string[]]>([
    ['branch show', BRANCH, ['branch', 'show', 'shop', 'main']],
    ['branch create', /^POST .*\/branches$/, ['branch', 'create', 'shop', 'fix']],
    ['branch create (its database)', /^GET .*\/databases\/shop$/, ['branch', 'create', 'shop', 'fix']],
  ])('is refused by %s', async (_, kind, argv) => {
    await answering(kind, {
      id: 'another00000',
      name: 'another',
      kind: 'mysql',
      parent_branch: null,
      region: { slug: 'us-east' },
      production: false,
      ready: true,
      created_at: CREATED,
      updated_at: CREATED,
    });
    const { status, stdout } = await play([...argv, '--format', 'json']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ issues: [{ code: 'INVALID_RESPONSE' }] });
    expect(stdout).toContain('another instead of');
  });
});

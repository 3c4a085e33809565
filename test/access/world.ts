import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import { type HostOptions, NOW, type Ran, runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';

/** A folder for files, beside an emulator. */
export interface Folder {
  readonly path: string;
  write(content: string, name?: string): void;
  remove(): void;
}

export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'access-file-'));
  return {
    path,
    write: (content, name = 'tokens.yml') => writeFileSync(join(path, name), content),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Tokens, a folder with a file, and what `access` does with both. */
export class World {
  readonly emulator: Emulator;
  readonly folder: Folder;
  readonly options: HostOptions;

  constructor(emulator: Emulator, folder: Folder) {
    this.emulator = emulator;
    this.folder = folder;
    this.options = { variables: issueVariables(emulator), workingDirectory: folder.path, now: NOW };
  }

  run(...argv: readonly string[]): Promise<Ran> {
    return runInMemory(['access', ...argv], this.options);
  }

  tokens() {
    return this.emulator.snapshot().service_tokens;
  }

  /** The token whose secret is in the env file of that name. */
  tokenOf(file: string) {
    const secret = /^PLANETSCALE_SERVICE_TOKEN=(\S+)$/m.exec(
      readFileSync(join(this.folder.path, file), 'utf8'),
    )?.[1];
    return this.tokens().find(({ secret_sha256 }) => secret_sha256 === digestOf(secret ?? ''));
  }

  /** What was sent that changes something. */
  changesSent(): string[] {
    return this.emulator.requests
      .filter(({ method }) => method !== 'GET')
      .map(
        ({ method, url, body }) =>
          `${method} ${url.replace(/^.*service-tokens/, '')} ${JSON.stringify(body ?? null)}`,
      );
  }
}

/** Plays in a world of its own. */
export async function inWorld(
  tokens: readonly unknown[],
  play: (world: World) => Promise<void>,
): Promise<void> {
  const folder = createFolder();
  const emulator = await startEmulator({ seed: { tokens }, clock: { now: () => NOW } });
  try {
    await play(new World(emulator, folder));
  } finally {
    await emulator.close();
    folder.remove();
  }
}

const OLD = '2026-04-01T00:00:00Z';

/** Tokens, and a file that asks for every kind of change. */
export const EVERY_CHANGE = {
  seed: {
    tokens: [
      {
        id: 'tokfirst0001',
        name: 'ci-first',
        created_at: OLD,
        access: [{ database: 'shop', access: ['read_branch', 'delete_branch'] }],
      },
      { id: 'toksecond001', name: 'ci-old-name', created_at: OLD, cidrs: ['203.0.113.0/24'] },
      { id: 'tokchain0001', name: 'ci-chain', created_at: OLD },
      { id: 'tokunfin0001', name: 'ci-new (unfinished)', created_at: OLD },
      { id: 'tokgone00001', name: 'ci-gone', created_at: OLD },
      { id: 'tokother0001', name: 'other', created_at: OLD, access: [{ access: ['read_organization'] }] },
    ],
  },
  file: `version: 1
organization: acme
owns: ["ci-*"]
tokens:
  ci-first:
    access:
      organization: [read_databases]
      databases:
        shop: [read_branch, create_branch]
    cidrs: [198.51.100.0/25]
  ci-second:
    access: {}
    cidrs: [203.0.113.0/24, 198.51.100.7]
    previously: [ci-chain]
  ci-chain:
    previously: [ci-old-name]
  ci-new:
    access:
      organization: [read_organization]
      databases:
        blog: [read_branch]
    ttl: 90d
absent: [ci-gone]
`,
  apply: ['apply', 'tokens.yml', '--force', '--max-deletions', '3', '-e', '{name}.env'],
} as const;

/** Holds what there is against what {@link EVERY_CHANGE} asks for. */
export function expectEveryChange(world: World): void {
  const tokens = world.tokens().map(({ id, name, grants, cidrs }) => ({ id, name, grants, cidrs }));
  const created = tokens.find(({ name }) => name === 'ci-new');
  expect(tokens.filter((token) => token !== created)).toEqual([
    {
      id: 'tokfirst0001',
      name: 'ci-first',
      grants: expect.arrayContaining([
        { database: null, access: ['read_databases'] },
        { database: 'shop', access: expect.arrayContaining(['read_branch', 'create_branch']) },
      ]),
      cidrs: ['198.51.100.0/25'],
    },
    { id: 'toksecond001', name: 'ci-chain', grants: [], cidrs: ['203.0.113.0/24'] },
    { id: 'tokchain0001', name: 'ci-second', grants: [], cidrs: ['198.51.100.7/32', '203.0.113.0/24'] },
    {
      id: 'tokother0001',
      name: 'other',
      grants: [{ database: null, access: ['read_organization'] }],
      cidrs: [],
    },
  ]);
  expect(tokens.find(({ id }) => id === 'tokfirst0001')?.grants.flatMap(({ access }) => access)).toHaveLength(
    3,
  );
  expect(created?.grants).toEqual([
    { database: null, access: ['read_organization'] },
    { database: 'blog', access: ['read_branch'] },
  ]);
  expect(world.tokenOf('ci-new.env')?.id, 'the last secret that was delivered works').toBe(created?.id);
}

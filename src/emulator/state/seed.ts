import { isScalar, parseDocument, visit } from 'yaml';
import * as z from 'zod/mini';
import { EmulatorError, reasonOf } from '../errors.ts';
import { ADMINISTRATOR } from './administrator.ts';
import { keptCidr, MOST_CIDRS } from './cidrs.ts';
import { readNamedFile, UnusableFile } from './files.ts';
import { giveAccess } from './grants.ts';
import { integrityProblems } from './integrity.ts';
import { digestOf, stableId } from './secrets.ts';
import {
  branchReadyAfter,
  type Database,
  type ServiceToken,
  STATE_VERSION,
  type State,
  timeOf,
} from './state.ts';
import { validated } from './validation.ts';

const name = z.string().check(z.minLength(1));
const time = z.optional(z.nullable(z.iso.datetime({ offset: true })));

const branchSeed = z.strictObject({
  name,
  parent: z.optional(z.nullable(name)),
  production: z._default(z.boolean(), false),
  safe_migrations: z._default(z.boolean(), false),
  /** A branch that is not ready in the seed never gets ready. */
  ready: z._default(z.boolean(), true),
});

const databaseSeed = z.strictObject({
  name,
  kind: z._default(z.enum(['mysql', 'postgresql']), 'mysql'),
  region: z._default(name, 'us-east'),
  branches: z._default(z.array(branchSeed).check(z.minLength(1)), [
    { name: 'main', production: true, safe_migrations: false, ready: true },
  ]),
});

/** A list, not a mapping by database, because the order of grants is visible in answers. */
const accessSeed = z.strictObject({
  /** Left out: the accesses are on the organization. */
  database: z.optional(name),
  access: z.array(z.string()).check(z.minLength(1)),
});

const tokenSeed = z.strictObject({
  id: name,
  name: z.optional(z.nullable(z.string())),
  secret: z.optional(z.nullable(name)),
  created_at: time,
  last_used_at: time,
  expires_at: time,
  /** By default when it was made. */
  updated_at: time,
  last_used_ip: z.optional(z.nullable(z.string())),
  last_used_location: z.optional(z.nullable(z.string())),
  last_used_asn: z.optional(z.nullable(z.int())),
  last_used_asn_organization: z.optional(z.nullable(z.string())),
  cidrs: z._default(
    z.array(z.string()).check(
      z.maxLength(MOST_CIDRS),
      z.refine(
        (cidrs) => cidrs.every((cidr) => keptCidr(cidr) !== undefined),
        'use IPv4 addresses and ranges, such as 203.0.113.0/24',
      ),
    ),
    [],
  ),
  access: z._default(z.array(accessSeed), []),
});

const seedSchema = z.strictObject({
  organization: z._default(name, 'acme'),
  branch_ready_after: z._default(branchReadyAfter, 0),
  users: z._default(z.array(z.strictObject({ name, token: name })), []),
  databases: z._default(z.array(databaseSeed), () =>
    [
      { name: 'shop', kind: 'mysql' },
      { name: 'blog', kind: 'postgresql' },
    ].map((database) => z.parse(databaseSeed, database)),
  ),
  tokens: z._default(z.array(tokenSeed), []),
});
type Seed = z.infer<typeof seedSchema>;

/** Some ten thousand tokens. */
const MAX_BYTES = 4_000_000;
/** No mapping of a seed has as many. */
const MAX_KEYS = 100;

/**
 * Reads a seed in YAML, of which JSON is a part.
 *
 * @throws EmulatorError SEED_INVALID, naming the file
 */
export async function readSeedFile(path: string, now: number): Promise<State> {
  let content: unknown;
  try {
    content = parsed(await readNamedFile(path, MAX_BYTES));
  } catch (error) {
    const problem = error instanceof UnusableFile ? `it ${error.message}` : reasonOf(error);
    throw new EmulatorError('SEED_INVALID', `cannot read the seed file ${path}: ${problem}`, {
      cause: error,
    });
  }
  return stateFromSeed(content, `the seed file ${path}`, now);
}

/** Keys are compared here, because the library compares each with each, which takes minutes for many. */
function parsed(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error) throw error;
  visit(document, {
    Map: (_, { items }) => {
      const keys = items.map(({ key }) => (isScalar(key) ? String(key.value) : String(key)));
      if (keys.length > MAX_KEYS) throw new Error(`a mapping has more than ${MAX_KEYS} keys`);
      const again = keys.find((key, index) => keys.indexOf(key) < index);
      if (again !== undefined) throw new Error(`the key ${again} is there twice in one mapping`);
    },
  });
  return document.toJS();
}

/**
 * The state an emulator starts with. What the seed leaves out is filled in with the default.
 *
 * @param origin says in errors where the seed came from
 * @param now epoch milliseconds: when everything was made that does not say so itself
 * @throws EmulatorError SEED_INVALID
 */
export function stateFromSeed(content: unknown, origin: string, now: number): State {
  const seed = validated(seedSchema, content);
  if ('problem' in seed) throw invalid(origin, seed.problem);
  const state = stateOf(seed.value, timeOf(now));
  const problems = integrityProblems(state);
  if (problems.length > 0) throw invalid(origin, problems.join('; '));
  return state;
}

function invalid(origin: string, problem: string): EmulatorError {
  return new EmulatorError(
    'SEED_INVALID',
    `${origin} is not usable: ${problem}. Fix it, or leave it out to start with the default one.`,
  );
}

function stateOf(seed: Seed, now: string): State {
  return {
    version: STATE_VERSION,
    organization: {
      id: stableId('organization', seed.organization),
      name: seed.organization,
      created_at: now,
    },
    branch_ready_after: seed.branch_ready_after,
    users: seed.users.map((user) => ({
      id: stableId('user', user.name),
      name: user.name,
      token_sha256: digestOf(user.token),
    })),
    databases: seed.databases.map((database) => databaseOf(database, now)),
    service_tokens: seed.tokens.map((token) => tokenOf(token, now)),
  };
}

function databaseOf({ name, kind, region, branches }: Seed['databases'][number], now: string): Database {
  return {
    id: stableId('database', name),
    name,
    kind,
    region,
    created_at: now,
    branches: branches.map((branch) => ({
      id: stableId('branch', name, branch.name),
      name: branch.name,
      parent: branch.parent ?? null,
      production: branch.production,
      safe_migrations: branch.safe_migrations,
      deletion_protected: false,
      region,
      cluster: branch.production ? 'PS_10' : 'PS_DEV',
      actor: null,
      created_at: now,
      ready_at: branch.ready ? now : null,
    })),
  };
}

function tokenOf(seed: Seed['tokens'][number], now: string): ServiceToken {
  const createdAt = normalized(seed.created_at) ?? now;
  const token: ServiceToken = {
    id: seed.id,
    name: seed.name || null,
    secret_sha256: seed.secret ? digestOf(seed.secret) : null,
    created_at: createdAt,
    updated_at: normalized(seed.updated_at) ?? createdAt,
    expires_at: normalized(seed.expires_at),
    last_used_at: normalized(seed.last_used_at),
    last_used_ip: seed.last_used_ip ?? null,
    last_used_location: seed.last_used_location ?? null,
    last_used_asn: seed.last_used_asn ?? null,
    last_used_asn_organization: seed.last_used_asn_organization ?? null,
    cidrs: seed.cidrs.map((cidr) => keptCidr(cidr) ?? cidr),
    actor: {
      id: stableId('user', ADMINISTRATOR.userName),
      display_name: ADMINISTRATOR.userName,
      type: 'User',
    },
    grants: [],
  };
  for (const { database, access } of seed.access) giveAccess(token, database ?? null, access);
  return token;
}

function normalized(time: string | null | undefined): string | null {
  return time ? timeOf(Date.parse(time)) : null;
}

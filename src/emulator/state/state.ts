import * as z from 'zod/mini';
import { keptCidr } from './cidrs.ts';

/**
 * Everything the emulator remembers, as plain data: what is written to the state file is this and no
 * other form of it. Times are RFC 3339 in UTC with milliseconds, as the API prints them.
 */
const time = z.iso.datetime();
const name = z.string().check(z.minLength(1));
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hexadecimal'));

/** Who made something. */
const actor = z.strictObject({
  id: name,
  display_name: name,
  type: z.enum(['User', 'ServiceToken']),
});

const branch = z.strictObject({
  id: name,
  name,
  parent: z.nullable(name),
  production: z.boolean(),
  safe_migrations: z.boolean(),
  deletion_protected: z.boolean(),
  region: name,
  cluster: name,
  actor: z.nullable(actor),
  created_at: time,
  /** When the branch can be used; null for one that never gets there. */
  ready_at: z.nullable(time),
});

/** `branches` is in order of creation, so a parent stands before its children. */
const database = z.strictObject({
  id: name,
  name,
  kind: z.enum(['mysql', 'postgresql']),
  region: name,
  created_at: time,
  branches: z.array(branch).check(z.minLength(1)),
});

/** What a token may do on one database, or on the organization where `database` is null. */
const grant = z.strictObject({
  database: z.nullable(name),
  access: z.array(z.string()).check(z.minLength(1)),
});

/** `grants` has one element a resource, in the order in which resources were first granted. */
const serviceToken = z.strictObject({
  id: name,
  name: z.nullable(z.string()),
  /** Null for a seeded token without a secret: it is listed, and nobody can use it. */
  secret_sha256: z.nullable(digest),
  created_at: time,
  updated_at: time,
  expires_at: z.nullable(time),
  last_used_at: z.nullable(time),
  /** Not in files of before November 2026. */
  last_used_ip: z._default(z.nullable(z.string()), null),
  last_used_location: z._default(z.nullable(z.string()), null),
  last_used_asn: z._default(z.nullable(z.int()), null),
  last_used_asn_organization: z._default(z.nullable(z.string()), null),
  /** Where it is accepted from; from everywhere if there is none. */
  cidrs: z._default(z.array(z.string()).check(z.refine(areKept, 'not IPv4 ranges')), []),
  actor,
  grants: z.array(grant),
});

function areKept(cidrs: readonly string[]): boolean {
  return cidrs.every((cidr) => keptCidr(cidr) === cidr);
}

const user = z.strictObject({ id: name, name, token_sha256: digest });

/** Seconds from the creation of a branch until it is ready; at most a year. */
export const branchReadyAfter = z.number().check(z.nonnegative(), z.maximum(365 * 24 * 3_600));

export const STATE_VERSION = 1;

export const stateSchema = z.strictObject({
  version: z.literal(STATE_VERSION),
  organization: z.strictObject({ id: name, name, created_at: time }),
  branch_ready_after: branchReadyAfter,
  users: z.array(user),
  databases: z.array(database),
  service_tokens: z.array(serviceToken),
});

export type State = z.infer<typeof stateSchema>;
export type Actor = z.infer<typeof actor>;
export type Branch = z.infer<typeof branch>;
export type Database = z.infer<typeof database>;
export type Grant = z.infer<typeof grant>;
export type ServiceToken = z.infer<typeof serviceToken>;

/** Epoch milliseconds as the API writes a time. */
export function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The branch that new ones are made from unless they say otherwise: the first production one. */
export function defaultBranch({ name, branches }: Database): Branch {
  const branch = branches.find(({ production }) => production) ?? branches[0];
  if (!branch) throw new Error(`database ${name} has no branch`);
  return branch;
}

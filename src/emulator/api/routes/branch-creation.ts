import * as z from 'zod/mini';
import { type Branch, type Database, defaultBranch, timeOf } from '../../state/state.ts';
import { unprocessable } from '../api-failure.ts';
import { type Call, unusedId } from '../call.ts';
import { parseBody } from '../request-body.ts';

const MAX_LENGTH = 255;

/** The other published fields (backups, sizes of keyspaces, storage) are taken and have no effect. */
const newBranch = z.object({
  name: shortText('Name').check(z.refine((name) => name.trim() !== '', "Name can't be blank")),
  parent_branch: optionalText('Parent branch'),
  region: optionalText('Region'),
  cluster_size: optionalText('Cluster size'),
  cluster_name: optionalText('Cluster name'),
  deletion_protected: z.optional(z.nullable(z.boolean('Deletion protected is not valid'))),
});

/**
 * Adds a development branch, which is ready after the time that the seed sets.
 *
 * @throws ApiFailure 422 for a refused value, a name that is taken or a parent that does not exist
 */
export function createBranch(call: Call, database: Database): Branch {
  const wanted = parseBody(call.body, newBranch);
  const { branches } = database;
  if (branches.some(({ name }) => name === wanted.name)) throw unprocessable('Name has already been taken');
  const parent = wanted.parent_branch
    ? branches.find(({ name }) => name === wanted.parent_branch)
    : defaultBranch(database);
  if (!parent) throw unprocessable(`Parent branch ${wanted.parent_branch} does not exist`);

  const everyBranch = call.state.databases.flatMap((one) => one.branches);
  const branch: Branch = {
    id: unusedId(call, (id) => everyBranch.some((one) => one.id === id)),
    name: wanted.name,
    parent: parent.name,
    production: false,
    safe_migrations: false,
    deletion_protected: wanted.deletion_protected ?? false,
    region: wanted.region || parent.region,
    cluster: wanted.cluster_size || wanted.cluster_name || 'PS_DEV',
    actor: call.caller.actor,
    created_at: timeOf(call.now),
    ready_at: timeOf(call.now + call.state.branch_ready_after * 1_000),
  };
  branches.push(branch);
  return branch;
}

function optionalText(field: string) {
  return z.optional(z.nullable(shortText(field)));
}

/** What is kept of a request has a bound. */
function shortText(field: string) {
  return z
    .string(`${field} is not valid`)
    .check(z.maxLength(MAX_LENGTH, `${field} is too long (maximum is ${MAX_LENGTH} characters)`));
}

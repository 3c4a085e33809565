import type { DatabaseAccess } from '../../state/access-names.ts';
import { type Branch, type Database, defaultBranch } from '../../state/state.ts';
import { notFound, unprocessable } from '../api-failure.ts';
import { type Answer, type Call, ok } from '../call.ts';
import { isAsAsked, isNamedLike } from '../filters.ts';
import type { Operation } from '../operation.ts';
import { listPage } from '../paging.ts';
import { branchBody } from '../representations/branch.ts';
import { createBranch } from './branch-creation.ts';
import { namedDatabase } from './databases.ts';

const COLLECTION = '/v1/organizations/{organization}/databases/{database}/branches';

const READING: readonly DatabaseAccess[] = [
  'read_branch',
  'create_branch',
  'delete_branch',
  'connect_branch',
  'connect_production_branch',
];

const CREATING: readonly DatabaseAccess[] = [
  'create_branch',
  'restore_backup',
  'restore_production_branch_backup',
];

export const branchOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: COLLECTION,
    access: { on: 'database', anyOf: READING },
    handle: listBranches,
  },
  {
    method: 'POST',
    path: COLLECTION,
    access: { on: 'database', anyOf: CREATING },
    handle: (call) => {
      const database = namedDatabase(call);
      return { status: 201, body: branchBody(call, database, createBranch(call, database)) };
    },
  },
  {
    method: 'GET',
    path: `${COLLECTION}/{branch}`,
    access: { on: 'database', anyOf: READING },
    handle: (call) => {
      const database = namedDatabase(call);
      return ok(branchBody(call, database, namedBranch(call, database)));
    },
  },
  {
    method: 'DELETE',
    path: `${COLLECTION}/{branch}`,
    access: { on: 'database', anyOf: ['delete_branch'] },
    handle: deleteBranch,
  },
];

function listBranches(call: Call): Answer {
  const { query } = call;
  const database = namedDatabase(call);
  const branches = database.branches.filter(
    ({ name, production, safe_migrations }) =>
      isNamedLike(name, query) &&
      isAsAsked(production, query, 'production') &&
      isAsAsked(safe_migrations, query, 'safe_migrations'),
  );
  if (query.get('order') === 'desc') branches.reverse();
  return listPage(call, branches, (branch) => branchBody(call, database, branch));
}

function deleteBranch(call: Call): Answer {
  const database = namedDatabase(call);
  const branch = namedBranch(call, database);
  const doomed = withDescendants(database, branch);
  if (doomed.size > 1 && call.query.get('delete_descendants') !== 'true') {
    throw unprocessable('Branch has child branches');
  }
  if (doomed.has(defaultBranch(database).name)) throw unprocessable('The default branch cannot be deleted');
  database.branches = database.branches.filter(({ name }) => !doomed.has(name));
  return { status: 204 };
}

/** The names of a branch and of all that were made from it. A parent always stands before its children. */
function withDescendants(database: Database, branch: Branch): ReadonlySet<string> {
  const names = new Set([branch.name]);
  for (const { name, parent } of database.branches) {
    if (parent !== null && names.has(parent)) names.add(name);
  }
  return names;
}

function namedBranch(call: Call, { branches }: Database): Branch {
  const name = call.parameter('branch');
  const branch = branches.find((one) => one.name === name);
  if (!branch) throw notFound();
  return branch;
}

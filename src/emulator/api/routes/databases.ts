import { DATABASE_SHOWING_ACCESS } from '../../state/access-names.ts';
import type { Database } from '../../state/state.ts';
import { notFound } from '../api-failure.ts';
import { holdsAny } from '../authorization.ts';
import { type Answer, type Call, ok } from '../call.ts';
import { isNamedLike } from '../filters.ts';
import type { Operation } from '../operation.ts';
import { listPage } from '../paging.ts';
import { databaseBody } from '../representations/database.ts';

const COLLECTION = '/v1/organizations/{organization}/databases';

export const databaseOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: COLLECTION,
    // The list is never refused: a token that may see no database gets an empty one.
    access: { on: 'none' },
    handle: listDatabases,
  },
  {
    method: 'GET',
    path: `${COLLECTION}/{database}`,
    access: { on: 'none' },
    handle: (call) => {
      if (!shows(call, call.parameter('database'))) throw notFound();
      return ok(databaseBody(call, namedDatabase(call)));
    },
  },
];

function listDatabases(call: Call): Answer {
  const visible = call.state.databases.filter(
    ({ name }) => shows(call, name) && isNamedLike(name, call.query),
  );
  return listPage(call, visible, (database) => databaseBody(call, database));
}

/** As the page of permissions has it; the API's description names the permissions on the database only. */
function shows({ caller }: Call, database: string): boolean {
  return holdsAny(caller, null, ['read_databases']) || holdsAny(caller, database, DATABASE_SHOWING_ACCESS);
}

/** @throws ApiFailure 404 if the path names no database */
export function namedDatabase(call: Call): Database {
  const name = call.parameter('database');
  const database = call.state.databases.find((one) => one.name === name);
  if (!database) throw notFound();
  return database;
}

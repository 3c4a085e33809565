import * as z from 'zod/mini';
import { isAccessOn } from '../../state/access-names.ts';
import { giveAccess, takeAccess } from '../../state/grants.ts';
import type { ServiceToken } from '../../state/state.ts';
import { forbidden, notFound, unprocessable } from '../api-failure.ts';
import { holdsAll, type RequiredAccess } from '../authorization.ts';
import { type Call, ok } from '../call.ts';
import type { Operation } from '../operation.ts';
import { listPage } from '../paging.ts';
import { accessRows, grantRow } from '../representations/access.ts';
import { parseBody } from '../request-body.ts';
import { namedToken } from './service-tokens.ts';

const ACCESS = '/v1/organizations/{organization}/service-tokens/{id}/access';
const GRANTS = '/v1/organizations/{organization}/service-tokens/{id}/grants';

// No source publishes what these four need; they follow the four that are published for tokens.
const READING: RequiredAccess = { on: 'organization', anyOf: ['read_service_tokens'] };
const CHANGING: RequiredAccess = { on: 'organization', anyOf: ['write_service_tokens'] };

export const accessOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: ACCESS,
    access: READING,
    handle: (call) => listPage(call, accessRows(call.state, namedToken(call)), (row) => row),
  },
  {
    method: 'POST',
    path: ACCESS,
    access: CHANGING,
    handle: (call) => {
      const { token, database, access } = requestedChange(call);
      // One can give a token only what one may do oneself.
      if (!holdsAll(call.caller, database, access)) throw forbidden();
      giveAccess(token, database, access);
      return ok({ type: 'list', next_page: null, prev_page: null, data: accessRows(call.state, token) });
    },
  },
  {
    method: 'DELETE',
    path: ACCESS,
    access: CHANGING,
    handle: (call) => {
      const { token, database, access } = requestedChange(call);
      takeAccess(token, database, access);
      return { status: 200 };
    },
  },
  {
    method: 'GET',
    path: GRANTS,
    access: READING,
    handle: (call) => listPage(call, namedToken(call).grants, (grant) => grantRow(call.state, grant)),
  },
];

const accessChange = z.object({
  /** The key must be there: a database that got lost on the way must not become the organization. */
  database: z.string('Database is not valid'),
  access: z.array(z.unknown(), 'Access is not valid').check(z.minLength(1, "Access can't be blank")),
});

interface AccessChange {
  readonly token: ServiceToken;
  /** Null for the organization. */
  readonly database: string | null;
  readonly access: readonly string[];
}

/** @throws ApiFailure 404 for an unknown token or database, 422 for a name that cannot be given there */
function requestedChange(call: Call): AccessChange {
  const token = namedToken(call);
  const change = parseBody(call.body, accessChange);
  const database = change.database === '' ? null : change.database;
  if (database !== null && !call.state.databases.some(({ name }) => name === database)) throw notFound();
  const access = change.access.map((name) => {
    if (isAccessOn(database, name)) return name;
    throw unprocessable(`Access ${typeof name === 'string' ? name : JSON.stringify(name)} is not valid`);
  });
  return { token, database, access };
}

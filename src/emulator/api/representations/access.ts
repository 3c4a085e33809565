import { describeAccess } from '../../state/access-names.ts';
import { stableId } from '../../state/secrets.ts';
import type { Grant, ServiceToken, State } from '../../state/state.ts';

interface Resource {
  readonly id: string;
  readonly type: 'Organization' | 'Database';
  readonly name: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** One row an access and resource, as `GET` and `POST` of a token's access print them. */
export function accessRows(state: State, token: ServiceToken) {
  return token.grants.flatMap((grant) => {
    const resource = resourceOf(state, grant);
    return grant.access.map((access) => ({
      id: stableId('access', token.id, resource.id, access),
      type: `${resource.type}Access`,
      access,
      resource,
    }));
  });
}

/** The same as they stand inside a token: there the resource has no type of its own. */
export function accessRowsInToken(state: State, token: ServiceToken) {
  return accessRows(state, token).map(({ id, access, resource: { type, ...resource } }) => ({
    id,
    access,
    description: describeAccess(access),
    resource_name: resource.name,
    resource_id: resource.id,
    resource_type: type,
    resource: { ...resource, deleted_at: null },
  }));
}

/** One row a resource. */
export function grantRow(state: State, grant: Grant) {
  const resource = resourceOf(state, grant);
  return {
    id: resource.id,
    type: 'ServiceTokenGrant',
    resource_name: resource.name,
    resource_type: resource.type,
    resource_id: resource.id,
    accesses: grant.access.map((access) => ({ access, description: describeAccess(access) })),
  };
}

function resourceOf({ organization, databases }: State, { database }: Grant): Resource {
  const type = database === null ? 'Organization' : 'Database';
  const resource = database === null ? organization : databases.find(({ name }) => name === database);
  if (!resource) throw new Error(`there is no database ${database} for an access`);
  const { id, name, created_at } = resource;
  return { id, type, name, created_at, updated_at: created_at };
}

import type { Operation } from '../permissions/requirements.ts';
import type { Resolved } from '../values/source.ts';
import type {
  AccessChange,
  Client,
  Dated,
  Following,
  ListOptions,
  NewServiceToken,
  TokenChanges,
} from './client.ts';
import type {
  AccessRow,
  Branch,
  CreatedServiceToken,
  Database,
  Grant,
  ServiceToken,
  ServiceTokenWithActor,
  UpdatedServiceToken,
} from './schemas.ts';

/**
 * An organization, and all that this program does in one: the client's calls with the organization filled
 * in, by what they are about. Failures are the client's.
 */
export interface Organization {
  readonly name: string;
  /** The id of the service token that requests are made with, if they are made with one. */
  readonly tokenInUse: Resolved<string> | undefined;
  readonly tokens: Tokens;
  readonly grants: Grants;
  readonly databases: Databases;
  readonly branches: Branches;
  /** The time by which lifetimes are decided, in milliseconds since the epoch: {@link Client.now}. */
  readonly now: Client['now'];
  /** Whether the credentials see this organization at all. */
  readonly isVisible: () => Promise<boolean>;
}

export interface Tokens {
  list(options?: ListOptions): Promise<readonly ServiceToken[]>;
  get(id: string): Promise<ServiceTokenWithActor>;
  /** The same, with the API's own time of its answer. */
  look(id: string, signal?: AbortSignal): Promise<Dated<ServiceTokenWithActor>>;
  /** Never sent twice. @throws UnusableToken as {@link Client.createServiceToken} */
  create(token: NewServiceToken, following?: Following): Promise<CreatedServiceToken>;
  /** Sent again as a read is. @param changesNow asked for anew for each try */
  update(
    id: string,
    changesNow: () => TokenChanges,
    following?: Following,
  ): Promise<Dated<UpdatedServiceToken>>;
  delete(id: string, following?: Following): Promise<void>;
}

/** What a token holds, by resource (`list`) or one access a row (`rows`), and changes to that. */
export interface Grants {
  list(tokenId: string, options?: ListOptions): Promise<readonly Grant[]>;
  rows(tokenId: string): Promise<readonly AccessRow[]>;
  add(tokenId: string, change: AccessChange): Promise<readonly AccessRow[]>;
  remove(tokenId: string, change: AccessChange, following?: Following): Promise<void>;
}

export interface Databases {
  list(): Promise<readonly Database[]>;
  /** @param onBehalfOf the call that this one prepares */
  get(name: string, onBehalfOf?: Operation): Promise<Database>;
}

export interface Branches {
  list(database: string, options?: ListOptions): Promise<readonly Branch[]>;
  get(database: string, name: string): Promise<Branch>;
  /** @param branch as the engine of the database takes it */
  create(database: string, branch: NewBranch): Promise<Branch>;
  delete(database: string, name: string, following?: Following): Promise<void>;
}

export type NewBranch = Parameters<Client['createBranch']>[2];

/** Binds a client to an organization. */
export function organizationOf(client: Client, name: string): Organization {
  return {
    name,
    tokenInUse: client.serviceTokenInUse,
    tokens: {
      list: (options) => client.listServiceTokens(name, options),
      get: async (id) => (await client.getServiceToken(name, id)).value,
      look: (id, signal) => client.getServiceToken(name, id, signal),
      create: (token, following) => client.createServiceToken(name, token, following),
      update: (id, changesNow, following) => client.updateServiceToken(name, id, changesNow, following),
      delete: (id, following) => client.deleteServiceToken(name, id, following),
    },
    grants: {
      list: (tokenId, options) => client.listGrants(name, tokenId, options),
      rows: (tokenId) => client.listAccess(name, tokenId),
      add: (tokenId, change) => client.addAccess(name, tokenId, change),
      remove: (tokenId, change, following) => client.removeAccess(name, tokenId, change, following),
    },
    databases: {
      list: () => client.listDatabases(name),
      get: (database, onBehalfOf) => client.getDatabase(name, database, onBehalfOf),
    },
    branches: {
      list: (database, options) => client.listBranches(name, database, options),
      get: (database, branch) => client.getBranch(name, database, branch),
      create: (database, branch) => client.createBranch(name, database, branch),
      delete: (database, branch, following) => client.deleteBranch(name, database, branch, following),
    },
    now: (whenUnknown) => client.now(whenUnknown),
    isVisible: async () =>
      (await client.listOrganizations()).some((organization) => organization.name === name),
  };
}

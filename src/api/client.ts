import * as z from 'zod/mini';
import { PROGRAM } from '../command-line.ts';
import { Failure } from '../errors.ts';
import type { Operation } from '../permissions/requirements.ts';
import type { Resolved } from '../settings/source.ts';
import { lines, type Text, text } from '../text.ts';
import { type Call, explain, type Origin } from './explain.ts';
import { ApiFailure, invalidResponse, UnusableToken } from './failures.ts';
import { allPages } from './pages.ts';
import {
  type AccessRow,
  accessRow,
  type Branch,
  branch,
  type CreatedServiceToken,
  createdServiceToken,
  type Database,
  database,
  type Grant,
  grant,
  identified,
  type Organization,
  organization as organizationSchema,
  pageOf,
  type ServiceToken,
  type ServiceTokenWithActor,
  serviceToken,
  serviceTokenWithActor,
} from './schemas.ts';
import type { ApiAnswer, Transport } from './transport.ts';

const ROWS_PER_PAGE = 100;

/** The accesses of a change: names, on a database or, with `''`, on the organization. */
export interface AccessChange {
  readonly database: string;
  readonly access: readonly string[];
}

/**
 * The PlanetScale API, one method an endpoint. Every answer is checked against its schema; every list is
 * complete. Failures are those of the transport, 404 in words that name what was asked for, and, under
 * a service token, with the access that the call needs.
 */
export class Client {
  private readonly transport: Transport;
  private readonly origin: Origin;
  private readonly signal: AbortSignal;
  private readonly free: () => void;

  /**
   * @param signal ends what is in flight, as the transport's own
   * @param free frees the connections of the transport
   */
  constructor(transport: Transport, origin: Origin, signal: AbortSignal, free: () => void = () => {}) {
    this.transport = transport;
    this.origin = origin;
    this.signal = signal;
    this.free = free;
  }

  /** Ends what is under way and frees every connection: nothing can be sent any more. */
  close(): void {
    this.free();
  }

  /** The id of the service token that requests are made with, if they are made with one. */
  get serviceTokenInUse(): Resolved<string> | undefined {
    const { credentials } = this.origin;
    return credentials.kind === 'service-token' ? credentials.id : undefined;
  }

  /** Those the credentials belong to. */
  listOrganizations(): Promise<Organization[]> {
    return this.list(organizationSchema, (row) => row.name, {
      operation: 'GET /organizations',
      parameters: {},
      notFound: ['the list of organizations does not exist'],
    });
  }

  listServiceTokens(organization: string, signal?: AbortSignal): Promise<ServiceToken[]> {
    return this.list(serviceToken, (token) => token.id, {
      operation: 'GET /organizations/{organization}/service-tokens',
      parameters: { organization },
      notFound: text`organization ${organization} does not exist`,
      signal,
    });
  }

  /**
   * Makes a token. Never sent twice: each time makes another one.
   *
   * @param ttl seconds; none means that the token does not expire
   * @throws UnusableToken when a token was made but the answer lacks what it promises
   */
  async createServiceToken(
    organization: string,
    { name, ttl }: { name?: string | undefined; ttl?: number | undefined },
    signal?: AbortSignal,
  ): Promise<CreatedServiceToken> {
    const answer = await this.send({
      operation: 'POST /organizations/{organization}/service-tokens',
      parameters: { organization },
      body: { ...(name !== undefined && { name }), ...(ttl !== undefined && { ttl }) },
      notFound: text`organization ${organization} does not exist`,
      takesAnySuccess: true,
      signal,
    });
    try {
      return this.parse(createdServiceToken, answer, 'the new token', { holdsSecret: true });
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      const known = identified.safeParse(looseJson(answer.body));
      throw new UnusableToken(known.success ? known.data.id : undefined, failure);
    }
  }

  async getServiceToken(organization: string, id: string): Promise<ServiceTokenWithActor> {
    const answer = await this.send({
      operation: 'GET /organizations/{organization}/service-tokens/{id}',
      parameters: { organization, id },
      notFound: text`service token ${id} does not exist in organization ${organization}`,
    });
    return this.parse(serviceTokenWithActor, answer, 'a token');
  }

  async deleteServiceToken(organization: string, id: string, signal?: AbortSignal): Promise<void> {
    await this.send({
      operation: 'DELETE /organizations/{organization}/service-tokens/{id}',
      parameters: { organization, id },
      notFound: text`token ${id} does not exist in organization ${organization}`,
      signal,
    });
  }

  /** What the token holds, one row per resource, in the API's order. */
  listGrants(organization: string, id: string): Promise<Grant[]> {
    return this.list(grant, (row) => `${row.resource_type} ${row.resource_id}`, {
      operation: 'GET /organizations/{organization}/service-tokens/{id}/grants',
      parameters: { organization, id },
      notFound: text`service token ${id} does not exist in organization ${organization}`,
    });
  }

  /** What the token holds, one row per access and resource. */
  listAccess(organization: string, id: string): Promise<AccessRow[]> {
    return this.list(accessRow, (row) => `${row.id} ${row.access}`, {
      operation: 'GET /organizations/{organization}/service-tokens/{id}/access',
      parameters: { organization, id },
      notFound: text`service token ${id} does not exist in organization ${organization}`,
    });
  }

  /**
   * Grants accesses, once: whether a second time would do harm is not published. Answers all that the
   * token then holds.
   */
  async addAccess(organization: string, id: string, change: AccessChange): Promise<AccessRow[]> {
    const answer = await this.send({
      operation: 'POST /organizations/{organization}/service-tokens/{id}/access',
      parameters: { organization, id },
      body: change,
      notFound: tokenOrDatabaseNotFound(organization, id, change.database),
    });
    const page = this.parse(pageOf(accessRow), answer, 'the accesses of a token');
    if (typeof page.next_page !== 'number') return page.data;
    // An answer cut into pages shows a part only; then the whole is read instead.
    try {
      return await this.listAccess(organization, id);
    } catch (failure) {
      throw failure instanceof Failure && failure.code !== 'INTERRUPTED'
        ? grantedButUnread(failure)
        : failure;
    }
  }

  async removeAccess(organization: string, id: string, change: AccessChange): Promise<void> {
    await this.send({
      operation: 'DELETE /organizations/{organization}/service-tokens/{id}/access',
      parameters: { organization, id },
      body: change,
      notFound: tokenOrDatabaseNotFound(organization, id, change.database),
    });
  }

  /** @param onBehalfOf the call that this one prepares, to which the database is the source */
  async getDatabase(organization: string, name: string, onBehalfOf?: Operation): Promise<Database> {
    const role = onBehalfOf ? 'source database' : 'database';
    const answer = await this.send({
      operation: 'GET /organizations/{organization}/databases/{database}',
      parameters: { organization, database: name },
      notFound: text`${[role]} ${name} does not exist in organization ${organization}`,
      ...(onBehalfOf && { onBehalfOf }),
    });
    return this.parse(database, answer, 'a database');
  }

  listDatabases(organization: string): Promise<Database[]> {
    return this.list(database, (row) => row.name, {
      operation: 'GET /organizations/{organization}/databases',
      parameters: { organization },
      notFound: text`organization ${organization} does not exist`,
    });
  }

  listBranches(organization: string, name: string): Promise<Branch[]> {
    return this.list(branch, (row) => row.id, {
      operation: 'GET /organizations/{organization}/databases/{database}/branches',
      parameters: { organization, database: name },
      notFound: text`database ${name} does not exist in organization ${organization}`,
    });
  }

  async getBranch(organization: string, databaseName: string, name: string): Promise<Branch> {
    const answer = await this.send({
      operation: 'GET /organizations/{organization}/databases/{database}/branches/{branch}',
      parameters: { organization, database: databaseName, branch: name },
      notFound: text`branch ${name} does not exist in database ${databaseName} (organization: ${organization})`,
    });
    return this.parse(branch, answer, 'a branch');
  }

  /** @param body as the engine of the database takes it */
  async createBranch(
    organization: string,
    databaseName: string,
    body: { name: string; parent_branch: string; cluster_size?: string; cluster_name?: string },
  ): Promise<Branch> {
    const answer = await this.send({
      operation: 'POST /organizations/{organization}/databases/{database}/branches',
      parameters: { organization, database: databaseName },
      body,
      notFound: text`source database ${databaseName} does not exist in organization ${organization}`,
    });
    return this.parse(branch, answer, 'the new branch');
  }

  async deleteBranch(organization: string, databaseName: string, name: string): Promise<void> {
    await this.send({
      operation: 'DELETE /organizations/{organization}/databases/{database}/branches/{branch}',
      parameters: { organization, database: databaseName, branch: name },
      notFound: text`database ${databaseName} or branch ${name} does not exist in organization ${organization}`,
    });
  }

  private list<Row extends z.core.$ZodType>(
    row: Row,
    identify: (row: z.infer<Row>) => string,
    call: Call,
  ): Promise<z.infer<Row>[]> {
    const schema = pageOf(row);
    return allPages(
      async (page, signal) => {
        const query = { per_page: ROWS_PER_PAGE, ...(page > 1 && { page }) };
        const answer = await this.send({ ...call, query, signal });
        return this.parse(schema, answer, `page ${page} of a list`);
      },
      identify,
      call.signal ?? this.signal,
    );
  }

  private async send(call: Call): Promise<ApiAnswer> {
    try {
      return await this.transport(call);
    } catch (failure) {
      throw failure instanceof ApiFailure ? explain(failure, call, this.origin) : failure;
    }
  }

  private parse<Schema extends z.core.$ZodType>(
    schema: Schema,
    answer: ApiAnswer,
    what: string,
    { holdsSecret = false }: { holdsSecret?: boolean } = {},
  ): z.infer<Schema> {
    const json = looseJson(answer.body);
    if (json === undefined) {
      const shown = holdsSecret ? [] : text`: ${excerpt(answer.body)}`;
      throw invalidResponse(
        text`the PlanetScale API answered ${answer.status} with something that is not JSON instead of ${[what]}${shown}`,
      );
    }
    const result = z.safeParse(schema, json);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const field = issue?.path.map(String).join('.') || 'the answer itself';
    throw invalidResponse(
      text`the PlanetScale API answered ${[what]} in a shape it does not promise: ${field}: ${issue?.message ?? 'not as expected'}`,
      result.error,
    );
  }
}

function looseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function excerpt(body: string): string {
  return body.trim() === '' ? '(nothing)' : body.replace(/\s+/g, ' ').trim().slice(0, 300);
}

function grantedButUnread(failure: Failure): Failure {
  const message = lines(
    ['the access was granted, but what the token now holds could not be read:'],
    failure.text,
  );
  return new Failure(failure.code, message, { hint: failure.hint, cause: failure });
}

function tokenOrDatabaseNotFound(organization: string, id: string, databaseName: string): Text {
  const what = databaseName === '' ? text`token ${id}` : text`token ${id} or database ${databaseName}`;
  return lines(text`${what} does not exist in organization ${organization}.`, [
    `Please run '${PROGRAM} list' to see a list of tokens`,
  ]);
}

import * as z from 'zod/mini';
import type { Operation } from '../permissions/requirements.ts';
import { commandLine, PROGRAM } from '../text/command-line.ts';
import { Failure, Interrupted } from '../text/errors.ts';
import { excerpt } from '../text/excerpt.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import type { ApiTime } from '../values/api-time.ts';
import type { Resolved } from '../values/source.ts';
import { type Call, explain, type Origin } from './explain.ts';
import { ApiFailure, invalidResponse, UnusableToken } from './failures.ts';
import { looseJson, refuseAnother, refuseOld } from './identity.ts';
import { allPages } from './pages.ts';
import {
  type AccessRow,
  accessRow,
  type Branch,
  barelyUsableToken,
  branch,
  type CreatedServiceToken,
  createdServiceToken,
  type Database,
  database,
  type Grant,
  grant,
  madeToken,
  type Organization,
  organization as organizationSchema,
  pageOf,
  type ServiceToken,
  type ServiceTokenWithActor,
  serviceToken,
  serviceTokenWithActor,
  type UpdatedServiceToken,
  updatedServiceToken,
} from './schemas.ts';
import type { ApiAnswer, Transport } from './transport.ts';
import { unitedGrants } from './united-grants.ts';

const ROWS_PER_PAGE = 100;

/** The accesses of a change: names, on a database or, with `''`, on the organization. */
export interface AccessChange {
  readonly database: string;
  readonly access: readonly string[];
}

/** What a PATCH of a token changes; what is left out stays. */
export interface TokenChanges {
  /** Null takes the name away. */
  readonly name?: string | null;
  /** Seconds from now; null takes the end away. */
  readonly ttl?: number | null;
  /** All networks it is accepted from; none for any address. */
  readonly cidrs?: readonly string[];
}

/** An answer, and the API's own time of it in milliseconds since the epoch, where it said so. */
export interface Dated<Value> {
  readonly value: Value;
  readonly date: number | undefined;
}

/** How a request is followed while it is under way. */
export interface Following {
  /** Ends it, with its reason; takes the place of the client's own. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each try from the moment at which it may have arrived. */
  readonly onConnected?: (() => void) | undefined;
  /** Called for each try that ended without telling whether it was carried out. */
  readonly onDoubt?: (() => void) | undefined;
}

export interface NewServiceToken {
  readonly name?: string | undefined;
  /** Seconds; none means that the token does not expire. */
  readonly ttl?: number | undefined;
  /** The networks it is accepted from; none for any address. */
  readonly cidrs?: readonly string[] | undefined;
}

export interface ListOptions {
  readonly signal?: AbortSignal | undefined;
  /** Fail, instead of warning, where rows may be missing: for whoever concludes something from that. */
  readonly mustBeWhole?: boolean;
}

/**
 * The PlanetScale API, one method an endpoint. Every answer is checked against its schema; every list is
 * complete, or warned of. Failures are those of the transport, 404 in words that name what was asked for, and, under
 * a service token, with the access that the call needs.
 */
export class Client {
  private readonly transport: Transport;
  private readonly origin: Origin;
  private readonly signal: AbortSignal;
  private readonly warn: (warning: Text) => void;
  private readonly free: () => void;
  private readonly time: ApiTime;
  /** Ids of tokens that were there before a creation, as far as this client came across them. */
  private readonly knownTokens = new Set<string>();

  /**
   * @param signal ends what is in flight, as the transport's own
   * @param warn told of answers that can be used, but not relied on
   * @param time told by the answers of the transport
   * @param free frees the connections of the transport
   */
  constructor(
    transport: Transport,
    origin: Origin,
    signal: AbortSignal,
    warn: (warning: Text) => void,
    time: ApiTime,
    free: () => void = () => {},
  ) {
    this.transport = transport;
    this.origin = origin;
    this.signal = signal;
    this.warn = warn;
    this.time = time;
    this.free = free;
    if (this.serviceTokenInUse) this.knownTokens.add(this.serviceTokenInUse.value);
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

  /**
   * The time by which lifetimes are decided, in milliseconds since the epoch: the API's, which is asked where no answer
   * has told it yet, or this machine's where none tells it.
   *
   * @param whenUnknown thrown where the API does not tell the time, instead of going by this machine's
   * @throws Failure what ends the asking without any answer
   */
  async now(whenUnknown?: Failure): Promise<number> {
    if (!this.time.isAsked) {
      // What is answered does not matter, nor that it may be a refusal.
      await this.listOrganizations().catch((failure) => {
        if (failure instanceof Interrupted || !this.time.isAsked) throw failure;
      });
    }
    if (whenUnknown && !this.time.isKnown) throw whenUnknown;
    return this.time.decisive();
  }

  /** Those the credentials belong to. */
  listOrganizations(): Promise<readonly Organization[]> {
    return this.list(text`the list of organizations`, organizationSchema, (row) => row.name, {
      operation: 'GET /organizations',
      parameters: {},
      notFound: text`the list of organizations does not exist`,
    });
  }

  async listServiceTokens(
    organization: string,
    { signal, mustBeWhole }: ListOptions = {},
  ): Promise<readonly ServiceToken[]> {
    const call = {
      operation: 'GET /organizations/{organization}/service-tokens',
      parameters: { organization },
      notFound: text`organization ${organization} does not exist`,
      signal,
    } as const;
    const what = text`the list of service tokens in ${organization}`;
    const tokens = await this.list(what, serviceToken, (token) => token.id, call, mustBeWhole);
    for (const { id } of tokens) this.knownTokens.add(id);
    return tokens;
  }

  /**
   * Makes a token. Never sent twice: each time makes another one. An answer with an id and a secret is
   * taken whatever else it lacks, since it is the only one that ever holds the secret; but not one about a token
   * that is not new.
   *
   * @throws UnusableToken when a token was made but the answer lacks its id or its secret; INVALID_RESPONSE where the
   *   answer's token is not known to be new: it is not the caller's to touch
   */
  async createServiceToken(
    organization: string,
    { name, ttl, cidrs }: NewServiceToken,
    following: Following = {},
  ): Promise<CreatedServiceToken> {
    const answer = await this.send({
      operation: 'POST /organizations/{organization}/service-tokens',
      parameters: { organization },
      body: {
        ...(name !== undefined && { name }),
        ...(ttl !== undefined && { ttl }),
        ...(cidrs && cidrs.length > 0 && { cidrs }),
      },
      notFound: text`organization ${organization} does not exist`,
      ...following,
      takesAnySuccess: true,
    });
    const json = looseJson(answer.body);
    const made = madeToken.safeParse(json).data;
    if (made) {
      refuseOld(made, answer, this.knownTokens);
      this.knownTokens.add(made.id);
    }
    try {
      const token = this.parse(createdServiceToken, answer, 'the new token', { holdsSecret: true });
      const shown = token.name ?? '';
      if (name !== undefined && shown.normalize() !== name.normalize()) {
        this.warn(text`the API named the new token ${token.id} ${shown || '(no name)'} instead of ${name}`);
      }
      return token;
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      const usable = barelyUsableToken.safeParse(json);
      if (usable.success) {
        this.warn(
          text`token ${usable.data.id} was created, but not all of the API's answer could be read: what is displayed of its name and times may be wrong. Check with: ${commandLine('show', usable.data.id, '--org', organization)}`,
        );
        return usable.data;
      }
      throw new UnusableToken(made?.id, failure);
    }
  }

  async getServiceToken(
    organization: string,
    id: string,
    signal?: AbortSignal,
  ): Promise<Dated<ServiceTokenWithActor>> {
    const answer = await this.send({
      signal,
      operation: 'GET /organizations/{organization}/service-tokens/{id}',
      parameters: { organization, id },
      notFound: text`service token ${id} does not exist in organization ${organization}`,
    });
    return { value: this.parse(serviceTokenWithActor, answer, 'a token'), date: answer.date };
  }

  /**
   * Changes what a token is. Sent again as a read is: the same changes twice do no harm. That they are what
   * the answer shows is for the caller to look at: an API may ignore what it does not know.
   *
   * @param changesNow the changes, asked for anew for each try
   */
  async updateServiceToken(
    organization: string,
    id: string,
    changesNow: () => TokenChanges,
    following: Following = {},
  ): Promise<Dated<UpdatedServiceToken>> {
    const answer = await this.send({
      operation: 'PATCH /organizations/{organization}/service-tokens/{id}',
      parameters: { organization, id },
      freshBody: changesNow,
      notFound: text`service token ${id} does not exist in organization ${organization}`,
      ...following,
    });
    return { value: this.parse(updatedServiceToken, answer, 'the changed token'), date: answer.date };
  }

  async deleteServiceToken(organization: string, id: string, following: Following = {}): Promise<void> {
    await this.send({
      operation: 'DELETE /organizations/{organization}/service-tokens/{id}',
      parameters: { organization, id },
      notFound: text`token ${id} does not exist in organization ${organization}`,
      ...following,
    });
  }

  /** What the token holds, one row per resource, in the API's order; rows of one resource are united. */
  async listGrants(
    organization: string,
    id: string,
    { signal, mustBeWhole }: ListOptions = {},
  ): Promise<readonly Grant[]> {
    const call = {
      operation: 'GET /organizations/{organization}/service-tokens/{id}/grants',
      parameters: { organization, id },
      notFound: text`service token ${id} does not exist in organization ${organization}`,
      signal,
    } as const;
    const what = text`the list of what token ${id} holds`;
    return unitedGrants(await this.list(what, grant, (row) => JSON.stringify(row), call, mustBeWhole));
  }

  /** What the token holds, one row per access and resource. */
  listAccess(organization: string, id: string): Promise<readonly AccessRow[]> {
    return this.list(
      text`the list of what token ${id} holds`,
      accessRow,
      (row) => `${row.id} ${row.access}`,
      {
        operation: 'GET /organizations/{organization}/service-tokens/{id}/access',
        parameters: { organization, id },
        notFound: text`service token ${id} does not exist in organization ${organization}`,
      },
    );
  }

  /**
   * Grants accesses, once: whether a second time would do harm is not published. Answers all that the
   * token then holds.
   */
  async addAccess(organization: string, id: string, change: AccessChange): Promise<readonly AccessRow[]> {
    const answer = await this.send({
      operation: 'POST /organizations/{organization}/service-tokens/{id}/access',
      parameters: { organization, id },
      body: change,
      ...tokenOrDatabaseMissing(organization, id, change.database),
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

  async removeAccess(
    organization: string,
    id: string,
    change: AccessChange,
    following: Following = {},
  ): Promise<void> {
    await this.send({
      operation: 'DELETE /organizations/{organization}/service-tokens/{id}/access',
      parameters: { organization, id },
      body: change,
      ...tokenOrDatabaseMissing(organization, id, change.database),
      ...following,
    });
  }

  /** @param onBehalfOf the call that this one prepares, to which the database is the source */
  async getDatabase(organization: string, name: string, onBehalfOf?: Operation): Promise<Database> {
    const role = onBehalfOf ? 'source database' : 'database';
    const answer = await this.send({
      operation: 'GET /organizations/{organization}/databases/{database}',
      parameters: { organization, database: name },
      notFound: text`${unstyled(role)} ${name} does not exist in organization ${organization}`,
      ...(onBehalfOf && { onBehalfOf }),
    });
    return this.parse(database, answer, 'a database');
  }

  listDatabases(organization: string): Promise<readonly Database[]> {
    return this.list(text`the list of databases in ${organization}`, database, (row) => row.name, {
      operation: 'GET /organizations/{organization}/databases',
      parameters: { organization },
      notFound: text`organization ${organization} does not exist`,
    });
  }

  listBranches(
    organization: string,
    name: string,
    { signal, mustBeWhole }: ListOptions = {},
  ): Promise<readonly Branch[]> {
    const call = {
      operation: 'GET /organizations/{organization}/databases/{database}/branches',
      parameters: { organization, database: name },
      notFound: text`database ${name} does not exist in organization ${organization}`,
      signal,
    } as const;
    return this.list(text`the list of branches of ${name}`, branch, (row) => row.id, call, mustBeWhole);
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
      makes: body.name,
      notFound: text`source database ${databaseName} does not exist in organization ${organization}`,
    });
    return this.parse(branch, answer, 'the new branch');
  }

  async deleteBranch(
    organization: string,
    databaseName: string,
    name: string,
    following: Following = {},
  ): Promise<void> {
    await this.send({
      operation: 'DELETE /organizations/{organization}/databases/{database}/branches/{branch}',
      parameters: { organization, database: databaseName, branch: name },
      mayBeMissing: { database: databaseName },
      notFound: text`database ${databaseName} or branch ${name} does not exist in organization ${organization}`,
      ...following,
    });
  }

  private async list<Row extends z.core.$ZodType>(
    what: Text,
    row: Row,
    identify: (row: z.infer<Row>) => string,
    call: Call,
    mustBeWhole = false,
  ): Promise<readonly z.infer<Row>[]> {
    const schema = pageOf(row);
    const list = await allPages(
      async (page, signal) => {
        const query = { per_page: ROWS_PER_PAGE, ...(page > 1 && { page }) };
        const answer = await this.send({ ...call, query, signal });
        const parsed = this.parse(schema, answer, `page ${page} of a list`);
        return { ...parsed, bytes: Buffer.byteLength(answer.body) };
      },
      identify,
      call.signal ?? this.signal,
    );
    if (!list.isSettled) {
      const changed = text`${what} changed each time it was read`;
      if (mustBeWhole) throw new Failure('COMMAND_FAILED', changed);
      this.warn(text`${changed}: entries may be missing, and some of those shown may be gone`);
    }
    return list.rows;
  }

  private async send(call: Call): Promise<ApiAnswer> {
    const { id } = call.parameters;
    if (id !== undefined) this.knownTokens.add(id);
    try {
      const answer = await this.transport(call);
      refuseAnother(call, answer);
      return answer;
    } catch (failure) {
      if (!(failure instanceof ApiFailure)) throw failure;
      const about = { ...call.parameters, ...call.mayBeMissing };
      const isEither = call.mayBeMissing !== undefined;
      throw explain(failure.about(about, isEither), call, this.origin);
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
      const shown = holdsSecret ? text`` : text`: ${excerpt(answer.body) || '(nothing)'}`;
      throw invalidResponse(
        text`the PlanetScale API answered ${answer.status} with something that is not JSON instead of ${unstyled(what)}${shown}`,
      );
    }
    const result = z.safeParse(schema, json);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const field = issue?.path.map(String).join('.') || 'the answer itself';
    throw invalidResponse(
      text`the PlanetScale API answered ${unstyled(what)} in a shape it does not promise: ${field}: ${issue?.message ?? 'not as expected'}`,
      result.error,
    );
  }
}

function grantedButUnread(failure: Failure): Failure {
  const message = lines(
    text`the access was granted, but what the token now holds could not be read:`,
    failure.text,
  );
  return new Failure(failure.code, message, { hint: failure.hint, cause: failure });
}

/** What a 404 to a change of a token's accesses means. */
function tokenOrDatabaseMissing(
  organization: string,
  id: string,
  databaseName: string,
): Pick<Call, 'notFound' | 'mayBeMissing'> {
  const isOnDatabase = databaseName !== '';
  const what = isOnDatabase ? text`token ${id} or database ${databaseName}` : text`token ${id}`;
  return {
    ...(isOnDatabase && { mayBeMissing: { database: databaseName } }),
    notFound: lines(
      text`${what} does not exist in organization ${organization}.`,
      text`Please run '${unstyled(PROGRAM)} list' to see a list of tokens`,
    ),
  };
}

import type { ApiTime } from '../values/api-time.ts';
import { type ApiAnswer, type ApiRequest, pathOf, type Transport } from './transport.ts';

/** A request that would have been sent. */
export interface PlannedRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Stand for the ids of tokens that have not been made: no name of the API looks like one. */
const NEW_TOKEN = /<new-token[-\d]*>/g;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What commands do with `--dry-run`: requests that only read are sent, those that would change something are kept, and
 * answered as the API does where it does what it is asked. So the same procedures run, with all their checks.
 */
export class Rehearsal {
  private readonly kept: PlannedRequest[] = [];
  private readonly time: ApiTime;
  private token: Fields | undefined;
  private tokens = 0;
  /** Of the token that would be made last; no token has it before the first. */
  private newId = '';
  private branch: Fields | undefined;
  /** What the new token would hold. */
  private readonly held: { readonly database: string; readonly access: string }[] = [];

  constructor(time: ApiTime) {
    this.time = time;
  }

  /** In the order in which they would be sent. */
  get requests(): readonly PlannedRequest[] {
    return this.kept;
  }

  /**
   * What stands in for a transport.
   *
   * @param baseUrl the API's address
   * @param newIn the organization that a token sees which has not been made; nothing is sent in its name
   */
  transport(real: Transport, baseUrl: URL, newIn?: string): Transport {
    return async (request) => {
      const method = methodOf(request);
      if (method !== 'GET') return this.keep(method, request, baseUrl);
      const simulated = this.simulated(request);
      if (simulated) return simulated;
      return newIn === undefined ? real(request) : answer(200, page([{ name: newIn }]));
    };
  }

  private keep(method: string, request: ApiRequest, baseUrl: URL): ApiAnswer {
    const body = request.freshBody?.() ?? request.body;
    const [, template = ''] = request.operation.split(' ');
    const path = pathOf(baseUrl, template, request.parameters);
    const planned: PlannedRequest = {
      method,
      path: decodeURIComponent(path),
      ...(body !== undefined && { body }),
    };
    this.kept.push(JSON.parse(JSON.stringify(planned).replace(NEW_TOKEN, (id) => id.replaceAll('-', ' '))));
    return this.carriedOut(request, fieldsOf(body));
  }

  /** What the API answers to a change. */
  private carriedOut({ operation, parameters }: ApiRequest, body: Fields): ApiAnswer {
    const now = new Date(this.time.now()).toISOString();
    const { organization = '' } = parameters;
    switch (operation) {
      case 'POST /organizations/{organization}/service-tokens':
        this.held.length = 0;
        this.tokens += 1;
        this.newId = this.tokens === 1 ? '<new-token>' : `<new-token-${this.tokens}>`;
        this.token = { ...this.changed({ id: this.newId, created_at: now }, body), token: 'not made' };
        return answer(201, this.token);
      case 'PATCH /organizations/{organization}/service-tokens/{id}':
        return answer(200, this.changed({ id: parameters.id, created_at: now }, body));
      case 'POST /organizations/{organization}/service-tokens/{id}/access': {
        const given = grantsOf(body);
        if (parameters.id === this.newId) this.held.push(...given);
        return answer(201, page(rowsOf(parameters.id === this.newId ? this.held : given, organization)));
      }
      case 'POST /organizations/{organization}/databases/{database}/branches':
        this.branch = {
          id: '<new-branch>',
          name: body.name,
          parent_branch: body.parent_branch,
          region: { slug: '' },
          production: false,
          ready: true,
          created_at: now,
          updated_at: now,
        };
        return answer(201, this.branch);
      default:
        return answer(204, undefined);
    }
  }

  private changed(token: Fields, { name = null, ttl, cidrs = null }: Fields): Fields {
    const end = typeof ttl === 'number' && ttl > 0 ? this.time.now() + ttl * 1_000 : undefined;
    return {
      type: 'ServiceToken',
      name,
      last_used_at: null,
      expires_at: end === undefined ? null : new Date(end).toISOString(),
      actor_id: null,
      actor_display_name: null,
      actor_type: null,
      cidrs,
      ...token,
    };
  }

  /** What a read of the new token, or of the new branch, is answered; undefined for all that exists. */
  private simulated({ operation, parameters }: ApiRequest): ApiAnswer | undefined {
    if (this.branch && parameters.branch === this.branch.name) return answer(200, this.branch);
    if (parameters.id !== this.newId) return undefined;
    const { organization = '' } = parameters;
    if (operation.endsWith('/grants')) return answer(200, page(groupsOf(this.held, organization)));
    if (operation.endsWith('/access')) return answer(200, page(rowsOf(this.held, organization)));
    return answer(200, this.token);
  }
}

function methodOf({ operation }: ApiRequest): string {
  return operation.split(' ')[0] ?? '';
}

function answer(status: number, body: unknown): ApiAnswer {
  return {
    status,
    body: body === undefined ? '' : JSON.stringify(body),
    tries: 1,
    date: undefined,
    elapsed: 0,
  };
}

function page(data: readonly unknown[]): Fields {
  return { data, current_page: 1, next_page: null, has_next: false };
}

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

type Held = readonly { readonly database: string; readonly access: string }[];

function grantsOf({ database, access }: Fields): Held {
  const names = Array.isArray(access) ? access.map(String) : [];
  return names.map((name) => ({ database: String(database ?? ''), access: name }));
}

function resourceOf(database: string, organization: string): { type: string; name: string } {
  return database === ''
    ? { type: 'Organization', name: organization }
    : { type: 'Database', name: database };
}

function rowsOf(held: Held, organization: string): unknown[] {
  return held.map(({ database, access }, index) => ({
    id: String(index),
    access,
    resource: resourceOf(database, organization),
  }));
}

function groupsOf(held: Held, organization: string): unknown[] {
  return [...new Set(held.map(({ database }) => database))].map((database) => ({
    resource_id: database,
    resource_name: resourceOf(database, organization).name,
    resource_type: resourceOf(database, organization).type,
    accesses: held.filter((one) => one.database === database).map(({ access }) => ({ access })),
  }));
}

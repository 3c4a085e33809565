import { reasonOf } from '../errors.ts';
import { isAllowed, plainAddress } from '../state/cidrs.ts';
import { type State, timeOf } from '../state/state.ts';
import { ApiFailure, forbidden, internal, notFound, payloadTooLarge } from './api-failure.ts';
import { authenticate, type PresentedCredential } from './authentication.ts';
import { authorize } from './authorization.ts';
import type { Answer, Call, Ignored } from './call.ts';
import type { Edition } from './edition.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import type { RequestBody } from './request-body.ts';
import { findOperation } from './router.ts';

/** A request as far as the API sees it. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly credential: PresentedCredential | undefined;
  /** The address that it came from. */
  readonly peer: string;
  readonly body: RequestBody;
}

/** What the API draws on besides its state; all of it can be replaced in tests. */
export interface ApiSurroundings {
  readonly baseUrl: string;
  readonly clock: { now(): number };
  readonly edition: Edition;
  readonly ignores: ReadonlySet<Ignored>;
  readonly randomId: () => string;
  readonly randomSecret: () => string;
  /** Called when a credential was accepted, which is remembered with it. */
  readonly onCredentialUsed: () => void;
}

/**
 * Answers a request against the state, without input or output. The checks come in this order: path,
 * credential, organization, access, then what the operation itself looks at. Whatever a handler throws
 * becomes an answer too.
 */
export function answerRequest(request: ApiRequest, state: State, surroundings: ApiSurroundings): Answer {
  try {
    return carryOut(request, state, surroundings);
  } catch (error) {
    return failureAnswer(error);
  }
}

/** The answer to a request that could not be carried out, for a reason of its own or of the emulator's. */
export function failureAnswer(error: unknown): Answer {
  const { status, body } = error instanceof ApiFailure ? error : internal(reasonOf(error));
  return { status, body };
}

function carryOut(request: ApiRequest, state: State, surroundings: ApiSurroundings): Answer {
  if (request.body.kind === 'too large') throw payloadTooLarge();
  const { path, query } = splitUrl(request.url);
  const match = findOperation(operationsOf(surroundings.edition), request.method, path);
  if (!match) throw notFound();
  const { operation, parameters } = match;

  const now = surroundings.clock.now();
  const caller = authenticate(request.credential, state, now);
  if (caller.kind === 'service token') {
    if (!isAllowed(caller.token.cidrs, request.peer)) throw forbidden();
    caller.token.last_used_at = timeOf(now);
    caller.token.last_used_ip = plainAddress(request.peer);
    // Nobody can look up where an address of this machine is.
    caller.token.last_used_location = null;
    caller.token.last_used_asn = null;
    caller.token.last_used_asn_organization = null;
    surroundings.onCredentialUsed();
  }

  const organization = parameters.get('organization');
  if (organization !== undefined && organization !== state.organization.name) throw notFound();
  authorize(caller, operation.access, parameters.get('database'));

  const call: Call = {
    state,
    caller,
    parameter: (name) => {
      const value = parameters.get(name);
      if (value === undefined) throw new Error(`${operation.path} has no parameter ${name}`);
      return value;
    },
    path,
    query,
    body: request.body,
    now,
    baseUrl: surroundings.baseUrl,
    edition: surroundings.edition,
    ignores: surroundings.ignores,
    randomId: surroundings.randomId,
    randomSecret: surroundings.randomSecret,
  };
  return operation.handle(call);
}

function operationsOf(edition: Edition): readonly Operation[] {
  return OPERATIONS.filter(({ since }) => since === undefined || since <= edition);
}

function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?');
  if (mark === -1) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

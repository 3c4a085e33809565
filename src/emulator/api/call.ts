import type { State } from '../state/state.ts';
import type { Caller } from './authentication.ts';
import type { Edition } from './edition.ts';
import type { RequestBody } from './request-body.ts';

/** A field that an API takes without a word and does not heed, for tests of who believes it. */
export type Ignored = 'POST ttl' | 'POST cidrs' | 'PATCH name' | 'PATCH ttl' | 'PATCH cidrs';

/** One request that was let through, and what its handler may use to carry it out. */
export interface Call {
  readonly state: State;
  readonly caller: Caller;
  /** What stands in the path for a name of its template, decoded. */
  readonly parameter: (name: string) => string;
  /** The path as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: RequestBody;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Where the emulator listens, without a trailing slash: the beginning of every link to it. */
  readonly baseUrl: string;
  readonly edition: Edition;
  /** What it takes and does not do. */
  readonly ignores: ReadonlySet<Ignored>;
  readonly randomId: () => string;
  readonly randomSecret: () => string;
}

export interface Answer {
  readonly status: number;
  /** Printed as JSON; left out for an empty body. */
  readonly body?: unknown;
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/**
 * An id that is not in use. A source of ids that repeats itself is given up on, so that a broken one
 * in a test shows as a failed request and not as a hanging one.
 */
export function unusedId(call: Call, isUsed: (id: string) => boolean): string {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const id = call.randomId();
    if (!isUsed(id)) return id;
  }
  throw new Error('the source of random ids only gives ids that are in use');
}

import type { IncomingHttpHeaders } from 'node:http';
import type { PresentedCredential } from './authentication.ts';

/** One request as it arrived, for tests to look at. */
export interface RequestRecord {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Whose credential was presented, right or wrong. */
  readonly credential: PresentedCredential | undefined;
  /** The parsed body; undefined while it is on its way, without one, and if it is not JSON. */
  readonly body: unknown;
}

const KEPT = 10_000;

/** Remembers the last requests, and counts those that are not answered yet. */
export class Traffic {
  readonly requests: RequestRecord[] = [];
  #inFlight = 0;
  #maxInFlight = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Returns what to call when the body is there, and when the request is over. */
  arrived(request: Omit<RequestRecord, 'body'>): { readBody(body: unknown): void; left(): void } {
    const record: { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] } = {
      ...request,
      body: undefined,
    };
    this.requests.push(record);
    if (this.requests.length > KEPT) this.requests.shift();
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    return {
      readBody: (body) => {
        record.body = body;
      },
      left: () => {
        this.#inFlight -= 1;
      },
    };
  }
}

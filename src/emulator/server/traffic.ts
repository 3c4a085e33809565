import type { IncomingHttpHeaders } from 'node:http';
import type { PresentedCredential } from '../api/authentication.ts';

/** One request as it arrived, for tests to look at. */
export interface RequestRecord {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Whose credential was presented, right or wrong. */
  readonly credential: PresentedCredential | undefined;
  /**
   * The parsed body; undefined while it is on its way, without one, if it is not JSON, and if it was of more
   * than 64 kB.
   */
  readonly body: unknown;
}

const MAX_KEPT = 10_000;
/** Of addresses, headers and bodies, as they were sent. */
const MAX_KEPT_BYTES = 16_000_000;
const MAX_BODY_BYTES = 64_000;

/** Remembers the last requests, as many as fit, and counts those that are not answered yet. */
export class Traffic {
  readonly requests: RequestRecord[] = [];
  /** How many bytes each of them stands for. */
  readonly #sizes = new Map<RequestRecord, number>();
  #bytes = 0;
  #inFlight = 0;
  #maxInFlight = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /**
   * Returns what to call when the body is there, and when the request is over.
   *
   * @param bytes how long address and headers are
   */
  arrived(
    request: Omit<RequestRecord, 'body'>,
    bytes: number,
  ): { readBody(body: unknown, bytes: number): void; left(): void } {
    const record: { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] } = {
      ...request,
      body: undefined,
    };
    this.requests.push(record);
    this.#sizes.set(record, 0);
    this.#grow(record, bytes);
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    return {
      readBody: (body, bodyBytes) => {
        if (bodyBytes > MAX_BODY_BYTES) return;
        record.body = body;
        this.#grow(record, bodyBytes);
      },
      left: () => {
        this.#inFlight -= 1;
      },
    };
  }

  /** Forgets the oldest requests where it becomes too much; a forgotten one does not count any more. */
  #grow(record: RequestRecord, bytes: number): void {
    const size = this.#sizes.get(record);
    if (size === undefined) return;
    this.#sizes.set(record, size + bytes);
    this.#bytes += bytes;
    while (this.requests.length > MAX_KEPT || this.#bytes > MAX_KEPT_BYTES) {
      const oldest = this.requests.shift();
      if (!oldest) return;
      this.#bytes -= this.#sizes.get(oldest) ?? 0;
      this.#sizes.delete(oldest);
    }
  }
}

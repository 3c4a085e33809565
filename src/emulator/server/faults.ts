import { STATUS_CODES } from 'node:http';

/**
 * A failure to play. A status answers without carrying the request out; `drop` carries it out, then
 * closes the connection without an answer: the client cannot know whether it happened. `usual` answers
 * as if there were no fault, for a request that is only to be held.
 */
export interface Fault {
  readonly answer: number | 'drop' | 'usual';
  /** How many requests fail. */
  readonly count: number;
  /** How many requests that fit pass before the first one fails; left out, none. */
  readonly after?: number;
  /** Whether the request is carried out before it fails; left out, as told above. */
  readonly carriedOut?: boolean;
  /**
   * Called when everything before the answer is done, and awaited. A `usual` answer that is not
   * `carriedOut` yet is carried out behind it.
   */
  readonly hold?: () => Promise<void>;
  /** Only requests with this method; left out, any. */
  readonly method?: string;
  /** Only requests whose path, with or without its query, matches; left out, any. */
  readonly path?: RegExp;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. By default a status of 400 and up has the API's usual error body, others have none. */
  readonly body?: string;
}

/** A fault that cannot be played, with how to write one. */
export class FaultSyntaxError extends Error {
  override readonly name = 'FaultSyntaxError';
}

/**
 * Reads the command line's form of a fault: `<status|drop>:<count>`, such as `503:2` or `drop:1`.
 *
 * @throws FaultSyntaxError
 */
export function parseFault(text: string): Fault {
  const match = /^(drop|[2-5]\d\d):([1-9]\d{0,8})$/.exec(text);
  if (!match) {
    throw new FaultSyntaxError(`${text} is not <status|drop>:<count>, such as 503:2 or drop:1`);
  }
  const [, answer = '', count] = match;
  return { answer: answer === 'drop' ? 'drop' : Number(answer), count: Number(count) };
}

/** Faults waiting for requests: each request takes the first one that fits it. */
export class FaultQueue {
  readonly #waiting: { readonly fault: Fault; passing: number; left: number }[] = [];

  #met = 0;

  /** How many requests have met one. */
  get met(): number {
    return this.#met;
  }

  /** @throws FaultSyntaxError for a status that cannot end an HTTP exchange, or a count below 1 */
  add(faults: readonly Fault[]): void {
    for (const { answer, count, after = 0 } of faults) {
      if (typeof answer === 'number' && !(Number.isInteger(answer) && answer >= 200 && answer <= 599)) {
        throw new FaultSyntaxError(`a fault cannot answer with status ${answer}: use 200 to 599, or drop`);
      }
      if (!(Number.isInteger(count) && count >= 1)) {
        throw new FaultSyntaxError(`a fault cannot be played ${count} times: use a whole number from 1`);
      }
      if (!(Number.isInteger(after) && after >= 0)) {
        throw new FaultSyntaxError(`a fault cannot come after ${after} requests: use a whole number from 0`);
      }
    }
    this.#waiting.push(...faults.map((fault) => ({ fault, passing: fault.after ?? 0, left: fault.count })));
  }

  /** @param url path and query */
  take(method: string, url: string): Fault | undefined {
    for (const [index, entry] of this.#waiting.entries()) {
      if (!fits(entry.fault, method, url)) continue;
      if (entry.passing > 0) {
        entry.passing -= 1;
        continue;
      }
      this.#met += 1;
      entry.left -= 1;
      if (entry.left === 0) this.#waiting.splice(index, 1);
      return entry.fault;
    }
    return undefined;
  }
}

/** Whether a request that meets the fault is carried out before anything else happens to it. */
export function isCarriedOut({ answer, carriedOut }: Fault): boolean {
  return carriedOut ?? typeof answer !== 'number';
}

/** What goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function faultReply({ body, headers = {} }: Fault, status: number): Reply {
  const text = body ?? usualErrorBody(status);
  return text === undefined ? { status, headers } : { status, text, headers };
}

function usualErrorBody(status: number): string | undefined {
  if (status < 400) return undefined;
  const message = STATUS_CODES[status] ?? 'Error';
  return JSON.stringify({ code: CODES[status] ?? message.toLowerCase().replaceAll(/\W+/g, '_'), message });
}

/** Codes that clients know and that are not the status in words. */
const CODES: Readonly<Record<number, string>> = { 422: 'unprocessable', 500: 'internal' };

function fits(fault: Fault, method: string, url: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  const { path } = fault;
  // search, unlike test, does not depend on what a pattern with the g flag matched last.
  return path === undefined || [url, url.replace(/\?.*/s, '')].some((part) => part.search(path) !== -1);
}

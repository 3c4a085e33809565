import { STATUS_CODES } from 'node:http';

/**
 * A failure to play. A status answers without carrying the request out; `drop` carries it out, then
 * closes the connection without an answer: the client cannot know whether it happened.
 */
export interface Fault {
  readonly answer: number | 'drop';
  /** How many requests fail. */
  readonly count: number;
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
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];

  /** @throws FaultSyntaxError for a status that cannot end an HTTP exchange, or a count below 1 */
  add(faults: readonly Fault[]): void {
    for (const { answer, count } of faults) {
      if (answer !== 'drop' && !(Number.isInteger(answer) && answer >= 200 && answer <= 599)) {
        throw new FaultSyntaxError(`a fault cannot answer with status ${answer}: use 200 to 599, or drop`);
      }
      if (!(Number.isInteger(count) && count >= 1)) {
        throw new FaultSyntaxError(`a fault cannot be played ${count} times: use a whole number from 1`);
      }
    }
    this.#waiting.push(...faults.map((fault) => ({ fault, left: fault.count })));
  }

  /** @param url path and query */
  take(method: string, url: string): Fault | undefined {
    const index = this.#waiting.findIndex(({ fault }) => fits(fault, method, url));
    const entry = this.#waiting[index];
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left === 0) this.#waiting.splice(index, 1);
    return entry.fault;
  }
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

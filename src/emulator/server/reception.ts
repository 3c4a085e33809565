import { setMaxListeners } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerProbe } from '../lock-probe.ts';
import { type ExchangeContext, exchange, refuse } from './exchange.ts';
import { isMeantForUs } from './host-header.ts';

/** Requests at the same time; the connection of one too many is closed. */
const MAX_REQUESTS = 1_000;

export interface ReceptionOptions {
  /** What the emulator proves that it holds its lock with; undefined for one without a state file. */
  readonly nonce: string | undefined;
  /** What a Host header may say besides a loopback address or `localhost`. */
  readonly hostNames: readonly string[];
}

/**
 * Takes what arrives at a server: turns away what was not meant for it, answers for the lock at any time, and
 * passes everything else on, as soon as there is a state to answer from and until the end.
 */
export class Reception {
  readonly #server: Server;
  readonly #nonce: string | undefined;
  readonly #hostNames: ReadonlySet<string>;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #early: [IncomingMessage, ServerResponse][] = [];
  #context: ExchangeContext | undefined;

  constructor(server: Server, { nonce, hostNames }: ReceptionOptions) {
    this.#server = server;
    this.#nonce = nonce;
    this.#hostNames = new Set(hostNames.map((name) => name.toLowerCase()));
    // Every answer that is held back listens to it, and Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.#closing.signal);
    server.on('request', (request, response) => this.#receive(request, response));
  }

  /** Answers requests from here on, those first that have come already. */
  open(context: Omit<ExchangeContext, 'closing'>): void {
    this.#context = { ...context, closing: this.#closing.signal };
    for (const [request, response] of this.#early.splice(0)) this.#receive(request, response);
  }

  /** Ends all requests and connections; it still answers for the lock, which others may ask about until it is gone. */
  async end(): Promise<void> {
    this.#closing.abort();
    this.#server.closeAllConnections();
    await Promise.all(this.#running);
  }

  /** Ends the server. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    if (!isMeantForUs(request, this.#hostNames)) {
      refuse(request, response);
      return;
    }
    if (this.#nonce !== undefined && answerProbe(request, response, this.#nonce)) return;
    const isFull = this.#running.size + this.#early.length >= MAX_REQUESTS;
    if (this.#closing.signal.aborted || isFull) {
      request.socket.destroy();
    } else if (this.#context) {
      const one = exchange(request, response, this.#context).finally(() => this.#running.delete(one));
      this.#running.add(one);
    } else {
      this.#early.push([request, response]);
    }
  }
}

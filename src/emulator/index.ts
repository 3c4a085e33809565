import { setMaxListeners } from 'node:events';
import { ADMINISTRATOR } from './administrator.ts';
import { EmulatorError } from './errors.ts';
import { exchange } from './exchange.ts';
import { type Fault, FaultQueue } from './faults.ts';
import { randomId, randomSecret } from './secrets.ts';
import { readSeedFile, stateFromSeed } from './seed.ts';
import { listen } from './server.ts';
import type { State } from './state.ts';
import { readStateFile } from './state-file.ts';
import { StateKeeper } from './state-keeper.ts';
import { type RequestRecord, Traffic } from './traffic.ts';

export type { PresentedCredential } from './authentication.ts';
export { EmulatorError, type EmulatorErrorCode } from './errors.ts';
export { type Fault, FaultSyntaxError, parseFault } from './faults.ts';
export type { State } from './state.ts';
export type { RequestRecord } from './traffic.ts';

export interface EmulatorOptions {
  /** A loopback address or `localhost`; 127.0.0.1 by default. Any other is refused. */
  readonly host?: string;
  /** 0, the default, means a free one. */
  readonly port?: number;
  /** A JSON file that outlives the emulator; made where there is none. Without it, memory only. */
  readonly stateFile?: string;
  /** YAML or JSON: what the emulator starts with when there is no state yet. */
  readonly seedFile?: string;
  /** The content of a seed file, given directly. */
  readonly seed?: unknown;
  /** Milliseconds that every answer is held back. */
  readonly latencyMs?: number;
  /** Faults for the first requests, as by `inject`. */
  readonly faults?: readonly Fault[];
  /** `now` gives epoch milliseconds. */
  readonly clock?: { now(): number };
  /** Ids of tokens and branches; by default 12 random characters of a-z0-9. */
  readonly randomId?: () => string;
  /** Secrets of tokens; by default `pscale_tkn_` and 43 random characters of A-Za-z0-9_-. */
  readonly randomSecret?: () => string;
}

export interface Emulator {
  /** Without a trailing slash. */
  readonly url: string;
  readonly organization: string;
  readonly administrator: {
    readonly serviceTokenId: string;
    readonly serviceToken: string;
    readonly userToken: string;
  };
  /** False if there was a state already, so that no seed was looked at. */
  readonly seedApplied: boolean;
  /** The last 10,000 requests, in order of arrival. */
  readonly requests: RequestRecord[];
  /** Requests that have arrived and are not answered yet, and the most there ever were. */
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** How many requests have met a fault. */
  readonly faultsMet: number;
  /** A copy of what it remembers at this moment, without a request that could be mistaken for the client's. */
  snapshot(): State;
  /** Adds faults behind those still waiting. */
  inject(...faults: readonly Fault[]): void;
  /** Ends all connections and the server, and writes what is not in the state file yet. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in of the PlanetScale API on this machine.
 *
 * @throws EmulatorError for a host, port, state or seed that cannot be used
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const clock = options.clock ?? { now: () => Date.now() };
  const faults = new FaultQueue();
  faults.add(options.faults ?? []);
  const saved = options.stateFile === undefined ? undefined : await readStateFile(options.stateFile);
  const state = saved ?? (await initialState(options, clock.now()));
  const keeper = new StateKeeper(options.stateFile, state);
  // Written before the first request, so that a file that cannot be written is found out now.
  if (!saved) await keeper.save();

  const { server, url } = await listen(options.host ?? '127.0.0.1', options.port ?? 0);
  const traffic = new Traffic();
  const closing = new AbortController();
  // Every answer that is held back listens to it, and Node takes more than ten listeners for a leak.
  setMaxListeners(0, closing.signal);
  const running = new Set<Promise<void>>();
  const context = {
    state,
    keeper,
    traffic,
    faults,
    latencyMs: options.latencyMs ?? 0,
    closing: closing.signal,
    surroundings: {
      baseUrl: url,
      clock,
      randomId: options.randomId ?? randomId,
      randomSecret: options.randomSecret ?? randomSecret,
      onCredentialUsed: () => keeper.touch(),
    },
  };
  server.on('request', (request, response) => {
    const one = exchange(request, response, context).finally(() => running.delete(one));
    running.add(one);
  });

  const close = async (): Promise<void> => {
    closing.abort();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await Promise.all(running);
    await keeper.flush();
  };
  return {
    url,
    organization: state.organization.name,
    administrator: {
      serviceTokenId: ADMINISTRATOR.serviceTokenId,
      serviceToken: ADMINISTRATOR.serviceToken,
      userToken: ADMINISTRATOR.userToken,
    },
    seedApplied: saved === undefined,
    requests: traffic.requests,
    get inFlight() {
      return traffic.inFlight;
    },
    get maxInFlight() {
      return traffic.maxInFlight;
    },
    get faultsMet() {
      return faults.met;
    },
    snapshot: () => structuredClone(state),
    inject: (...more) => faults.add(more),
    close,
  };
}

function initialState({ seed, seedFile }: EmulatorOptions, now: number): State | Promise<State> {
  if (seedFile === undefined) return stateFromSeed(seed === undefined ? {} : seed, 'the given seed', now);
  if (seed === undefined) return readSeedFile(seedFile, now);
  throw new EmulatorError('SEED_INVALID', `there are two seeds: a value and ${seedFile}. Give one of them.`);
}

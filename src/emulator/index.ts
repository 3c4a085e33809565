import type { Ignored } from './api/call.ts';
import { type Edition, NEWEST } from './api/edition.ts';
import { EmulatorError } from './errors.ts';
import type { Reshape } from './server/exchange.ts';
import { type Fault, FaultQueue } from './server/faults.ts';
import { Reception } from './server/reception.ts';
import { listen } from './server/server.ts';
import { type RequestRecord, Traffic } from './server/traffic.ts';
import { ADMINISTRATOR } from './state/administrator.ts';
import { randomId, randomSecret } from './state/secrets.ts';
import { readSeedFile, stateFromSeed } from './state/seed.ts';
import type { State } from './state/state.ts';
import { StateFile } from './state/state-file.ts';
import { StateKeeper } from './state/state-keeper.ts';
import { StateLock } from './state/state-lock.ts';

export type { PresentedCredential } from './api/authentication.ts';
export type { Ignored } from './api/call.ts';
export { EDITIONS, type Edition } from './api/edition.ts';
export { EmulatorError, type EmulatorErrorCode } from './errors.ts';
export type { Reshape } from './server/exchange.ts';
export { type Fault, FaultSyntaxError, parseFault } from './server/faults.ts';
export type { RequestRecord } from './server/traffic.ts';
export type { State } from './state/state.ts';

export interface EmulatorOptions {
  /** A loopback address or `localhost`; 127.0.0.1 by default. Any other is refused. */
  readonly host?: string;
  /**
   * Names besides loopback addresses and `localhost` that a Host header may have: for a test in which a proxy
   * passes on what was asked of another host.
   */
  readonly hostNames?: readonly string[];
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
  /** What the API can do; the newest by default. */
  readonly edition?: Edition;
  /** Fields that it takes and does not heed: for a test of who believes it. */
  readonly ignores?: readonly Ignored[];
  /** Makes something else of the body of every answer: for a test of an API that answers otherwise. */
  readonly reshape?: Reshape;
  /** Whether answers have a Date header, as those of the API have; by default they do. */
  readonly tellsTime?: boolean;
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
  /** The last requests, 10,000 or 16 MB of them, in order of arrival. */
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
  const faults = new FaultQueue();
  faults.add(options.faults ?? []);
  const lock = options.stateFile === undefined ? undefined : new StateLock(options.stateFile);
  // Before the port, so that a second start with the same one learns what is the matter.
  await lock?.check();

  const { server, url } = await listen(options.host ?? '127.0.0.1', options.port ?? 0);
  const reception = new Reception(server, { nonce: lock?.nonce, hostNames: options.hostNames ?? [] });
  try {
    // Whoever finds the lock asks its address, which therefore answers before the lock is there.
    await lock?.acquire(url);
    return await serve(options, { url, reception, faults, lock });
  } catch (error) {
    await lock?.release();
    await reception.close();
    throw error;
  }
}

interface Premises {
  readonly url: string;
  readonly reception: Reception;
  readonly faults: FaultQueue;
  /** Held; undefined without a state file. */
  readonly lock: StateLock | undefined;
}

async function serve(
  options: EmulatorOptions,
  { url, reception, faults, lock }: Premises,
): Promise<Emulator> {
  const clock = options.clock ?? { now: () => Date.now() };
  const file = lock && new StateFile(lock);
  const saved = await file?.read();
  const state = saved ?? (await initialState(options, clock.now()));
  const keeper = new StateKeeper(file, state);
  // Written before the first request, so that a file that cannot be written is found out now.
  if (!saved) await keeper.save();

  const traffic = new Traffic();
  reception.open({
    state,
    keeper,
    traffic,
    faults,
    latencyMs: options.latencyMs ?? 0,
    reshape: options.reshape,
    tellsTime: options.tellsTime ?? true,
    surroundings: {
      baseUrl: url,
      clock,
      edition: options.edition ?? NEWEST,
      ignores: new Set(options.ignores),
      randomId: options.randomId ?? randomId,
      randomSecret: options.randomSecret ?? randomSecret,
      onCredentialUsed: () => keeper.touch(),
    },
  });
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
    close: async () => {
      await reception.end();
      try {
        await keeper.flush();
      } finally {
        await lock?.release();
        await reception.close();
      }
    },
  };
}

function initialState({ seed, seedFile }: EmulatorOptions, now: number): State | Promise<State> {
  if (seedFile === undefined) return stateFromSeed(seed === undefined ? {} : seed, 'the given seed', now);
  if (seed === undefined) return readSeedFile(seedFile, now);
  throw new EmulatorError('SEED_INVALID', `there are two seeds: a value and ${seedFile}. Give one of them.`);
}

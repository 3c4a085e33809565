import { PassThrough } from 'node:stream';
import type { Host } from '../../src/context.ts';
import type { EnvFileSurroundings } from '../../src/delivery/env-file.ts';
import { errorBlock } from '../../src/exit.ts';
import type { ProcessFacts } from '../../src/files/lock-file.ts';
import type { Patience } from '../../src/files/read-file.ts';
import type { OutputStream } from '../../src/output/io.ts';
import { SettingsLoader } from '../../src/settings/load.ts';
import type { Settings } from '../../src/settings/resolve.ts';
import type { GlobalFlags } from '../../src/settings/variables.ts';
import { Failure } from '../../src/text/errors.ts';
import { plain, type Text } from '../../src/text/text.ts';
import type { Clock } from '../../src/values/clock.ts';
import type { Environment } from '../../src/values/environment.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import { run } from './program.ts';

export interface HostOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
  /** Whether stdin, stdout and stderr are a terminal; none by default. */
  readonly terminal?: { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean };
  /** Columns of stdout and stderr. */
  readonly width?: number;
  /** Milliseconds since the epoch; the test's clock stands still there. */
  readonly now?: number;
}

/** An invocation's outside, all in memory: nothing of the machine is read, apart from the folders named. */
export interface TestHost extends Host {
  /** What was written so far. */
  readonly written: { readonly stdout: string; readonly stderr: string };
  /** Also signals. */
  readonly interruption: ReturnType<typeof createInterruption>;
}

/** A folder that does not exist, so that no configuration file is found by accident. */
const NOWHERE = '/nonexistent-home-of-a-test';

/** As if it had been started after everything that tests put there. */
export const SELF: ProcessFacts = {
  id: process.pid,
  startedAt: Number.POSITIVE_INFINITY,
  bootedAt: 0,
  isRunning: (id) => id === process.pid,
  signal: () => {},
  signalGroup: () => {},
};

export const NOW = Date.parse('2026-05-01T10:00:00Z');

export function createEnvironment(options: HostOptions = {}): Environment {
  const home = options.home ?? NOWHERE;
  return {
    variables: options.variables ?? {},
    workingDirectory: options.workingDirectory ?? home,
    home,
    platform: options.platform ?? 'linux',
    uid: process.getuid?.(),
  };
}

/** What a place for a secret is opened with; warnings go nowhere unless the test listens. */
export function createSurroundings(
  options: HostOptions = {},
  warn: (warning: Text) => void = () => {},
): EnvFileSurroundings {
  return { environment: createEnvironment(options), self: SELF, warn };
}

/** A clock that stands still: sleeping is over at once, a timeout never comes. */
export function createClock(now = NOW): Clock {
  return {
    now: () => now,
    elapsed: () => 0,
    sleep: (_, signal) => (signal?.aborted ? Promise.reject(signal.reason) : Promise.resolve()),
    timeout: () => new AbortController().signal,
  };
}

/** What reading settings may wait with; nothing ends it. */
export function createPatience(clock = createClock()): Patience {
  return { clock, signal: new AbortController().signal };
}

/** The settings of one run, read anew. */
export function loadSettings(flags: GlobalFlags, environment: Environment): Promise<Settings> {
  return new SettingsLoader(environment, { ...createPatience(), keepSecret: () => {} }).settings(flags);
}

export function createHost(options: HostOptions = {}): TestHost {
  const { stdin = false, stdout = false, stderr = false } = options.terminal ?? {};
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr', isTerminal: boolean): OutputStream => {
    // Like the process's own, it is not ended by what is piped into it.
    const stream = Object.assign(new PassThrough(), { _isStdio: true });
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      written[name] += chunk;
    });
    return { stream, isTerminal, colourLevel: isTerminal ? 1 : 0, width: options.width ?? 100 };
  };
  return {
    io: {
      // A terminal's can be told to show nothing of what is typed.
      stdin: Object.assign(new PassThrough(), stdin && { setRawMode: () => {} }),
      stdout: output('stdout', stdout),
      stderr: output('stderr', stderr),
      interactive: stdin && stderr,
      stdinIsTerminal: stdin,
      hasTerminal: stdin || stdout || stderr,
      discardsStdout: false,
      stderrReachesLog: true,
    },
    environment: createEnvironment(options),
    clock: createClock(options.now),
    random: () => 0.5,
    interruption: createInterruption(),
    self: SELF,
    defect: new Promise<never>(() => {}),
    written,
  };
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in memory to its end. */
export async function runInMemory(argv: readonly string[], options: HostOptions = {}): Promise<Ran> {
  const host = createHost(options);
  const status = await run(argv, host);
  return { status, ...host.written };
}

/** The failure that a piece of work ends with; one that does not fail, or not on purpose, fails the test. */
export async function failureOf(work: () => unknown): Promise<Failure> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** What people read of a failure: the message and, under it, the hint. */
export function told(failure: Failure): string {
  return plain(errorBlock(failure));
}

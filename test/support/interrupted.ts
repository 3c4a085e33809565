import { vi } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import type { InterruptSignal } from '../../src/text/errors.ts';
import { isPending } from './api.ts';
import { FakeClock } from './fake-clock.ts';
import { atEveryRequest, holdAt } from './faults.ts';
import { createHost, type HostOptions, type Ran } from './host.ts';
import { run } from './program.ts';

export interface InterruptionPlan {
  /** At which request, counted from 1. */
  readonly index: number;
  readonly when: 'arrived' | 'carried out';
  readonly signal: InterruptSignal;
  /**
   * What the user does then: waits, so that the request goes on; waits while it does not, for five
   * seconds; or sends the signal again.
   */
  readonly reaction: 'answer' | 'patience is over' | 'again';
}

export const WHENS: readonly InterruptionPlan['when'][] = ['arrived', 'carried out'];
const REACTIONS: readonly InterruptionPlan['reaction'][] = ['answer', 'patience is over', 'again'];

/**
 * Runs a command line in memory with a signal at one of its requests. Undefined where it was over before
 * that request; else all that had been sent has been carried out, too.
 */
export async function runInterrupted(
  argv: readonly string[],
  emulator: Emulator,
  { index, when, signal, reaction }: InterruptionPlan,
  options: HostOptions,
): Promise<Ran | undefined> {
  const clock = new FakeClock({ held: true });
  const host = { ...createHost(options), clock };
  const held = holdAt(emulator, index, when);
  const ended = run(argv, host);
  const isReached = await Promise.race([held.reached.then(() => true), ended.then(() => false)]);
  if (isReached) host.interruption.interrupt(signal);
  if (reaction === 'again') {
    host.interruption.interrupt(signal);
    await isPending(ended);
  }
  if (reaction === 'patience is over') {
    clock.advance(5_000);
    await isPending(ended);
  }
  held.release();
  const status = await ended;
  await vi.waitFor(() => isIdle(emulator), { interval: 1 });
  return isReached ? { status, ...host.written } : undefined;
}

function isIdle({ inFlight }: Emulator): void {
  if (inFlight > 0) throw new Error(`${inFlight} requests are still on their way`);
}

/** Every moment of a request and every reaction to the signal. */
export const SIGNAL_PLANS = WHENS.flatMap((when) => REACTIONS.map((reaction) => ({ when, reaction })));

/** What a signal is to end with. */
const STATUSES = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

export interface InterruptedEnd {
  readonly ended: Ran;
  readonly emulator: Emulator;
  /** The request that the signal met, counted from 1. */
  readonly index: number;
  /** The status by which a shell reports the signal. */
  readonly status: number;
}

/**
 * Runs a command line once for each of its requests and for SIGINT and SIGTERM, with the signal there, and
 * has each end checked. Answers how many requests there were, signal by signal.
 */
export async function signalAtEveryRequest(
  argv: readonly string[],
  { seed, variablesOf }: { seed: unknown; variablesOf: (emulator: Emulator) => Record<string, string> },
  { when, reaction }: Pick<InterruptionPlan, 'when' | 'reaction'>,
  check: (end: InterruptedEnd) => void,
): Promise<number[]> {
  const played: number[] = [];
  for (const [signal, status] of STATUSES) {
    const count = await atEveryRequest({ seed }, async (emulator, index) => {
      const variables = variablesOf(emulator);
      const ended = await runInterrupted(argv, emulator, { index, when, signal, reaction }, { variables });
      if (ended) check({ ended, emulator, index, status });
    });
    played.push(count);
  }
  return played;
}

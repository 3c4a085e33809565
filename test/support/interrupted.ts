import { vi } from 'vitest';
import type { Emulator } from '../../src/emulator/index.ts';
import type { InterruptSignal } from '../../src/errors.ts';
import { run } from '../../src/run.ts';
import { isPending } from './api.ts';
import { FakeClock } from './fake-clock.ts';
import { holdAt } from './faults.ts';
import { createHost, type HostOptions, type Ran } from './host.ts';

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
export const REACTIONS: readonly InterruptionPlan['reaction'][] = ['answer', 'patience is over', 'again'];

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

import { Interrupted, type InterruptSignal } from '../text/errors.ts';

/** Signals from outside, as two abort signals whose reason is an {@link Interrupted}. */
export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Aborted by the second one: the user does not want to wait any longer. */
  readonly insistence: AbortSignal;
  /** What the first signal was, once there was one. */
  readonly cause: () => Interrupted | undefined;
  /** Calls a listener for every signal, the first one and all behind it; answers how to stop that. */
  readonly onSignal: (listener: (signal: PassedSignal) => void) => () => void;
}

/** Signals for a command that runs below this program: some of them mean nothing to this program itself. */
export type PassedSignal = InterruptSignal | 'SIGUSR1' | 'SIGUSR2';

/** An interruption and the function that signals it. */
export function createInterruption(): Interruption & {
  interrupt(signal: InterruptSignal): void;
  /** Hands a signal to the listeners, and does nothing else. */
  passOn(signal: PassedSignal): void;
} {
  const first = new AbortController();
  const second = new AbortController();
  const listeners = new Set<(signal: PassedSignal) => void>();
  let cause: Interrupted | undefined;
  const passOn = (signal: PassedSignal): void => {
    for (const listener of listeners) listener(signal);
  };
  return {
    passOn,
    signal: first.signal,
    insistence: second.signal,
    cause: () => cause,
    onSignal: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    interrupt(signal) {
      cause ??= new Interrupted(signal);
      if (first.signal.aborted) second.abort(cause);
      else first.abort(cause);
      passOn(signal);
    },
  };
}

/** A signal that a process can be started to ignore. */
export type IgnorableSignal = InterruptSignal | 'SIGTSTP';

/** The bits of Linux's masks of signals that are known here: those that a shell or `nohup` has ignored. */
const IGNORABLE: readonly (readonly [IgnorableSignal, bigint])[] = [
  ['SIGHUP', 1n << 0n],
  ['SIGINT', 1n << 1n],
  ['SIGQUIT', 1n << 2n],
  ['SIGTSTP', 1n << 19n],
];

/**
 * The signals among SIGHUP, SIGINT, SIGQUIT and SIGTSTP that a process ignores.
 *
 * @param status the content of Linux's `/proc/<pid>/status`; none are known where it has no mask
 */
export function ignoredIn(status: string): ReadonlySet<IgnorableSignal> {
  const mask = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return new Set(IGNORABLE.filter(([, bit]) => (mask & bit) !== 0n).map(([signal]) => signal));
}

/** Time as a dependency: tests bring their own and never wait. All lengths are milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment: what has passed, whatever clocks are set to. A machine's sleep may not count. */
  elapsed(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * A signal that aborts after `ms` and does not keep the process alive. It waits once more where the process was held up,
   * as by Ctrl-Z: what it waited for may have come meanwhile.
   */
  timeout(ms: number): AbortSignal;
}

/** Milliseconds by which a timer is late only where the process could not run. */
const HELD_UP = 200;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  timeout: (ms) => {
    const controller = new AbortController();
    const wait = (left: number): void => {
      const end = performance.now() + left;
      const onTime = (): void => {
        const late = performance.now() - end;
        if (late > HELD_UP) wait(Math.min(late, ms));
        else controller.abort(new DOMException('The time is over', 'TimeoutError'));
      };
      setTimeout(onTime, left).unref();
    };
    wait(ms);
    return controller.signal;
  },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

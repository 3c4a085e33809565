/** How a run hears of what nothing in it has handled. */
export interface DefectWatch {
  /** Never resolves; rejects with the first defect that is reported. */
  readonly defect: Promise<never>;
  /** Reports an uncaught exception, an unhandled rejection, or a {@link Stalled}. */
  report(error: unknown): void;
}

/** A run that waits for something that can no longer come: the event loop has nothing left to do. */
export class Stalled extends Error {
  override readonly name = 'Stalled';

  constructor() {
    super('the command stopped before it was done');
  }
}

export function watchDefects(): DefectWatch {
  const { promise, reject } = withReject();
  // Whoever runs listens; a defect before or after that must not be one more unhandled rejection.
  promise.catch(() => {});
  return { defect: promise, report: reject };
}

function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject = (_: unknown): void => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}

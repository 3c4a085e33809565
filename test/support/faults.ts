import { type Emulator, type EmulatorOptions, type Fault, startEmulator } from '../../src/emulator/index.ts';

/**
 * Faults at the n-th request, to find out what a command does when it fails in the middle of its work.
 *
 *     const played = await atEveryRequest({ seed }, async (emulator, index) => {
 *       emulator.inject(faultAt(index, 'lost'));
 *       const ran = await runInMemory(['…'], { variables });
 *       // Compare what it printed with emulator.snapshot(): a request would meet the fault itself.
 *     });
 *     expect(played).toBe(7);
 *
 * and for a signal, with `reached` before it ends:
 *
 *       const held = holdAt(emulator, index, 'carried out');
 *       const ran = run(argv, host);
 *       await Promise.race([held.reached, ran]);
 *       host.interruption.interrupt('SIGINT');
 *       held.release();
 *
 * Requests are counted as they arrive, retries included, the first one being 1. A fault is met once
 * unless `times` says otherwise: `RETRIES` of them and the request has no luck at all.
 */
export const FAULTS = {
  /** The connection is closed, nothing was done. */
  drop: { answer: 'drop', carriedOut: false },
  /** It was done, and the connection is closed without an answer. */
  lost: { answer: 'drop', carriedOut: true },
  /** It was done, and the answer is cut short. */
  malformed: { answer: 200, carriedOut: true, body: '{"id": "k3j9' },
  /** Nothing was done. */
  'status 500': { answer: 500 },
  /** It was done, and then something broke: what `lost` is to `drop`. */
  'status 500, done': { answer: 500, carriedOut: true },
  'status 429': { answer: 429 },
  'status 401': { answer: 401 },
  'status 403': { answer: 403 },
  /** Nothing was done: a page for people stands where the API was. */
  html: { answer: 200, body: '<html>Sign in</html>' },
  /** It was done, and something in between answers with a page of its own. */
  'html, done': { answer: 200, carriedOut: true, body: '<html>Welcome</html>' },
  /** It was done, and the answer promises it for later. */
  'status 202, done': { answer: 202, carriedOut: true },
  /** What a proxy in between answers when it has waited for long enough. */
  'status 504, done': { answer: 504, carriedOut: true },
} as const satisfies Readonly<Record<string, Omit<Fault, 'count'>>>;

export type FaultName = keyof typeof FAULTS;

/** Nothing is sent again, since an answer came; but it was done, as a look can tell. */
export const DONE_WITHOUT_A_WORD: readonly FaultName[] = [
  'malformed',
  'status 500, done',
  'html, done',
  'status 202, done',
];

export const FAULT_NAMES = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);

/** As often as a request is sent at most. */
export const RETRIES = 4;

/** The n-th request from now, counted from 1, meets this fault, and so do those behind it up to `times`. */
export function faultAt(index: number, name: FaultName, times = 1): Fault {
  return { ...FAULTS[name], count: times, after: index - 1 };
}

export interface HeldRequest {
  /** Resolves when the request has arrived and, for `carried out`, has been. */
  readonly reached: Promise<void>;
  /** Lets it go on as if nothing had been. */
  release(): void;
}

/**
 * Holds the n-th request from now, counted from 1: before it is carried out, or its answer after it was.
 * The place for a signal. Releases itself when the emulator closes.
 */
export function holdAt(emulator: Emulator, index: number, when: 'arrived' | 'carried out'): HeldRequest {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    emulator.inject({
      answer: 'usual',
      count: 1,
      after: index - 1,
      carriedOut: when === 'carried out',
      hold: () => {
        resolve();
        return released;
      },
    });
  });
  return { reached, release };
}

/**
 * Plays with a fault at request 1, then 2, and so on, each time against an emulator of its own, until all
 * is over before the fault has come. Answers how many requests there were to fail at, so that a test can
 * see that it tested something.
 *
 * @param play injects one fault at `index`
 */
export async function atEveryRequest(
  options: EmulatorOptions,
  play: (emulator: Emulator, index: number) => Promise<void>,
): Promise<number> {
  for (let index = 1; ; index += 1) {
    const emulator = await startEmulator(options);
    try {
      await play(emulator, index);
      if (emulator.faultsMet === 0) return index - 1;
    } finally {
      await emulator.close();
    }
  }
}

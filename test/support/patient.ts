import type { Clock } from '../../src/values/clock.ts';
import { createClock, createHost, type HostOptions, type Ran } from './host.ts';
import { run } from './program.ts';

/** Waiting for an answer is over at once; a command that is run gets all the time it needs. */
const PATIENT: Clock = {
  ...createClock(),
  sleep: (milliseconds, signal) =>
    milliseconds < 5_000
      ? createClock().sleep(milliseconds, signal)
      : new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
};

/** Runs a command line in memory that starts a command of the machine's, with this PATH. */
export async function runWithCommands(
  argv: readonly string[],
  options: HostOptions,
  path = process.env.PATH ?? '',
): Promise<Ran> {
  const variables = { ...options.variables, PATH: path };
  const host = { ...createHost({ ...options, variables }), clock: PATIENT };
  return { status: await run(argv, host), ...host.written };
}

import { spawn } from 'node:child_process';
import type { ProcessFacts } from '../files/lock-file.ts';
import { Failure } from '../text/errors.ts';
import { text, unstyled } from '../text/text.ts';
import { type Relay, type WatchWork, watchChild } from './watch-child.ts';

export interface Check {
  /** What a shell is to run. */
  readonly line: string;
  /** Its environment, with the new token in it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Passes on the lines of one of its outputs; what is secret in them is the caller's to take out. */
  readonly relay: Relay;
  /** Milliseconds that it may take. */
  readonly limit: number;
  readonly platform: NodeJS.Platform;
}

/** What of the work a check needs. */
export interface CheckWork extends WatchWork {
  readonly self: Pick<ProcessFacts, 'signalGroup'>;
}

/**
 * Runs a command line of the user's in a shell, with a token that is not handed over yet, to see whether that does
 * its job. It reads nothing, and what it prints is passed on line by line. Signals are passed on to it and to all
 * that it has started; what still runs five seconds later is ended.
 *
 * @throws Failure COMMAND_FAILED where it cannot be started, fails or takes too long; the reason of the signal
 */
export async function runCheck(
  { line, variables, relay, limit, platform }: Check,
  { clock, interruption, self }: CheckWork,
): Promise<void> {
  interruption.signal.throwIfAborted();
  const isWindows = platform === 'win32';
  const child = spawn(isWindows ? 'cmd' : 'sh', isWindows ? ['/d', '/s', '/c', line] : ['-c', line], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...variables },
    // A group of its own, so that a signal reaches what it has started as well.
    detached: !isWindows,
  });
  const send = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined) self.signalGroup(child.pid, signal);
  };
  try {
    const why = await watchChild({ child, relay, passOn: send, send, limit }, { clock, interruption }).catch(
      (error: unknown) => {
        throw failed(error instanceof Error ? error.message : String(error), error);
      },
    );
    interruption.signal.throwIfAborted();
    if (why !== undefined) throw failed(why);
  } finally {
    // Whatever it has left running holds the token as well.
    send('SIGKILL');
  }
}

function failed(reason: string, cause?: unknown): Failure {
  return new Failure('COMMAND_FAILED', text`--check failed: ${unstyled(reason)}`, { cause });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Clock } from '../clock.ts';
import { describeDuration } from '../duration.ts';
import { Failure } from '../errors.ts';
import type { Interruption, PassedSignal } from '../interruption.ts';
import type { ProcessFacts } from '../sinks/lock-file.ts';
import { text, unstyled } from '../text.ts';

/** Milliseconds that a check may take. */
const CHECK_LIMIT = 5 * 60_000;
/** Milliseconds between asking it to end and ending it. */
const GRACE = 5_000;
/** Characters of a line: of a longer one nothing is passed on, since a cut could part a secret from its rest. */
const LONGEST_LINE = 1_000_000;

export interface Check {
  /** What a shell is to run. */
  readonly line: string;
  /** Its environment, with the new token in it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Told of each line of its output; what is secret in it is the caller's to take out. */
  readonly onLine: (line: string) => void;
  readonly platform: NodeJS.Platform;
}

/** What of the work a check needs. */
export interface CheckWork {
  readonly clock: Clock;
  readonly interruption: Interruption;
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
  { line, variables, onLine, platform }: Check,
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
  const ended = new AbortController();
  const output = [linesOf(child.stdout, onLine), linesOf(child.stderr, onLine)];
  const send = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined) self.signalGroup(child.pid, signal);
  };
  const end = (signal: PassedSignal): void => {
    send(signal);
    clock.sleep(GRACE, ended.signal).then(
      () => send('SIGKILL'),
      () => {},
    );
  };
  let isTooLong = false;
  clock.sleep(CHECK_LIMIT, ended.signal).then(
    () => {
      isTooLong = true;
      end('SIGTERM');
    },
    () => {},
  );
  const stopPassingOn = interruption.onSignal(end);
  try {
    const { code, signal } = await exitOf(child);
    // What it has started may keep its output open for as long as it likes.
    await Promise.race([Promise.all(output), clock.sleep(GRACE, ended.signal).catch(() => {})]);
    interruption.signal.throwIfAborted();
    if (isTooLong) throw failed(`it took longer than ${describeDuration(CHECK_LIMIT)}`);
    if (signal) throw failed(`it was ended by ${signal} (${128 + constants.signals[signal]})`);
    if (code !== 0) throw failed(`it ended with status ${code}`);
  } finally {
    ended.abort();
    stopPassingOn();
    // Whatever it has left running holds the token as well.
    send('SIGKILL');
  }
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(failed(error.message, error)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function failed(reason: string, cause?: unknown): Failure {
  return new Failure('COMMAND_FAILED', text`--check failed: ${unstyled(reason)}`, { cause });
}

/** Calls for each line, whole or not at all. */
async function linesOf(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  let pending = '';
  let isTooLong = false;
  const settle = (line: string): void => {
    if (isTooLong || line.length > LONGEST_LINE) onLine(LEFT_OUT);
    else onLine(line);
    isTooLong = false;
  };
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) {
      const lines = `${pending}${chunk}`.split(/\r\n|\n|\r/);
      pending = lines.pop() ?? '';
      for (const line of lines) settle(line);
      if (pending.length <= LONGEST_LINE) continue;
      isTooLong = true;
      pending = '';
    }
  } catch {
    // Its output ended early: what it ended with tells the rest.
  }
  if (pending !== '' || isTooLong) settle(pending);
}

const LEFT_OUT = '(a line of more than 1,000,000 characters was left out)';

import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Clock } from '../values/clock.ts';
import { describeDuration } from '../values/duration.ts';
import type { Interruption, PassedSignal } from '../values/interruption.ts';

/** Milliseconds between asking a command to end and ending it, and for which its output is waited for behind its end. */
const GRACE = 5_000;
/** Characters of a line: of a longer one nothing is passed on, since a cut could part a secret from its rest. */
const LONGEST_LINE = 1_000_000;

/** Takes the lines of a stream, some at a time, until that ends. */
export type Relay = (lines: AsyncIterable<readonly string[]>) => Promise<void>;

export interface WatchedChild {
  /** Its stdout and stderr are pipes. */
  readonly child: ChildProcess;
  /** Passes on the lines of one of its outputs; what is secret in them is the caller's to take out. */
  readonly relay: Relay;
  /** Sends it a signal that this program got. */
  readonly passOn: (signal: PassedSignal) => void;
  /** Sends it, and what it has started, a signal of this program's own. */
  readonly send: (signal: 'SIGTERM' | 'SIGKILL') => void;
  /** Milliseconds that it may take. */
  readonly limit: number;
}

/** What of the work watching needs. */
export interface WatchWork {
  readonly clock: Clock;
  readonly interruption: Interruption;
}

/**
 * Waits for the end of a command, passing on its output, and signals to it. What still runs at the limit is asked to
 * end; what still runs five seconds after that, or after a signal, is ended, and at once at a second signal.
 *
 * @returns why it counts as failed; undefined where it ended with 0
 * @throws what starting it failed with
 */
export async function watchChild(
  { child, relay, passOn, send, limit }: WatchedChild,
  { clock, interruption }: WatchWork,
): Promise<string | undefined> {
  const ended = new AbortController();
  const output = [child.stdout, child.stderr].map((stream) => stream && relay(linesOf(stream)));
  const afterwards = (milliseconds: number, act: () => void): void => {
    clock.sleep(milliseconds, ended.signal).then(act, () => {});
  };
  const endSoon = (): void => afterwards(GRACE, () => send('SIGKILL'));
  let isTooLong = false;
  // The time in which both were suspended is none of the command's.
  clock.timeout(limit).addEventListener(
    'abort',
    () => {
      isTooLong = true;
      send('SIGTERM');
      endSoon();
    },
    { once: true, signal: ended.signal },
  );
  const end = (signal: PassedSignal): void => {
    passOn(signal);
    // Whoever asks a second time does not wait.
    if (interruption.insistence.aborted) send('SIGKILL');
    else endSoon();
  };
  const stopPassingOn = interruption.onSignal(end);
  // It came before there was somebody to pass it on to.
  const cause = interruption.cause();
  if (cause) end(cause.signal);
  try {
    const { code, signal } = await exitOf(child);
    // A key that ended the command is a signal to this program, too: the runtime may tell of the end first.
    await new Promise((resolve) => setImmediate(resolve));
    // What it has started may keep its output open for as long as it likes.
    await Promise.race([Promise.all(output), clock.sleep(GRACE, ended.signal).catch(() => {})]);
    if (isTooLong) return `it took longer than ${describeDuration(limit)}`;
    if (signal) return `it was ended by ${signal} (${128 + constants.signals[signal]})`;
    return code === 0 ? undefined : `it ended with status ${code}${signalOf(code)}`;
  } finally {
    ended.abort();
    stopPassingOn();
  }
}

/** The signal that a shell tells of by a status. */
function signalOf(status: number | null): string {
  const found = Object.entries(constants.signals).find(([, number]) => 128 + number === status);
  return found ? ` (${found[0]})` : '';
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
    // It may have ended before anybody listened.
    if (child.exitCode !== null || child.signalCode !== null)
      resolve({ code: child.exitCode, signal: child.signalCode });
  });
}

/** Lines, some at a time, each of them whole or not at all. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<readonly string[]> {
  let pending = '';
  let isTooLong = false;
  const settled = (line: string): string => {
    const shown = isTooLong || line.length > LONGEST_LINE ? LEFT_OUT : line;
    isTooLong = false;
    return shown;
  };
  stream.setEncoding('utf8');
  try {
    for await (const chunk of stream) {
      const lines = `${pending}${chunk}`.split(/\r\n|\n|\r/);
      pending = lines.pop() ?? '';
      if (lines.length > 0) yield lines.map(settled);
      if (pending.length <= LONGEST_LINE) continue;
      isTooLong = true;
      pending = '';
    }
  } catch {
    // Its output ended early: what it ended with tells the rest.
  }
  if (pending !== '' || isTooLong) yield [settled(pending)];
}

const LEFT_OUT = '(a line of more than 1,000,000 characters was left out)';

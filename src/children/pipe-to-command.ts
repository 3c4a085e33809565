import { type ChildProcess, spawn } from 'node:child_process';
import type { ProcessFacts } from '../files/lock-file.ts';
import { Failure, rephrased } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import type { PassedSignal } from '../values/interruption.ts';
import { spawnByName } from './run-child.ts';
import { type Relay, type WatchWork, watchChild } from './watch-child.ts';

/**
 * Bytes that a pipe holds on every system and under every limit of it, so that all of the input can wait in the pipe
 * before the command is started: POSIX calls for 512, and Linux leaves at least a page to a user who has many pipes.
 */
const LARGEST_INPUT = 4_096;

export interface PipedCommand {
  /** Its name as typed, for messages. */
  readonly name: string;
  /** The program itself: no PATH is searched for it. */
  readonly program: string;
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What it is to read: at most {@link LARGEST_INPUT} bytes. */
  readonly input: string;
  /** Passes on the lines of one of its outputs; what is secret in them is the caller's to take out. */
  readonly relay: Relay;
  /** Milliseconds that it may take. */
  readonly limit: number;
  /** Whether it may ask at the terminal: then a Ctrl-C there reaches it by itself. */
  readonly sharesTerminal: boolean;
  readonly platform: NodeJS.Platform;
}

/** What of the work it needs. */
export interface PipeWork extends WatchWork {
  readonly self: Pick<ProcessFacts, 'signal' | 'signalGroup' | 'isRunning'>;
}

/**
 * Runs a command with a text to read on its standard input, which reaches it whole or not at all: it is started once
 * all of that is in the pipe. What it prints is passed on line by line. Signals are passed on to it; where one ends
 * this program, a command that does end with 0 has done its work all the same.
 *
 * @returns why nobody knows what it did with the text; undefined where it ended with 0
 * @throws Failure COMMAND_FAILED, Interrupted where it has not been started, so that nothing has been handed over
 */
export async function pipeToCommand(piped: PipedCommand, work: PipeWork): Promise<Failure | undefined> {
  const { name, input, relay, limit, sharesTerminal, platform } = piped;
  const { interruption, self } = work;
  interruption.signal.throwIfAborted();
  if (Buffer.byteLength(input) > LARGEST_INPUT) {
    throw new Failure('COMMAND_FAILED', text`the token is longer than ${LARGEST_INPUT} bytes`);
  }
  const { child, commandId } = platform === 'win32' ? await fed(piped) : await started(piped, work);
  const send = (signal: PassedSignal | 'SIGKILL'): void => {
    if (!sharesTerminal) {
      self.signalGroup(child.pid ?? commandId, signal);
      // It may have made a group of its own.
      if (child.pid !== commandId) self.signalGroup(commandId, signal);
    }
    // It stands in the same group as this program, unless it has left that: the terminal's own signals reach the group.
    else if (OF_KEYS.includes(signal)) self.signalGroup(commandId, signal);
    else self.signal(commandId, signal);
  };
  const why = await watchChild({ child, relay, passOn: send, send, limit }, work).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  if (why === undefined) return undefined;
  // Nothing is to go on working with what is taken back, perhaps.
  if (!sharesTerminal) send('SIGKILL');
  const isStillThere = await isLeft(commandId, work);
  // What was ended by a signal may be the shell that has started it.
  const ended = isStillThere && child.signalCode !== null ? 'it did not end when asked to' : why;
  const rest = isStillThere ? text`, and still runs as process ${unstyled(commandId)}` : text``;
  const message = text`${name} was to store the token, and failed: ${unstyled(ended)}${rest}`;
  const details = { hint: text`It may have stored the token all the same.` };
  const cause = interruption.cause();
  return cause
    ? rephrased(cause, lines(cause.text, message), details)
    : new Failure('COMMAND_FAILED', message, details);
}

/** Milliseconds for which an ended process may still be seen, and between two looks. */
const SEEN = 500;
const PAUSE = 10;

/** Whether a process goes on that was told to end: it may belong to another user. */
async function isLeft(id: number, { self, clock }: PipeWork): Promise<boolean> {
  for (let waited = 0; ; waited += PAUSE) {
    if (!self.isRunning(id)) return false;
    if (waited >= SEEN) return true;
    await clock.sleep(PAUSE);
  }
}

/** Ctrl-C and Ctrl-\\: a terminal sends them to everything that runs in it. */
const OF_KEYS: readonly (PassedSignal | 'SIGKILL')[] = ['SIGINT', 'SIGQUIT'];

interface Started {
  readonly child: ChildProcess;
  /** The number of the command's process, which the child may be the parent of. */
  readonly commandId: number;
}

/** Windows: a pipe of the runtime's own is one that can be opened by its name, too. */
async function fed({ name, program, words, variables, input }: PipedCommand): Promise<Started> {
  const child = spawnByName(program, words, { stdio: 'pipe', env: { ...variables } });
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(name, error)));
    child.stdin?.once('error', (error) => reject(notStarted(name, error)));
    child.stdin?.end(input, () => resolve());
  });
  return { child, commandId: child.pid ?? 0 };
}

/**
 * The runtime's pipes are sockets, and Linux does not open those as `/dev/stdin`, which many programs are told to
 * read. A shell makes a real one: `cat` fills it and tells on descriptor 3 how that went, and the command is started
 * at a word on descriptor 4. That word never comes where this program has been ended meanwhile. The command line is
 * made of arguments: no shell reads it.
 */
const SHELL = '/bin/sh';
const COMMAND = 'echo "command $$" >&3; read -r word <&4 || exit 125; exec "$@" 3>&- 4<&-';
// Signals are for the command: the shell has to live to tell how that ended.
const PIPELINE = `trap : HUP INT QUIT TERM USR1 USR2
{ command -p cat 4<&-; echo "filled $?" >&3; } | ${SHELL} -c '${COMMAND}' sh "$@"`;

async function started(
  { name, program, words, variables, input, sharesTerminal, limit }: PipedCommand,
  { clock, interruption }: PipeWork,
): Promise<Started> {
  const child = spawn(SHELL, ['-c', PIPELINE, 'sh', program, ...words], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...variables },
    detached: !sharesTerminal,
  });
  const stop = new AbortController();
  try {
    const { told, word } = streamsOf(child);
    const failed = new Promise<never>((_, reject) => {
      child.once('error', (error) => reject(notStarted(name, error)));
      child.once('exit', (code) => reject(notStarted(name, `the shell ended with status ${code}`)));
      interruption.signal.addEventListener('abort', () => reject(interruption.signal.reason), {
        once: true,
        signal: stop.signal,
      });
      clock.sleep(limit, stop.signal).then(
        () => reject(notStarted(name, 'the pipe was not filled in time')),
        () => {},
      );
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    const commandId = await Promise.race([filled(name, told), failed]);
    await new Promise<void>((resolve, reject) => {
      word.once('error', (error) => reject(notStarted(name, error)));
      word.end('\n', () => resolve());
    });
    return { child, commandId };
  } catch (error) {
    child.kill('SIGKILL');
    for (const stream of child.stdio) stream?.destroy();
    throw error;
  } finally {
    stop.abort();
  }
}

/** The two streams by which the shell and this program agree. */
function streamsOf({ stdio }: ChildProcess): { told: NodeJS.ReadableStream; word: NodeJS.WritableStream } {
  const [, , , told, word] = stdio;
  if (told && 'read' in told && word && 'write' in word) return { told, word };
  throw new Error('the runtime gives no such streams');
}

/** Waits until the shell has told the command's number, and that the pipe holds all. */
async function filled(name: string, told: NodeJS.ReadableStream): Promise<number> {
  let heard = '';
  told.setEncoding('utf8');
  for await (const chunk of told) {
    heard += String(chunk);
    const [, command] = /^command (\d+)\n/m.exec(heard) ?? [];
    const [, status] = /^filled (\d+)\n/m.exec(heard) ?? [];
    if (status !== undefined && status !== '0') throw notStarted(name, `cat ended with status ${status}`);
    if (command !== undefined && status !== undefined) return Number(command);
  }
  throw notStarted(name, 'the shell ended');
}

function notStarted(name: string, cause: unknown): Failure {
  const reason: Text = cause instanceof Error ? text`${cause.message}` : text`${unstyled(String(cause))}`;
  return new Failure('COMMAND_FAILED', text`cannot start ${name}, so it was given nothing: ${reason}`, {
    cause,
  });
}

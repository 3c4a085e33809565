import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import crossSpawn from 'cross-spawn';
import { Failure, type FailureDetails } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';
import type { Environment } from '../values/environment.ts';
import type { Interruption, PassedSignal } from '../values/interruption.ts';
import { findProgram } from './executable.ts';

export interface ChildCommand {
  readonly words: readonly string[];
  /** Its own, and the one that it is looked up in. */
  readonly environment: Environment;
  readonly interruption: Interruption;
  /** Whether a Ctrl-C at the terminal reaches the child by itself. */
  readonly sharesTerminal: boolean;
}

/** A command that could not be started. */
export class CannotRun extends Failure {
  override readonly name = 'CannotRun';
  /** As a shell ends: 127 for a command that does not exist, 126 for one that cannot be run. */
  readonly shellStatus: 126 | 127;

  constructor(shellStatus: 126 | 127, text: Text, details: FailureDetails) {
    super('COMMAND_FAILED', text, details);
    this.shellStatus = shellStatus;
  }
}

/**
 * Runs a command with this program's own streams and answers its exit status, or 128 and the number of
 * the signal that ended it, as a shell does. Signals are passed on.
 *
 * @throws CannotRun if it cannot be started, and Interrupted if a signal came before that
 */
export async function runChild({
  words,
  environment,
  interruption,
  sharesTerminal,
}: ChildCommand): Promise<number> {
  const [command = '', ...rest] = words;
  // Nobody would pass on what came before there was somebody to pass it on to.
  interruption.signal.throwIfAborted();
  const child = started(command, rest, environment);
  const passOn = (signal: PassedSignal): void => {
    if (!(sharesTerminal && OF_KEYS.includes(signal))) child.kill(signal);
  };
  const stopPassingOn = interruption.onSignal(passOn);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (error) => {
        // A command to which no signal may be sent, as with sudo, goes on running.
        const isAboutSignal = 'syscall' in error && error.syscall === 'kill';
        if (!isAboutSignal) reject(cannotRun(command, error));
      });
      child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 0)));
    });
  } finally {
    stopPassingOn();
  }
}

/** Ctrl-C and Ctrl-\\: a terminal sends them to everything that runs in it. */
const OF_KEYS: readonly PassedSignal[] = ['SIGINT', 'SIGQUIT'];

/** Starts a command as the system finds it; on Windows a script as well, which the runtime does not by itself. */
export function spawnByName(command: string, words: readonly string[], options: SpawnOptions): ChildProcess {
  return crossSpawn(command, [...words], options);
}

function started(command: string, words: string[], environment: Environment): ChildProcess {
  // Not every runtime hands a script without a `#!` line to a shell, and none tells an interpreter from a command.
  const program = findProgram(command, environment);
  if (program.kind === 'broken') throw new CannotRun(126, text`cannot run ${command}: ${program.why}`, {});
  const byShell = program.kind === 'found' && program.isShellScript;
  const [name, ...others] = byShell ? ['/bin/sh', program.path, ...words] : [command, ...words];
  try {
    return spawnByName(name ?? command, others, { stdio: 'inherit', env: { ...environment.variables } });
  } catch (error) {
    // Some reasons are thrown, and others told by an event: a path through a file is of the former kind.
    throw error instanceof Error ? cannotRun(command, error) : error;
  }
}

function cannotRun(command: string, cause: Error): CannotRun {
  const code = 'code' in cause ? String(cause.code) : cause.message;
  const reason =
    code === 'ENOENT' ? 'there is no such command' : code === 'EACCES' ? 'it is not executable' : code;
  return new CannotRun(code === 'ENOENT' ? 127 : 126, text`cannot run ${command}: ${reason}`, {
    hint: text`Check its spelling and PATH.`,
    cause,
  });
}

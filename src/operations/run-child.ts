import { constants } from 'node:os';
import crossSpawn from 'cross-spawn';
import { Failure } from '../errors.ts';
import type { Interruption } from '../interruption.ts';
import { text } from '../text.ts';

export interface ChildCommand {
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly interruption: Interruption;
  /** Whether a Ctrl-C at the terminal reaches the child by itself. */
  readonly sharesTerminal: boolean;
}

/**
 * Runs a command with this program's own streams and answers its exit status, or 128 and the number of
 * the signal that ended it, as a shell does. Signals are passed on.
 *
 * @throws Failure COMMAND_FAILED if it cannot be started
 */
export function runChild({ words, variables, interruption, sharesTerminal }: ChildCommand): Promise<number> {
  const [command = '', ...rest] = words;
  const child = crossSpawn(command, rest, { stdio: 'inherit', env: { ...variables } });
  const passOn = (): void => {
    const signal = interruption.cause()?.signal;
    if (signal !== undefined && !(signal === 'SIGINT' && sharesTerminal)) child.kill(signal);
  };
  interruption.signal.addEventListener('abort', passOn);
  return new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(command, error)));
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 0)));
  }).finally(() => interruption.signal.removeEventListener('abort', passOn));
}

function cannotRun(command: string, cause: Error): Failure {
  const code = 'code' in cause ? String(cause.code) : cause.message;
  const reason =
    code === 'ENOENT' ? 'there is no such command' : code === 'EACCES' ? 'it is not executable' : code;
  return new Failure('COMMAND_FAILED', text`cannot run ${command}: ${reason}`, {
    hint: ['Check its spelling and PATH.'],
    cause,
  });
}

import type { Environment } from '../values/environment.ts';

/** By its absolute path: another program of that name on the PATH would be handed nothing, and be believed. */
const SECURITY = '/usr/bin/security';
/** Milliseconds: the system may ask for a password, and a person types there. */
const LONGEST_WAIT = 60_000;

/**
 * The user access token that `pscale auth login` leaves in the macOS keychain (service "pscale",
 * account "access-token"), or undefined: no such entry, access denied, no answer in time, or not macOS.
 *
 * @param program what is asked instead of /usr/bin/security
 * @throws the signal's reason, at once
 */
export async function readKeychainToken(
  environment: Environment,
  signal: AbortSignal,
  program = SECURITY,
): Promise<string | undefined> {
  if (environment.platform !== 'darwin') return undefined;
  signal.throwIfAborted();
  const { execFile } = await import('node:child_process');
  const words = ['find-generic-password', '-s', 'pscale', '-a', 'access-token', '-w'];
  // It cannot refuse that end, and has nothing to tidy up.
  const options = {
    timeout: LONGEST_WAIT,
    killSignal: 'SIGKILL',
    env: { ...environment.variables },
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(program, words, options, (error, stdout) => {
      signal.removeEventListener('abort', giveUp);
      resolve(error ? undefined : stdout.trim() || undefined);
    });
    const giveUp = (): void => {
      child.kill('SIGKILL');
      reject(signal.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

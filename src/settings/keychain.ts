import type { Environment } from './environment.ts';

/**
 * The user access token that `pscale auth login` leaves in the macOS keychain (service "pscale",
 * account "access-token"), or undefined: no such entry, access denied, or not macOS.
 */
export async function readKeychainToken(environment: Environment): Promise<string | undefined> {
  if (environment.platform !== 'darwin') return undefined;
  const { execFile } = await import('node:child_process');
  const words = ['find-generic-password', '-s', 'pscale', '-a', 'access-token', '-w'];
  const options = { timeout: 60_000, env: { ...environment.variables } };
  return new Promise((resolve) => {
    execFile('security', words, options, (error, stdout) => {
      resolve(error ? undefined : stdout.trim() || undefined);
    });
  });
}

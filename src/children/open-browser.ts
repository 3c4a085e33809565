import { spawn } from 'node:child_process';
import { type Environment, variable } from '../values/environment.ts';
import { withoutCredentials } from './child-variables.ts';

/** What shows an address to the person at this machine. */
export interface Opener {
  readonly program: string;
  /** The words before the address. */
  readonly words: readonly string[];
}

/** The system's own way; undefined where nobody sits before a screen that a browser could open on. */
export function systemOpener(environment: Environment): Opener | undefined {
  switch (environment.platform) {
    case 'darwin':
      return { program: '/usr/bin/open', words: [] };
    case 'win32':
      return { program: 'rundll32', words: ['url.dll,FileProtocolHandler'] };
    default:
      // Without a display it would look for a browser in the terminal, which this run shares with its reader.
      return variable(environment, 'DISPLAY') || variable(environment, 'WAYLAND_DISPLAY')
        ? { program: 'xdg-open', words: [] }
        : undefined;
  }
}

/** Milliseconds: an opener that goes on running has become the browser itself. */
const LONGEST_START = 3_000;

/** Opens an address and answers whether something has taken it. It gets no credentials of ours. */
export function openInBrowser(
  address: string,
  { program, words }: Opener,
  environment: Environment,
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [...words, address], {
      stdio: 'ignore',
      detached: true,
      env: withoutCredentials(environment.variables),
    });
    const timer = setTimeout(() => resolve(true), LONGEST_START);
    const settle = (isOpen: boolean): void => {
      clearTimeout(timer);
      resolve(isOpen);
    };
    child.once('error', () => settle(false));
    child.once('exit', (status) => settle(status === 0));
    // Whatever it has started stays when this program ends.
    child.unref();
  });
}

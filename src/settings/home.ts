/**
 * The user's home directory, or undefined for none: then there are no files of the user's. A variable that is
 * set decides alone, and an empty or relative one means none: as a folder it would be one below the working
 * directory, where a cloned repository can have put anything. Runtimes differ here, so none of them is asked.
 *
 * @param passwdHome the home directory in the user database; asked only where the variable is not set. It may
 *   throw, as it does for a user who has no entry there.
 */
export function homeDirectory(
  variables: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  passwdHome: () => string | undefined,
): string | undefined {
  const named = variables[platform === 'win32' ? 'USERPROFILE' : 'HOME'] ?? unlessThrown(passwdHome);
  return named !== undefined && isAbsolutePath(named, platform) ? named : undefined;
}

/** The working directory, or undefined where it was deleted or may not be seen; `ask` then throws. */
export function workingDirectory(ask: () => string): string | undefined {
  return unlessThrown(ask);
}

/** On Windows, `\folder` is one of whichever drive is the current one. */
function isAbsolutePath(path: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? /^([a-z]:[\\/]|[\\/]{2})/i.test(path) : path.startsWith('/');
}

function unlessThrown(ask: () => string | undefined): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

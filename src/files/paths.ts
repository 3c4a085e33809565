import { realpathSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import { text } from '../text/text.ts';
import { badValue } from '../values/bad-value.ts';
import type { Environment } from '../values/environment.ts';
import { describeSource, type Resolved } from '../values/source.ts';

/** The path with the home directory as `~`, as users write it. */
export function displayPath(path: string, { home }: Environment): string {
  const isInside = home !== undefined && (path === home || path.startsWith(`${home}${sep}`));
  return isInside ? `~${path.slice(home.length)}` : path;
}

/**
 * A path as seen from the working directory: the one that the system would open, which `..` behind a link to a folder
 * leads elsewhere than the names say.
 *
 * @throws Failure INVALID_USAGE or INVALID_CONFIG, by where the path came from, for a relative one where there
 *   is no working directory any more
 */
export function absolutePath(named: Resolved<string>, { workingDirectory }: Environment): string {
  if (isAbsolute(named.value)) return collapsed(named.value);
  if (workingDirectory !== undefined) return collapsed(`${workingDirectory}${sep}${named.value}`);
  throw badValue(
    named,
    text`${named.value} (from ${describeSource(named.source)}) is relative to the working directory, which does not exist`,
    text`Change to a directory that exists, or specify an absolute path.`,
  );
}

/** Without `..`, unless one leads elsewhere than to the folder that its names say. Windows takes the names alone. */
function collapsed(path: string): string {
  const isPlain = [...path.matchAll(/\/\.\.(?=\/|$)/g)].every(({ index }) => {
    const folder = path.slice(0, index + '/..'.length);
    return realFolder(folder) === realFolder(resolve(folder));
  });
  return sep !== '/' || isPlain ? resolve(path) : path;
}

function realFolder(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

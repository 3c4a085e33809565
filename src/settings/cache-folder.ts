import { lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { homeDirectory } from './home.ts';

/** Whose folder it is to be; the executable fills it in before anything else of the program is loaded. */
export interface CacheOwner {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The home directory in the user database; it may throw. */
  readonly passwdHome: () => string | undefined;
  /** Undefined on Windows, where the folders of a user are theirs alone. */
  readonly uid: number | undefined;
}

/**
 * A folder for code that Node has compiled, created where it is missing, or undefined where there is none that
 * the user alone can write to: what lies there is run. It is a folder and no link, the user's own, with mode
 * 0700, in one where nobody else could exchange it.
 *
 * @param means whether it may be created
 */
export function cacheFolder(owner: CacheOwner, { mayCreate } = { mayCreate: true }): string | undefined {
  const base = cacheHome(owner);
  if (base === undefined) return undefined;
  try {
    if (mayCreate) create(base);
    if (!isKept(statSync(base), owner)) return undefined;
    const folder = join(base, 'pscale-service-token');
    if (mayCreate) create(folder);
    return isPrivate(lstatSync(folder), owner) ? folder : undefined;
  } catch {
    // A home that cannot be written to, or does not exist.
    return undefined;
  }
}

/** Where the caches of a user are, as the system has it. */
function cacheHome({ variables, platform, passwdHome }: CacheOwner): string | undefined {
  if (platform === 'win32') return absolute(variables.LOCALAPPDATA);
  const named = platform === 'darwin' ? undefined : absolute(variables.XDG_CACHE_HOME);
  if (named !== undefined) return named;
  const home = homeDirectory(variables, platform, passwdHome);
  return home && join(home, platform === 'darwin' ? 'Library/Caches' : '.cache');
}

/** The specification of XDG has relative paths ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** One level only: what is above is there, or the user has no such place. */
function create(folder: string): void {
  if (!statSync(folder, { throwIfNoEntry: false })) mkdirSync(folder, { mode: 0o700 });
}

function isPrivate(found: Stats, { uid }: CacheOwner): boolean {
  return found.isDirectory() && (uid === undefined || (found.uid === uid && (found.mode & 0o077) === 0));
}

/** Whether nobody but the user and the administrator can exchange what is in it. */
function isKept(found: Stats, { uid }: CacheOwner): boolean {
  if (uid === undefined) return true;
  const isSticky = (found.mode & 0o1000) !== 0;
  return (found.uid === uid || found.uid === 0) && (isSticky || (found.mode & 0o022) === 0);
}

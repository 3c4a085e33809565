import { lstat, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

/**
 * The root of the git work tree that a folder stands in, or undefined where it stands in none. A checkout
 * cannot bring a `.git` of its own, so that nothing in a cloned repository decides this.
 */
export async function workTreeOf(folder: string): Promise<string | undefined> {
  for (let root = folder; ; root = dirname(root)) {
    // A folder that may not be looked into is taken for one without.
    const isRoot = await lstat(join(root, '.git')).then(
      () => true,
      () => false,
    );
    if (isRoot) return root;
    if (dirname(root) === root) return undefined;
  }
}

/** Whether a path, in which no links are left, lies in the work tree, and not in git's own folder there. */
export async function isInWorkTree(path: string, root: string): Promise<boolean> {
  const below = relative(root, path);
  if (below === '' || isAbsolute(below) || below === '..' || below.startsWith(`..${sep}`)) return false;
  const own = await identityOf(join(root, '.git'));
  // By identity, since names have several spellings on some file systems.
  for (let part = path; part !== root && part !== dirname(part); part = dirname(part)) {
    if (own !== undefined && (await identityOf(part)) === own) return false;
  }
  return true;
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}

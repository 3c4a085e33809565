import { lstat, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { findInGitIndex } from './git-index.ts';
import { readRegular } from './whole-file.ts';

/** Bytes of an index that is looked through; the largest repositories known have some hundred MB. */
const LARGEST_INDEX = 256 * 1024 * 1024;
const LARGEST_GIT_FILE = 64 * 1024;

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

/**
 * Whether git tracks a file, as far as the index tells; false where there is no work tree, or none that can
 * be read. Git is not asked: see {@link findInGitIndex}.
 *
 * @param path absolute, without a link in any part of it
 */
export async function isTracked(path: string, platform: NodeJS.Platform): Promise<boolean> {
  const root = await workTreeOf(dirname(path));
  if (root === undefined) return false;
  const folder = await gitFolder(root);
  // Git's own rule where the file system takes one spelling for the other (core.ignoreCase).
  const ignoresCase = platform === 'darwin' || platform === 'win32';
  const spelled = (name: string): string => (ignoresCase ? name.normalize('NFC').toLowerCase() : name);
  const wanted = spelled(relative(root, path).split(sep).join('/'));
  const look = async (file: string) => {
    const bytes = await readRegular(join(folder, file), LARGEST_INDEX);
    return bytes && findInGitIndex(bytes, (name) => spelled(name) === wanted);
  };
  const index = await look('index');
  if (!index || index.isFound || index.shared === undefined) return index?.isFound ?? false;
  return (await look(`sharedindex.${index.shared}`))?.isFound ?? false;
}

/** The repository's own folder, which a linked work tree or a submodule names in a file. */
async function gitFolder(root: string): Promise<string> {
  const named = join(root, '.git');
  const content = await readRegular(named, LARGEST_GIT_FILE);
  const line = content && /^gitdir: (.+?)[\r\n]*$/.exec(Buffer.from(content).toString())?.[1];
  return line === undefined ? named : resolve(root, line);
}

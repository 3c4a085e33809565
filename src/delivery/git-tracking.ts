import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { findProgram, searchPath } from '../children/executable.ts';
import { isInWorkTree, workTreeOf } from '../files/git-tree.ts';
import type { Environment } from '../values/environment.ts';

/** Milliseconds that git may take for an answer. */
const TIME_LIMIT = 2_000;

/** What git does with a file; `none` outside of every work tree. */
export type GitTracking = 'none' | 'tracked' | 'ignored' | 'neither' | 'unknown';

/**
 * Asks git whether it tracks or ignores a file. Nothing in a repository runs by it: neither what its configuration
 * names nor a program in its folders, and nothing is fetched or written.
 *
 * @param path absolute, without a link in any part of it
 */
export async function gitTracking(path: string, environment: Environment): Promise<GitTracking> {
  const root = await workTreeOf(dirname(path));
  if (root === undefined || !(await isInWorkTree(path, root))) return 'none';
  const git = findGit(root, environment);
  if (git === undefined) return 'unknown';
  const name = relative(root, path).split(sep).join('/');
  // Git's own rule where the file system takes one spelling for the other (core.ignoreCase).
  const ignoresCase = environment.platform === 'darwin' || environment.platform === 'win32';
  const spec = `:(${ignoresCase ? 'icase,literal' : 'literal'})${name}`;
  const ask = (words: readonly string[]) => statusOf(git, words, root, environment);
  const [tracked, ignored] = await Promise.all([
    ask(['ls-files', '--error-unmatch', '-z', '--', spec]),
    ask(['check-ignore', '-q', '--', `./${name}`]),
  ]);
  if (tracked === 0) return 'tracked';
  if (tracked !== 1) return 'unknown';
  if (ignored === 0) return 'ignored';
  return ignored === 1 ? 'neither' : 'unknown';
}

/** The first git of PATH that is no part of the work tree: `npm run` puts folders of a repository there. */
function findGit(root: string, environment: Environment): string | undefined {
  for (const folder of searchPath(environment)) {
    if (!isAbsolute(folder)) continue;
    const program = findProgram(join(folder, 'git'), environment);
    if (program.kind === 'found' && !isBelow(root, program.path)) return program.path;
  }
  return undefined;
}

function isBelow(root: string, file: string): boolean {
  const isIn = (path: string): boolean => {
    const below = relative(root, path);
    return !isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`);
  };
  try {
    return isIn(realpathSync(dirname(file))) || isIn(realpathSync(file));
  } catch {
    return true;
  }
}

/** The status that git ends with; undefined where it does not start, or takes too long. */
async function statusOf(
  git: string,
  words: readonly string[],
  cwd: string,
  { variables }: Environment,
): Promise<number | undefined> {
  const { execFile } = await import('node:child_process');
  const own = Object.entries(variables).filter(([name]) => !/^GIT_/i.test(name));
  const env = {
    ...Object.fromEntries(own),
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    GIT_OPTIONAL_LOCKS: '0',
  };
  const options = { cwd, env, timeout: TIME_LIMIT, killSignal: 'SIGKILL', windowsHide: true } as const;
  const settings = ['-c', 'core.fsmonitor=false', '-c', 'safe.bareRepository=explicit'];
  return new Promise((settle) => {
    try {
      execFile(git, [...settings, ...words], options, (error) => {
        if (error === null) settle(0);
        else settle(typeof error.code === 'number' ? error.code : undefined);
      });
    } catch {
      settle(undefined);
    }
  });
}

import { lstat, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, sep } from 'node:path';
import { unlessMissing } from './file-errors.ts';

/** As many as Linux follows. */
const MOST_LINKS = 40;

export interface Followed {
  /** The path without a link in any part of it; what it names may be missing. */
  readonly target: string;
  /** The folders in which the links on the way stood, without a link in any part of them. */
  readonly folders: readonly string[];
}

/**
 * Follows every symbolic link in an absolute path.
 *
 * @throws the system's error, ELOOP included
 */
export async function followLinks(path: string): Promise<Followed> {
  const folders: string[] = [];
  let { root: target } = parse(path);
  const names = namesIn(path);
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      // As for the system: `..` of what is no folder leads nowhere.
      await lstat(`${target}${sep}.`);
      target = dirname(target);
      continue;
    }
    const next = join(target, name);
    if (!(await unlessMissing(lstat(next)))?.isSymbolicLink()) {
      target = next;
      continue;
    }
    if (folders.length === MOST_LINKS) {
      throw Object.assign(new Error(`more than ${MOST_LINKS} links`), { code: 'ELOOP' });
    }
    folders.push(target);
    const link = await readlink(next);
    if (isAbsolute(link)) target = parse(link).root;
    names.unshift(...namesIn(link));
  }
  return { target, folders };
}

/** The names that a path leads along, below its root. */
function namesIn(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep === '/' ? '/' : /[\\/]/)
    .filter((name) => name !== '' && name !== '.');
}

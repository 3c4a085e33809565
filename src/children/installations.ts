import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../values/environment.ts';
import { searchPath } from './executable.ts';

/**
 * Where a program is installed, by PATH, the one that a shell starts first; two names of one file count once.
 *
 * @param program its name without an ending
 */
export function installationsOf(program: string, environment: Environment): string[] {
  const isWindows = environment.platform === 'win32';
  const names = isWindows ? [`${program}.exe`, `${program}.cmd`] : [program];
  const found = new Map<string, string>();
  for (const folder of searchPath(environment).filter(isAbsolute)) {
    for (const name of names) {
      const file = join(folder, name);
      const real = executableAt(file, isWindows);
      if (real !== undefined && !found.has(real)) found.set(real, file);
    }
  }
  return [...found.values()];
}

/** The file itself, behind all links; undefined where nothing can be started. */
function executableAt(file: string, isWindows: boolean): string | undefined {
  try {
    const found = statSync(file);
    return found.isFile() && (isWindows || (found.mode & 0o111) !== 0) ? realpathSync(file) : undefined;
  } catch {
    return undefined;
  }
}

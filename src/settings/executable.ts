import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Environment, variable } from './environment.ts';

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing' }
  /** There is something of that name, which cannot be run. */
  | { readonly kind: 'not executable'; readonly path: string };

/**
 * The program that a command's name starts, looked up as the system does: a name with a slash is a path, any other one
 * is searched for in PATH.
 */
export function findProgram(name: string, environment: Environment): FoundProgram {
  const { platform, workingDirectory = '/' } = environment;
  const isWindows = platform === 'win32';
  const isPath = name.includes('/') || (isWindows && name.includes('\\'));
  const folders = isPath ? [''] : [...(isWindows ? ['.'] : []), ...searchPath(environment)];
  const endings = isWindows
    ? ['', ...(variable(environment, 'PATHEXT') ?? '.EXE;.CMD;.BAT').split(';')]
    : [''];
  let refused: string | undefined;
  for (const folder of folders) {
    for (const ending of endings) {
      // An empty folder of PATH is the working directory.
      const file = resolve(workingDirectory, isPath ? name + ending : join(folder || '.', name + ending));
      if (!isFile(file)) continue;
      if (isExecutable(file)) return { kind: 'found', path: file };
      refused ??= file;
    }
  }
  return refused === undefined ? { kind: 'missing' } : { kind: 'not executable', path: refused };
}

/** The folders of PATH, in its order; an empty one is the working directory. */
export function searchPath(environment: Environment): string[] {
  const isWindows = environment.platform === 'win32';
  const path = variable(environment, 'PATH') ?? (isWindows ? variable(environment, 'Path') : undefined) ?? '';
  return path.split(delimiter);
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

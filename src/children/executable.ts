import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { examineProgram } from '../settings/program-file.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { type Environment, variable } from '../values/environment.ts';

export type FoundProgram =
  /** @property isShellScript it is text without a `#!` line, which only a shell can run */
  | { readonly kind: 'found'; readonly path: string; readonly isShellScript: boolean }
  | { readonly kind: 'missing' }
  /** A file of that name exists and cannot be run. @property why a sentence part that names the file */
  | { readonly kind: 'broken'; readonly why: Text };

/**
 * The program that a command's name starts, looked up as the system does: a name with a slash is a path, any other one
 * is searched for in PATH.
 */
export function findProgram(name: string, environment: Environment): FoundProgram {
  const { file, refused } = findFile(name, environment);
  if (file !== undefined) return environment.platform === 'win32' ? found(file) : examined(file, environment);
  return refused === undefined
    ? { kind: 'missing' }
    : { kind: 'broken', why: text`${refused} is not executable` };
}

/** The first executable file of that name; the first one that is not executable. */
function findFile(
  name: string,
  environment: Environment,
): { readonly file?: string; readonly refused?: string | undefined } {
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
      if (isExecutable(file)) return { file };
      refused ??= file;
    }
  }
  return { refused };
}

function found(path: string, isShellScript = false): FoundProgram {
  return { kind: 'found', path, isShellScript };
}

function examined(path: string, environment: Environment): FoundProgram {
  // An interpreter that is a script itself is the system's to judge.
  const findInPath = (name: string): boolean => findFile(name, environment).file !== undefined;
  const file = examineProgram(path, findInPath);
  if (file.kind !== 'broken') return found(path, file.kind === 'shell script');
  return { kind: 'broken', why: text`${path} cannot be started: ${unstyled(file.why)}` };
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

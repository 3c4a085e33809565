import { accessSync, constants } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { type Environment, variable } from '../values/environment.ts';

/** Where the completion of a program stands, and what the shell may need to find it. */
export interface CompletionPlace {
  /** Absolute. */
  readonly path: string;
  /** A line that makes the shell look there, for a file that it reads at its start. */
  readonly start?: { readonly file: string; readonly line: string; readonly when?: string } | undefined;
}

/**
 * The place where a shell looks by itself, as far as a user may write there, else one in their home; undefined for one
 * who has none.
 *
 * Sources: bash-completion's README (BASH_COMPLETION_USER_DIR), fish's manual ("Where to put completions"), zsh's
 * manual ("Autoloaded functions": FPATH), PowerShell's about_Profiles.
 */
export function completionPlace(
  shell: 'bash' | 'zsh' | 'fish' | 'powershell',
  program: string,
  environment: Environment,
): CompletionPlace | undefined {
  const { home, platform } = environment;
  if (home === undefined) return undefined;
  const data = absolute('XDG_DATA_HOME', environment) ?? join(home, '.local', 'share');
  const config = absolute('XDG_CONFIG_HOME', environment) ?? join(home, '.config');
  switch (shell) {
    case 'bash': {
      const own = absolute('BASH_COMPLETION_USER_DIR', environment) ?? join(data, 'bash-completion');
      const path = join(own, 'completions', program);
      const start = {
        file: join(home, '.bashrc'),
        line: `. ${quoted(path)}`,
        when: 'without bash-completion',
      };
      return { path, start };
    }
    case 'fish':
      return { path: join(config, 'fish', 'completions', `${program}.fish`) };
    case 'zsh': {
      const searched = functionFolder(environment);
      const folder = searched ?? join(data, 'zsh', 'site-functions');
      const file = join(absolute('ZDOTDIR', environment) ?? home, '.zshrc');
      const line = `fpath=(${quoted(folder)} $fpath)`;
      const start =
        searched === undefined ? { file, line, when: 'above the line that runs compinit' } : undefined;
      return { path: join(folder, `_${program}`), start };
    }
    case 'powershell': {
      const folder =
        platform === 'win32' ? join(home, 'Documents', 'PowerShell') : join(config, 'powershell');
      const path = join(folder, `${program}.completion.ps1`);
      const file = join(folder, 'Microsoft.PowerShell_profile.ps1');
      return { path, start: { file, line: `. '${path.replaceAll("'", "''")}'` } };
    }
  }
}

/** The first folder for functions of others that zsh searches, as far as it has told, and that may be written to. */
function functionFolder(environment: Environment): string | undefined {
  const folders = (variable(environment, 'FPATH') ?? '').split(':');
  return folders.find(
    (folder) => isAbsolute(folder) && basename(folder) === 'site-functions' && isWritable(folder),
  );
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function absolute(name: string, environment: Environment): string | undefined {
  const path = variable(environment, name);
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** For bash and zsh. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

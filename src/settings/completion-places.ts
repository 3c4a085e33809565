import { isAbsolute, join } from 'node:path';
import { type Environment, variable } from './environment.ts';

/** Where a shell looks for the completion of a program, and what it may need to be told. */
export interface CompletionPlace {
  /** Absolute. */
  readonly path: string;
  /** What has to stand in a file that the shell reads at its start, if it does not look there by itself. */
  readonly start?: { readonly file: string; readonly lines: readonly string[] };
  /** Whether the shell looks there only with something of its own installed. */
  readonly needs?: string;
}

/**
 * The place in the home of a user; undefined for one who has none.
 *
 * Sources: bash-completion's README (BASH_COMPLETION_USER_DIR), fish's manual ("Where to put completions"), zsh's
 * manual ("Autoloaded functions": fpath), PowerShell's about_Profiles.
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
      return { path: join(own, 'completions', program), needs: 'bash-completion' };
    }
    case 'fish':
      return { path: join(config, 'fish', 'completions', `${program}.fish`) };
    case 'zsh': {
      const folder = join(data, 'zsh', 'site-functions');
      const own = absolute('ZDOTDIR', environment) ?? home;
      return {
        path: join(folder, `_${program}`),
        start: {
          file: join(own, '.zshrc'),
          lines: [`fpath=(${quoted(folder)} $fpath)`, 'autoload -Uz compinit && compinit'],
        },
      };
    }
    case 'powershell': {
      const folder =
        platform === 'win32' ? join(home, 'Documents', 'PowerShell') : join(config, 'powershell');
      const path = join(folder, `${program}.completion.ps1`);
      return {
        path,
        start: {
          file: join(folder, 'Microsoft.PowerShell_profile.ps1'),
          lines: [`. '${path.replaceAll("'", "''")}'`],
        },
      };
    }
  }
}

function absolute(name: string, environment: Environment): string | undefined {
  const path = variable(environment, name);
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** For zsh; the home is left to it, so that the line is the same on another machine. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}

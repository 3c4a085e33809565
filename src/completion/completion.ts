import { command } from '../cli/command.ts';
import { argumentList } from '../cli/declaration.ts';
import { type Outcome, showingText } from '../cli/outcome.ts';
import { Failure } from '../text/errors.ts';
import { listed, text } from '../text/text.ts';
import { completionScript, SHELLS, type Shell } from './scripts.ts';

const INSTALL = 'install';

/** What is asked for: the script, or that it be put where the shell looks; the user's own shell if none is named. */
type Wanted =
  | { readonly kind: 'script'; readonly shell: Shell }
  | { readonly kind: 'installation'; readonly shell: Shell | undefined };

export const completion = command({
  name: 'completion',
  alsoChanges: 'with install, the file that the shell loads',
  description:
    'Print a script that completes commands, flags, permissions, token IDs and database names on Tab, or, with install, put it where the shell looks. No start-up file of a shell is changed.',
  usage: '[options] <shell> | install [shell]',
  arguments: {
    wanted: argumentList('shell', `${SHELLS.join(', ')}; or ${INSTALL}`, 'at least one', parseWanted, {
      words: [...SHELLS, INSTALL],
      description: 'shell',
    }),
  },
  reads: ['config'],
  examples: [
    ['completion install zsh', 'Where zsh looks for it; prints a line where one is needed'],
    ['completion bash > ~/.local/share/bash-completion/completions/pscale-service-token', 'By hand'],
  ],
  run: async ({ wanted }, context): Promise<Outcome> => {
    if (wanted.kind === 'script') return showingText(completionScript(wanted.shell));
    const { install } = await import('./install.ts');
    return install(wanted.shell, context);
  },
});

/** @throws Failure INVALID_USAGE */
function parseWanted([first = '', second, third]: readonly string[]): Wanted {
  const tooMany = first === INSTALL ? third : second;
  if (tooMany !== undefined) throw new Failure('INVALID_USAGE', text`unexpected argument: ${tooMany}`);
  if (first !== INSTALL) return { kind: 'script', shell: parseShell(first) };
  return { kind: 'installation', shell: second === undefined ? undefined : parseShell(second) };
}

/** @throws Failure INVALID_USAGE */
function parseShell(name: string): Shell {
  const shell = SHELLS.find((candidate) => candidate === name);
  if (shell) return shell;
  throw new Failure('INVALID_USAGE', text`unsupported shell: ${name}`, {
    hint: text`The supported shells are ${listed(SHELLS)}.`,
  });
}

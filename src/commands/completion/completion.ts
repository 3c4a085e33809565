import { command } from '../../cli/command.ts';
import { argument } from '../../cli/declaration.ts';
import { showingText } from '../../cli/outcome.ts';
import { Failure } from '../../errors.ts';
import { listed, text } from '../../text.ts';
import { completionScript, SHELLS, type Shell } from './scripts.ts';

export const completion = command({
  name: 'completion',
  description:
    'Print a script that completes commands, flags, permissions, token IDs and database names on Tab.',
  arguments: {
    shell: argument('shell', 'bash, zsh or fish', parseShell, { words: SHELLS, description: 'shell' }),
  },
  reads: ['config'],
  examples: [
    ['completion bash > ~/.local/share/bash-completion/completions/pscale-service-token', 'For bash'],
    ['completion fish > ~/.config/fish/completions/pscale-service-token.fish', 'For fish'],
  ],
  run: async ({ shell }) => showingText(completionScript(shell)),
});

/** @throws Failure INVALID_USAGE */
function parseShell(name: string): Shell {
  const shell = SHELLS.find((candidate) => candidate === name);
  if (shell) return shell;
  throw new Failure('INVALID_USAGE', text`unsupported shell: ${name}`, {
    hint: text`The supported shells are ${listed(SHELLS)}.`,
  });
}

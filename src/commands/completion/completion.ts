import { Failure } from '../../errors.ts';
import { text, unstyled } from '../../text.ts';
import type { CliCommand, Outcome } from '../command.ts';
import { completionScript, SHELLS } from './scripts.ts';

export function addCompletionCommand(program: CliCommand): void {
  program.addCommand(
    program
      .createCommand('completion')
      .description(
        'Print a script that completes commands, flags, permissions, token ids and database names on Tab.',
      )
      .argument('<shell>', 'bash, zsh or fish')
      .documents({
        reads: ['config'],
        examples: [
          ['completion bash > ~/.local/share/bash-completion/completions/pscale-service-token', 'For bash'],
          ['completion fish > ~/.config/fish/completions/pscale-service-token.fish', 'For fish'],
        ],
      })
      .handles(
        (shell = '') =>
          () =>
            Promise.resolve(runCompletion(shell)),
      ),
  );
}

export function runCompletion(name: string): Outcome {
  const shell = SHELLS.find((candidate) => candidate === name);
  if (shell) return { plainText: completionScript(shell) };
  throw new Failure('INVALID_USAGE', text`${name} is not a shell this program knows`, {
    hint: text`The shells are ${unstyled(SHELLS.join(', '))}.`,
  });
}

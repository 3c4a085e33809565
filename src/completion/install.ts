import { type Outcome, showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { displayPath } from '../files/paths.ts';
import { PROGRAM } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, type Text, text, unstyled } from '../text/text.ts';
import { type Environment, variable } from '../values/environment.ts';
import type { Resolved } from '../values/source.ts';
import { outcome } from '../views/outcome.ts';
import { type CompletionPlace, completionPlace } from './completion-places.ts';
import { completionScript, SHELLS, type Shell } from './scripts.ts';

/**
 * Puts the script where the shell looks for it. No file that a shell reads at its start is changed: a line that it needs
 * there is printed.
 *
 * @param named the user's own shell without it
 * @throws Failure INVALID_USAGE for an unknown shell, a user without a home, or a file that cannot be written
 */
export async function install(named: Shell | undefined, context: Context): Promise<Outcome> {
  const { environment } = context;
  const shell = named ?? shellInUse(context);
  const place = completionPlace(shell, PROGRAM, environment);
  if (!place) {
    throw new Failure('INVALID_USAGE', text`there is no home directory`, {
      hint: text`Print the script with completion ${shell}, and put it where the shell looks.`,
    });
  }
  const script = completionScript(shell);
  const { rewriteTextFile } = await import('../files/text-file.ts');
  const path: Resolved<string> = { value: place.path, source: { kind: 'default' } };
  await rewriteTextFile(path, context, () => script, 'everybody');
  const shown = displayPath(place.path, environment);
  const data = { result: 'completion installed', shell, path: shown };
  const csv = { Result: data.result, Shell: shell, Path: shown };
  return showing(
    outcome(data, csv, text`Completion for ${shell} is in ${shown}. Open a new shell to use it.`),
    { notes: startNotes(place, environment) },
  );
}

/** @throws Failure INVALID_USAGE */
function shellInUse({ environment }: Context): Shell {
  const path = variable(environment, 'SHELL') ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const shell = SHELLS.find((candidate) => candidate === name);
  if (shell) return shell;
  throw new Failure(
    'INVALID_USAGE',
    name === '' ? text`SHELL does not say which shell you use` : text`unsupported shell: ${name} (SHELL)`,
    { hint: text`Name it: completion install ${listed(SHELLS, text`|`)}` },
  );
}

/** What the shell still needs to find it. */
function startNotes({ start }: CompletionPlace, environment: Environment): Text[] {
  if (start === undefined) return [];
  const { file, line, when } = start;
  const where = when === undefined ? text`` : text`, ${unstyled(when)}`;
  return [
    lines(text`Add this line to ${displayPath(file, environment)}${where}:`, text`  ${unstyled(line)}`),
  ];
}

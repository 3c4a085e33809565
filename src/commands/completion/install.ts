import { type Outcome, showing } from '../../cli/outcome.ts';
import { PROGRAM } from '../../command-line.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../errors.ts';
import { type CompletionPlace, completionPlace } from '../../settings/completion-places.ts';
import { variable } from '../../settings/environment.ts';
import { displayPath } from '../../settings/files.ts';
import { lines, listed, type Text, text, unstyled } from '../../text.ts';
import { outcome } from '../../views/outcome.ts';
import { completionScript, SHELLS, type Shell } from './scripts.ts';

/**
 * Puts the script where the shell looks for it. A file that the shell reads at its start is changed after a yes
 * only; without a terminal what it needs is said.
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
  await replaced(place.path, () => script, context);
  const shown = displayPath(place.path, environment);
  const notes = await afterwards(place, context);
  const data = { result: 'completion installed', shell, path: shown };
  const csv = { Result: data.result, Shell: shell, Path: shown };
  return showing(
    outcome(data, csv, text`Completion for ${shell} is in ${shown}. Open a new shell to use it.`),
    {
      notes,
    },
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

/** What the shell still needs to find it; done after a yes, said otherwise. */
async function afterwards({ start, needs }: CompletionPlace, context: Context): Promise<Text[]> {
  if (needs !== undefined) {
    return [text`It is loaded by ${unstyled(needs)}, which has to be installed.`];
  }
  if (start === undefined) return [];
  const shown = displayPath(start.file, context.environment);
  const added = lines(...start.lines.map((line) => text`  ${line}`));
  const question = lines(text`${shown} has to say where it is:`, added, text`Add these lines to ${shown}?`);
  if (context.io.interactive && (await (await context.prompter()).confirm(question))) {
    await replaced(start.file, (content) => withLines(content, start.lines), context);
    return [text`${shown} was changed.`];
  }
  return [lines(text`Add to ${shown}, if it is not there:`, added)];
}

/** The lines at the end, unless they are there already. */
function withLines(content: string, added: readonly string[]): string {
  const present = new Set(content.split(/\r?\n/).map((line) => line.trim()));
  const missing = added.filter((line) => !present.has(line));
  if (missing.length === 0) return content;
  return `${content}${content === '' || content.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`;
}

async function replaced(path: string, rewrite: (content: string) => string, context: Context): Promise<void> {
  const { rewriteTextFile } = await import('../../sinks/text-file.ts');
  await rewriteTextFile({ value: path, source: { kind: 'default' } }, context, rewrite, 'everybody');
}

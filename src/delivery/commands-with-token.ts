import { childVariables } from '../children/environment.ts';
import { findProgram } from '../children/executable.ts';
import type { Relay } from '../children/watch-child.ts';
import type { Context } from '../context.ts';
import type { Place } from '../flags/place.ts';
import { Failure } from '../text/errors.ts';
import { lines, text, unstyled } from '../text/text.ts';
import type { IssuedToken } from '../tokens/issue-token.ts';
import { pipeInput } from '../values/pipe-forms.ts';
import { tokenVariables } from '../values/token-variables.ts';

/** Milliseconds. */
const USUAL_LIMIT = 5 * 60_000;

/** Sees whether the token does its job. @throws Failure COMMAND_FAILED, Interrupted */
export async function runCheckOf(
  line: string,
  { token }: IssuedToken,
  { names, limit = USUAL_LIMIT }: Place,
  context: Context,
): Promise<void> {
  const { runCheck } = await import('../children/run-check.ts');
  context.progress.stop();
  const variables = {
    ...(await variablesFor(context)),
    ...Object.fromEntries(tokenVariables(token, names)),
  };
  const { platform } = context.environment;
  await runCheck({ line, variables, limit, relay: relayOf(token, context), platform }, context);
}

/**
 * The way to a command's standard input. The command is looked up here, before there is a token.
 *
 * @throws Failure INVALID_USAGE where it cannot be run
 */
export async function openPipe(
  { form, command: [name, ...words], names, limit = USUAL_LIMIT }: Place & { readonly kind: 'pipe' },
  context: Context,
): Promise<(issued: IssuedToken) => Promise<Failure | undefined>> {
  const { environment, io } = context;
  const program = programOf(name, context);
  const variables = await variablesFor(context);
  const { pipeToCommand } = await import('../children/pipe-to-command.ts');
  return ({ token }) => {
    const input = pipeInput(form, token, names);
    context.progress.stop();
    const { platform } = environment;
    const sharesTerminal = io.hasTerminal;
    const relay = relayOf(token, context);
    return pipeToCommand(
      { name, program, words, variables, input, relay, limit, sharesTerminal, platform },
      context,
    );
  };
}

/** @throws Failure INVALID_USAGE */
function programOf(name: string, { environment }: Context): string {
  const found = findProgram(name, environment);
  switch (found.kind) {
    case 'found':
      return found.path;
    case 'missing':
      throw new Failure('INVALID_USAGE', text`cannot run ${name}: there is no such command`, {
        hint: text`Nothing was created. Check its spelling and PATH.`,
      });
    case 'broken':
      throw new Failure('INVALID_USAGE', text`cannot run ${name}: ${found.why}`, {
        hint: text`Nothing was created.`,
      });
  }
}

async function variablesFor(context: Context): Promise<Record<string, string | undefined>> {
  return childVariables(await context.organizationName(), await context.settings(), context.environment);
}

/** Writes the lines of a command's output to stderr, without the secret in any form. */
function relayOf({ token }: IssuedToken['token'], { keepSecret, redactedLines, tell }: Context): Relay {
  keepSecret([token]);
  return async (output) => {
    for await (const safe of redactedLines(output)) tell(lines(...safe.map(unstyled)));
  };
}

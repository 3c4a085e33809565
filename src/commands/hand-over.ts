import type { Context } from '../context.ts';
import { Failure, Interrupted, rephrased } from '../errors.ts';
import type { IssuedToken } from '../operations/issue-token.ts';
import { ClosedOutput } from '../output/io.ts';
import type { Result } from '../output/result.ts';
import { exportLines } from '../sinks/shell-export.ts';
import type { Sink } from '../sinks/sink.ts';
import { lines, type Text, text } from '../text.ts';
import { type CliCommand, withoutEquals } from './command.ts';

/** Where the secret of a new token goes; stdout unless one is given. */
export interface HandOverOptions {
  readonly envFile?: string;
  readonly export?: boolean;
  readonly githubEnv?: boolean;
  readonly githubOutput?: boolean;
}

export function addHandOverOptions(command: CliCommand): void {
  command
    .option(
      // Node stops before any program starts if a file that --env-file names anywhere on its command line
      // is missing (nodejs/node#54232). It does not know the short form.
      '-e, --env-file <path>',
      'Put id and secret into this file of variables instead of printing them; use -e for a file that is not there yet: under Node, --env-file finds only one that is',
      withoutEquals,
    )
    .option('--export', 'Print two shell export lines and nothing else: eval "$(…)"')
    .option('--github-env', 'Set the variables for later steps of a GitHub Actions job, masked in its log')
    .option('--github-output', 'Make them outputs of a step of a GitHub Actions job, masked in its log');
}

/** The way of a new token's secret to its user. Opened before the token is made. */
export interface HandOver {
  /** Hands over. Whatever it throws, nobody has got the secret. */
  readonly deliver: (issued: IssuedToken) => Promise<void>;
  /** Prints what is left to print, and answers what went wrong with that: the token has been handed over. */
  readonly announce: (issued: IssuedToken) => Promise<Failure | undefined>;
  readonly close: () => Promise<void>;
}

/** The result that shows a new token; `place` is where its secret went, if not into the result. */
export type TokenView = (issued: IssuedToken, place: Text | undefined) => Result;

/** @throws Failure INVALID_USAGE for two places, or one that cannot be used */
export async function openHandOver(
  options: HandOverOptions,
  context: Context,
  view: TokenView,
): Promise<HandOver> {
  const flags = [
    options.envFile !== undefined && '--env-file',
    options.export && '--export',
    options.githubEnv && '--github-env',
    options.githubOutput && '--github-output',
  ].filter((flag) => typeof flag === 'string');
  if (flags.length > 1) {
    throw new Failure('INVALID_USAGE', [`${flags.join(' and ')} cannot be used together`], {
      hint: ['The secret goes to one place: name the one that is meant.'],
    });
  }
  const { environment } = context;
  if (options.envFile !== undefined) {
    const { openEnvFile } = await import('../sinks/env-file.ts');
    return intoSink(await openEnvFile(options.envFile, environment), view, context);
  }
  if (options.githubEnv || options.githubOutput) {
    const { openGithubFile } = await import('../sinks/github-file.ts');
    const kind = options.githubEnv ? 'env' : 'output';
    return intoSink(await openGithubFile(kind, environment, context.maskInLog), view, context);
  }
  refuseLostSecret(context);
  return ontoStdout((issued) =>
    options.export ? context.printText(exportLines(issued.token)) : context.print(view(issued, undefined)),
  );
}

function intoSink(sink: Sink, view: TokenView, context: Context): HandOver {
  return {
    deliver: ({ token }) => sink.deliver(token),
    announce: async (issued) => {
      try {
        await context.print(view(issued, sink.place));
        return undefined;
      } catch (error) {
        if (error instanceof ClosedOutput) return undefined;
        const state = text`service token ${issued.token.id} was created, and its secret is in ${sink.place}`;
        if (error instanceof Interrupted) return rephrased(error, lines(error.text, state), {});
        const why = error instanceof Failure ? error.text : text`unexpected error: ${String(error)}`;
        return new Failure('COMMAND_FAILED', lines(state, why), { cause: error });
      }
    },
    close: () => sink.close(),
  };
}

function ontoStdout(print: (issued: IssuedToken) => Promise<void>): HandOver {
  return {
    deliver: (issued) => printed(() => print(issued)),
    announce: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}

/** Prints a new token. @throws Failure COMMAND_FAILED, also where the reader has gone: nobody has the secret then */
export async function printed(print: () => Promise<void>): Promise<void> {
  try {
    await print();
  } catch (cause) {
    if (cause instanceof Interrupted) throw cause;
    throw new Failure('COMMAND_FAILED', ['the new token could not be written to stdout'], { cause });
  }
}

/** @throws Failure INVALID_USAGE where what is printed reaches nobody, as with stdout closed by the shell */
export function refuseLostSecret({ io }: Context): void {
  if (!io.discardsStdout) return;
  throw new Failure('INVALID_USAGE', ['stdout goes nowhere: the secret of the new token would be lost'], {
    hint: ['Print it somewhere, or name a place for it, such as -e .env.'],
  });
}

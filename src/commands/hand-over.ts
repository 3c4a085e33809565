import type { Context } from '../context.ts';
import { Failure, Interrupted, rephrased } from '../errors.ts';
import type { IssuedToken } from '../operations/issue-token.ts';
import { ClosedOutput } from '../output/io.ts';
import type { Result } from '../output/result.ts';
import { fileReason } from '../sinks/file-errors.ts';
import { exportLines } from '../sinks/shell-export.ts';
import type { Sink } from '../sinks/sink.ts';
import { lines, type Text, text, unstyled } from '../text.ts';
import { type CliCommand, withoutEquals } from './command.ts';

/** Where the secret of a new token goes; stdout unless one is given. */
export interface HandOverOptions {
  readonly dotenv?: string;
  readonly export?: boolean;
  readonly githubEnv?: boolean;
  readonly githubOutput?: boolean;
}

export function addHandOverOptions(command: CliCommand): void {
  command
    .option(
      '-e, --dotenv <path>',
      'Save the ID and secret to this env file instead of printing them; it is created if missing',
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
    options.dotenv !== undefined && '--dotenv',
    options.export && '--export',
    options.githubEnv && '--github-env',
    options.githubOutput && '--github-output',
  ].filter((flag) => typeof flag === 'string');
  if (flags.length > 1) {
    throw new Failure('INVALID_USAGE', text`${unstyled(flags.join(' and '))} cannot be used together`, {
      hint: text`The secret goes to one place: name the one that is meant.`,
    });
  }
  const { environment } = context;
  if (options.dotenv !== undefined) {
    const { openEnvFile } = await import('../sinks/env-file.ts');
    return intoSink(await openEnvFile(options.dotenv, context), view, context);
  }
  if (options.githubEnv || options.githubOutput) {
    refuseLostMask(context);
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
        const result = view(issued, sink.place);
        await context.print({ ...result, notes: [...(result.notes ?? []), ...sink.notes] });
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
    const reason = cause instanceof Failure ? text`: ${fileReason(cause.cause)}` : text``;
    throw new Failure('COMMAND_FAILED', text`the new token could not be written to stdout${reason}`, {
      cause,
    });
  }
}

/** @throws Failure INVALID_USAGE where what is printed reaches nobody, as with stdout closed by the shell */
export function refuseLostSecret({ io }: Context): void {
  if (!io.discardsStdout) return;
  throw new Failure('INVALID_USAGE', text`stdout goes nowhere: the secret of the new token would be lost`, {
    hint: text`Print it somewhere, or name a place for it, such as -e .env.`,
  });
}

/** @throws Failure INVALID_USAGE where the log of a job, which is to hide the secret, is not told of it */
function refuseLostMask({ io }: Context): void {
  if (io.stderrReachesLog) return;
  throw new Failure(
    'INVALID_USAGE',
    text`stderr does not reach the job log, so the secret could not be masked in it`,
    { hint: text`Do not close or redirect stderr, or use -e <path>.` },
  );
}

import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import type { IssuedToken } from '../operations/issue-token.ts';
import type { Result } from '../output/result.ts';
import { exportLines } from '../sinks/shell-export.ts';
import type { Sink } from '../sinks/sink.ts';
import type { Text } from '../text.ts';
import type { CliCommand, Outcome } from './command.ts';

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
    )
    .option('--export', 'Print two shell export lines and nothing else: eval "$(…)"')
    .option('--github-env', 'Set the variables for later steps of a GitHub Actions job, masked in its log')
    .option('--github-output', 'Make them outputs of a step of a GitHub Actions job, masked in its log');
}

/** The way of a new token's secret to its user. Opened before the token is made. */
export interface HandOver {
  /** Hands over. Whatever it throws, nobody has got the secret. */
  readonly deliver: (issued: IssuedToken) => Promise<void>;
  /** What is left to print. */
  readonly outcome: (
    issued: IssuedToken,
  ) => Exclude<Outcome, { plainText: string } | { relayedStatus: number }>;
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
    return intoSink(await openEnvFile(options.envFile, environment), view);
  }
  if (options.githubEnv || options.githubOutput) {
    const { openGithubFile } = await import('../sinks/github-file.ts');
    const kind = options.githubEnv ? 'env' : 'output';
    return intoSink(await openGithubFile(kind, environment, context.maskInLog), view);
  }
  return ontoStdout((issued) =>
    options.export ? context.printText(exportLines(issued.token)) : context.print(view(issued, undefined)),
  );
}

function intoSink(sink: Sink, view: TokenView): HandOver {
  return {
    deliver: ({ token }) => sink.deliver(token),
    outcome: (issued) => view(issued, sink.place),
    close: () => sink.close(),
  };
}

function ontoStdout(print: (issued: IssuedToken) => Promise<void>): HandOver {
  return {
    deliver: async (issued) => {
      try {
        await print(issued);
      } catch (error) {
        throw new Failure('COMMAND_FAILED', ['the new token could not be written to stdout'], {
          cause: error,
        });
      }
    },
    outcome: () => ({ printed: true }),
    close: () => Promise.resolve(),
  };
}

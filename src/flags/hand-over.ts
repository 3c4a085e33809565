import { QUIET } from '../cli/command.ts';
import { type Flag, flagsTogether, switchFlag, valueFlag } from '../cli/declaration.ts';
import type { Context } from '../context.ts';
import { Failure, Interrupted, rephrased } from '../errors.ts';
import type { IssuedToken } from '../operations/issue-token.ts';
import { ClosedOutput } from '../output/io.ts';
import type { Result } from '../output/result.ts';
import { redact } from '../settings/redaction.ts';
import { describeSource } from '../settings/source.ts';
import { fileReason } from '../sinks/file-errors.ts';
import { exportLines } from '../sinks/shell-export.ts';
import type { Sink } from '../sinks/sink.ts';
import type { VariableNames } from '../sinks/token-variables.ts';
import { lines, listed, type Text, text, unstyled } from '../text.ts';
import { childVariables } from './child-variables.ts';
import { idLines } from './quiet.ts';
import { variableNames } from './variable-names.ts';

/** Where the secret of a new token goes. */
export type Place = SecretPlace & {
  /** `-q`: beside it only the ID is printed. */
  readonly isQuiet?: boolean;
  /** A command line that has to succeed with the new token before it is handed over. */
  readonly check?: string | undefined;
  /** What the variables are called there, if not as usual. */
  readonly names?: VariableNames | undefined;
};

type SecretPlace =
  | { readonly kind: 'stdout' }
  /** Two lines for a shell, on stdout. */
  | { readonly kind: 'export' }
  | { readonly kind: 'dotenv'; readonly path: string }
  | { readonly kind: 'github'; readonly file: 'env' | 'output' };

const PLACE_HEADING = { heading: 'Where the secret goes (default: stdout)' };

/** The one place for the secret that a command line names. @throws Failure INVALID_USAGE for two */
export const PLACE: Flag<Place> = flagsTogether(
  {
    dotenv: valueFlag('-e, --dotenv <path>', 'Save ID and secret to this env file', (path) => path, {
      ...PLACE_HEADING,
      completes: 'file',
    }),
    export: switchFlag('--export', 'Print two shell export lines only: eval "$(…)"', PLACE_HEADING),
    githubEnv: switchFlag('--github-env', 'Set variables for later GitHub steps, masked', PLACE_HEADING),
    githubOutput: switchFlag('--github-output', 'Set outputs of a GitHub step, masked', PLACE_HEADING),
    variables: variableNames(PLACE_HEADING.heading),
    check: valueFlag('--check <command>', 'Save it only if this works with it', parseCheck, PLACE_HEADING),
    quiet: QUIET,
  },
  ({ dotenv, export: isExport, githubEnv, githubOutput, variables: names, check, quiet }): Place => {
    const places: (SecretPlace & { readonly flag: string })[] = [
      ...(dotenv === undefined ? [] : [{ flag: '--dotenv', kind: 'dotenv', path: dotenv } as const]),
      ...(isExport ? [{ flag: '--export', kind: 'export' } as const] : []),
      ...(githubEnv ? [{ flag: '--github-env', kind: 'github', file: 'env' } as const] : []),
      ...(githubOutput ? [{ flag: '--github-output', kind: 'github', file: 'output' } as const] : []),
    ];
    const [place, ...others] = places;
    if (others.length === 0) {
      const kind = place ?? { kind: 'stdout' };
      if (quiet) refuseQuietSecret(kind);
      if (names && kind.kind === 'stdout') throw namesWithoutPlace();
      return { ...kind, isQuiet: quiet, names, check };
    }
    throw new Failure('INVALID_USAGE', text`Use only one of: ${listed(places.map(({ flag }) => flag))}.`, {
      hint: text`The secret goes to one place.`,
    });
  },
);

/** @throws Failure INVALID_USAGE */
function parseCheck(line: string): string {
  if (line.trim() !== '') return line;
  throw new Failure('INVALID_USAGE', text`--check is empty`, {
    hint: text`Perhaps a shell variable is empty. Leave it out to check nothing.`,
  });
}

/** What is printed has no variables. */
function namesWithoutPlace(): Failure {
  return new Failure('INVALID_USAGE', text`--variables names variables, and nothing becomes one`, {
    hint: text`Add a place for the token, such as -e .env or --export.`,
  });
}

/** The words of a command line that name a place. */
export function placeWords(place: Place): string[] {
  const { names } = place;
  const others = [
    ...(names ? ['--variables', `${names.id},${names.secret}`] : []),
    ...(place.check === undefined ? [] : [`--check=${place.check}`]),
    ...(place.isQuiet ? ['--quiet'] : []),
  ];
  switch (place.kind) {
    case 'stdout':
      return others;
    case 'export':
      return ['--export', ...others];
    case 'dotenv':
      // In one word: a path may begin with a dash.
      return [`--dotenv=${place.path}`, ...others];
    case 'github':
      return [`--github-${place.file}`, ...others];
  }
}

/** @throws Failure INVALID_USAGE where there would be no secret at all, or more than IDs */
function refuseQuietSecret({ kind }: SecretPlace): void {
  if (kind !== 'stdout' && kind !== 'export') return;
  throw new Failure('INVALID_USAGE', text`--quiet prints the ID alone, so the secret would be lost`, {
    hint: text`Add a place for the secret, such as -e .env.`,
  });
}

/** The way of a new token's secret to its user. Opened before the token is made. */
export interface HandOver {
  /** Hands over. Whatever it throws, nobody has got the secret. */
  readonly deliver: (issued: IssuedToken) => Promise<void>;
  /** Prints what is left to print, and answers what went wrong with that: the token has been handed over. */
  readonly announce: (issued: IssuedToken) => Promise<Failure | undefined>;
  readonly close: () => Promise<void>;
}

/** What shows a new token; `place` is where its secret went, if not into the result. */
export type TokenView = (
  issued: IssuedToken,
  place: Text | undefined,
) => { readonly result: Result; readonly notes: readonly Text[] };

/** @throws Failure INVALID_USAGE for a place that cannot be used */
export async function openHandOver(place: Place, context: Context, view: TokenView): Promise<HandOver> {
  if (context.isRehearsal) return NOWHERE;
  const handOver = await openPlace(place, context, view);
  const { check } = place;
  if (check === undefined) return handOver;
  return {
    ...handOver,
    deliver: async (issued) => {
      await checked(check, issued, place, context);
      await handOver.deliver(issued);
    },
  };
}

/** Sees whether the token does its job, where that is asked for. @throws Failure COMMAND_FAILED, Interrupted */
async function checked(line: string, { token }: IssuedToken, place: Place, context: Context): Promise<void> {
  const { environment, progress, redacted, tell } = context;
  const { runCheck } = await import('../operations/run-check.ts');
  progress.stop();
  const secrets = formsOf(token);
  const variables = childVariables(
    token,
    place.names,
    await context.organizationName(),
    await context.settings(),
    environment,
  );
  const onLine = (words: string): void => tell(unstyled(redacted(redact(words, secrets))));
  await runCheck({ line, variables, onLine, platform: environment.platform }, context);
}

/** A new secret, also as it stands in base64, alone or behind its ID. */
function formsOf({ id, token }: IssuedToken['token']): string[] {
  const encoded = [token, `${id}:${token}`].map((value) => Buffer.from(value).toString('base64'));
  return [token, ...encoded, ...encoded.map((value) => value.replace(/=+$/, ''))];
}

async function openPlace(place: Place, context: Context, view: TokenView): Promise<HandOver> {
  switch (place.kind) {
    case 'dotenv': {
      const { openEnvFile } = await import('../sinks/env-file.ts');
      return intoSink(await openEnvFile(place.path, context, place.names), place, view, context);
    }
    case 'github': {
      refuseLostMask(context);
      const { openGithubFile } = await import('../sinks/github-file.ts');
      return intoSink(
        await openGithubFile(place.file, context.environment, context.maskInLog, place.names),
        place,
        view,
        context,
      );
    }
    case 'export':
      await checkStdout(context);
      return ontoStdout(({ token }) => context.printText(exportLines(token, place.names)));
    case 'stdout':
      await checkStdout(context);
      return ontoStdout((issued) => {
        const { result, notes } = view(issued, undefined);
        return context.print(result, notes);
      });
  }
}

/** For a token that is not made. */
const NOWHERE: HandOver = {
  deliver: () => Promise.resolve(),
  announce: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};

function intoSink(sink: Sink, { isQuiet }: Place, view: TokenView, context: Context): HandOver {
  return {
    deliver: ({ token }) => sink.deliver(token),
    announce: async (issued) => {
      try {
        const { result, notes } = view(issued, sink.place);
        if (isQuiet) await context.printText(idLines([issued.token.id]));
        else await context.print(result, [...notes, ...sink.notes]);
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

/** @throws Failure INVALID_USAGE where no secret is to be printed, or what is printed reaches nobody */
export async function checkStdout(context: Context): Promise<void> {
  await refuseReveal(context);
  refuseLostSecret(context);
}

/** @throws Failure INVALID_USAGE where no secret is to be printed */
async function refuseReveal(context: Pick<Context, 'settings'>): Promise<void> {
  const { noReveal } = await context.settings();
  if (!noReveal) return;
  throw new Failure(
    'INVALID_USAGE',
    text`secrets are not printed here (${describeSource(noReveal.source)})`,
    {
      hint: text`Nothing was created. Save the secret with -e <path>, --github-env or --github-output.`,
    },
  );
}

/** @throws Failure INVALID_USAGE where what is printed reaches nobody, as with stdout closed by the shell */
function refuseLostSecret({ io }: Context): void {
  if (!io.discardsStdout) return;
  throw new Failure('INVALID_USAGE', text`stdout is discarded, so the secret would be lost`, {
    hint: text`Redirect stdout to a file or pipe, or save the secret with -e .env.`,
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

import type { Context } from '../context.ts';
import { fileReason } from '../files/file-errors.ts';
import type { Place } from '../flags/place.ts';
import { idLines } from '../flags/quiet.ts';
import { ClosedOutput } from '../output/io.ts';
import type { Result } from '../output/result.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { lines, type Text, text } from '../text/text.ts';
import type { IssuedToken } from '../tokens/issue-token.ts';
import type { Sink } from '../values/sink.ts';
import { describeSource } from '../values/source.ts';
import { exportLines } from './shell-export.ts';

/** The way of a new token's secret to its user. Opened before the token is made. */
export interface HandOver {
  /** Hands over. Whatever it throws, nobody has got the secret; it answers why it is not known whether somebody has. */
  readonly deliver: (issued: IssuedToken) => Promise<Failure | undefined>;
  /** Prints what is left to print, and answers what went wrong with that: the token has been handed over. */
  readonly announce: (issued: IssuedToken) => Promise<Failure | undefined>;
  readonly close: () => Promise<void>;
}

/** What shows a new token; `delivered` says what became of its secret, if that is not in the result. */
export type TokenView = (
  issued: IssuedToken,
  delivered: Text | undefined,
) => { readonly result: Result; readonly notes: readonly Text[] };

/** What is known of a token before it is made. */
export interface FutureToken {
  readonly name?: string | undefined;
  /** The IDs of the tokens whose place it takes. */
  readonly replaces?: readonly string[];
}

/**
 * @throws Failure INVALID_USAGE for a place that cannot be used; CONFIRMATION_REQUIRED and CANCELLED for one that holds
 *   the secret of another token
 */
export async function openHandOver(
  future: FutureToken,
  place: Place,
  context: Context,
  view: TokenView,
): Promise<HandOver> {
  if (context.isRehearsal) return NOWHERE;
  const handOver = await openPlace(future, place, context, view);
  const { check } = place;
  if (check === undefined) return handOver;
  const { runCheckOf } = await import('./commands-with-token.ts');
  return {
    ...handOver,
    deliver: async (issued) => {
      await runCheckOf(check, issued, place, context);
      return handOver.deliver(issued);
    },
  };
}

/** The same for a token of which something else is told than that it was made. */
export function openDelivery(
  future: FutureToken,
  place: Place,
  context: Context,
): Promise<Pick<HandOver, 'deliver' | 'close'>> {
  return openHandOver(future, place, context, () => {
    throw new Error('a delivery announces nothing');
  });
}

async function openPlace(
  future: FutureToken,
  place: Place,
  context: Context,
  view: TokenView,
): Promise<HandOver> {
  switch (place.kind) {
    case 'dotenv': {
      const { openEnvFile } = await import('./env-file.ts');
      const file = await openEnvFile(place.path, context, place.names);
      const others = file.holds.filter((id) => !future.replaces?.includes(id));
      if (others.length > 0) {
        const { admitOverwriting } = await import('./overwriting.ts');
        await admitOverwriting(others, file, future.name, place.overwrites, context).catch(
          async (failure) => {
            await file.close();
            throw failure;
          },
        );
      }
      return intoSink(file, place, view, context);
    }
    case 'github': {
      refuseLostMask(context);
      const { openGithubFile } = await import('./github-file.ts');
      return intoSink(
        await openGithubFile(place.file, context.environment, context.maskInLog, place.names),
        place,
        view,
        context,
      );
    }
    case 'pipe': {
      const { openPipe } = await import('./commands-with-token.ts');
      return throughPipe(await openPipe(place, context), place, view, context);
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
  deliver: () => Promise.resolve(undefined),
  announce: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};

function intoSink(sink: Sink, { isQuiet }: Place, view: TokenView, context: Context): HandOver {
  const told = {
    delivered: text`Saved the ID and secret to ${sink.place}`,
    state: text`its secret is in ${sink.place}`,
    notes: sink.notes,
  };
  return {
    deliver: async ({ token }) => {
      await sink.deliver(token);
      return undefined;
    },
    announce: (issued) => announced(issued, told, isQuiet, view, context),
    close: () => sink.close(),
  };
}

function throughPipe(
  deliver: HandOver['deliver'],
  { command: [name], form, isQuiet }: Place & { readonly kind: 'pipe' },
  view: TokenView,
  context: Context,
): HandOver {
  const what = form === 'secret' ? text`the secret` : text`the ID and secret`;
  const told = {
    delivered: text`Piped ${what} to ${name}`,
    state: text`its secret was piped to ${name}`,
    notes: [],
  };
  return {
    deliver,
    announce: async (issued) => {
      const failure = await announced(issued, told, isQuiet, view, context);
      // A signal that the command has outlived is still what ends this run.
      const cause = context.interruption.cause();
      if (failure || !cause) return failure;
      return rephrased(cause, lines(cause.text, stateOf(issued, told.state)), {});
    },
    close: () => Promise.resolve(),
  };
}

/** What is said of a secret that somebody has got, in a sentence of its own and within one. */
interface Told {
  readonly delivered: Text;
  readonly state: Text;
  readonly notes: readonly Text[];
}

function stateOf({ token }: IssuedToken, state: Text): Text {
  return text`service token ${token.id} was created, and ${state}`;
}

/** Prints a token whose secret has been handed over; answers what went wrong with that. */
async function announced(
  issued: IssuedToken,
  { delivered, state, notes }: Told,
  isQuiet: boolean | undefined,
  view: TokenView,
  context: Context,
): Promise<Failure | undefined> {
  try {
    const shown = view(issued, delivered);
    if (isQuiet) await context.printText(idLines([issued.token.id]));
    else await context.print(shown.result, [...shown.notes, ...notes]);
    return undefined;
  } catch (error) {
    if (error instanceof ClosedOutput) return undefined;
    const told = stateOf(issued, state);
    if (error instanceof Interrupted) return rephrased(error, lines(error.text, told), {});
    const why = error instanceof Failure ? error.text : text`unexpected error: ${String(error)}`;
    return new Failure('COMMAND_FAILED', lines(told, why), { cause: error });
  }
}

function ontoStdout(print: (issued: IssuedToken) => Promise<void>): HandOver {
  return {
    deliver: async (issued) => {
      await printed(() => print(issued));
      return undefined;
    },
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
    const reason =
      cause instanceof Failure ? text`: ${cause.cause ? fileReason(cause.cause) : cause.text}` : text``;
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
      hint: text`Nothing was created. Save the secret with -e <path>, --pipe, --github-env or --github-output.`,
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

import type { Client } from '../api/client.ts';
import { ApiFailure } from '../api/failures.ts';
import { MAX_IN_FLIGHT } from '../api/pages.ts';
import { Failure } from '../errors.ts';
import type { Interruption } from '../interruption.ts';

/**
 * What became of a token: `already_gone` if somebody else was faster, `failed` if it is still there,
 * `unknown` if that cannot be told, `not_tried` if the work ended before its turn.
 */
export type PruneOutcome = 'deleted' | 'already_gone' | 'failed' | 'unknown' | 'not_tried';

export interface PrunedToken {
  readonly outcome: PruneOutcome;
  /** Why it is not deleted for certain. */
  readonly failure?: Failure | undefined;
}

export interface Pruned {
  /** By id, in the order of the plan. */
  readonly tokens: ReadonlyMap<string, PrunedToken>;
  /** What ended the work before its end: a signal, or credentials that are refused. */
  readonly stopped: Failure | undefined;
}

export interface PruneDependencies {
  readonly client: Client;
  readonly interruption: Interruption;
  /** Called when another token has had its turn. */
  readonly onProgress: (done: number) => void;
}

/**
 * Deletes tokens that were listed just now, a few at a time, and goes on past failures. Only a signal
 * and refused credentials end it early.
 *
 * An answer that got lost and a 404, which a missing permission looks like as well, leave a token in
 * doubt. One look at the list, when everything else is done, settles all of them.
 */
export async function pruneTokens(
  organization: string,
  ids: readonly string[],
  { client, interruption, onProgress }: PruneDependencies,
): Promise<Pruned> {
  const waiting = [...ids];
  const ends = new Map<string, Failure | 'deleted'>();
  let stopped: Failure | undefined;

  const deleteSome = async (): Promise<void> => {
    for (;;) {
      if (waiting.length > 0) stopped ??= interruption.cause();
      const id = stopped ? undefined : waiting.shift();
      if (id === undefined) return;
      const end = await endOf(client.deleteServiceToken(organization, id));
      ends.set(id, end);
      if (end !== 'deleted' && STOPPING.includes(end.code)) stopped ??= end;
      onProgress(ends.size);
    }
  };
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, deleteSome));

  const look = async (): Promise<ReadonlySet<string> | undefined> => {
    try {
      return new Set((await client.listServiceTokens(organization)).map(({ id }) => id));
    } catch (failure) {
      stopped ??= interruption.cause();
      if (failure instanceof Failure) return undefined;
      throw failure;
    }
  };
  const anyDoubt = [...ends.values()].some((end) => end !== 'deleted' && isDoubtful(end));
  const left = anyDoubt && !stopped ? await look() : undefined;
  const tokens = new Map(ids.map((id) => [id, outcomeOf(ends.get(id), left?.has(id))]));
  return { tokens, stopped };
}

const STOPPING: readonly string[] = ['INTERRUPTED', 'AUTH_INVALID'];

async function endOf(deletion: Promise<void>): Promise<Failure | 'deleted'> {
  try {
    await deletion;
    return 'deleted';
  } catch (failure) {
    if (failure instanceof Failure) return failure;
    throw failure;
  }
}

/** Whether the token may be gone all the same, by this request or by somebody else's. */
function isDoubtful(failure: Failure): boolean {
  if (!(failure instanceof ApiFailure)) return true;
  const { status, tries } = failure.answer;
  // A first try whose answer got lost may have been carried out, whatever the last one was answered.
  return status === 404 || status >= 500 || tries > 1;
}

/** @param isLeft whether a look still showed the token; undefined without one */
function outcomeOf(end: Failure | 'deleted' | undefined, isLeft: boolean | undefined): PrunedToken {
  if (end === undefined) return { outcome: 'not_tried' };
  if (end === 'deleted') return { outcome: 'deleted' };
  if (!isDoubtful(end) || isLeft === true) return { outcome: 'failed', failure: end };
  if (isLeft === undefined) return { outcome: 'unknown', failure: end };
  const wasGone = end instanceof ApiFailure && end.code === 'NOT_FOUND' && end.answer.tries === 1;
  return { outcome: wasGone ? 'already_gone' : 'deleted' };
}

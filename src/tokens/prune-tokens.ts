import type { Organization } from '../api/organization.ts';
import { MAX_IN_FLIGHT } from '../api/pages.ts';
import { Failure, Interrupted } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { attemptDeletion, type DeletionEnd, mayExist, stillThere } from './delete-for-certain.ts';
import type { Work } from './work.ts';

/**
 * What became of a token: `already_gone` if somebody else was faster, `failed` if it is still there,
 * `unknown` if that cannot be told, `not_tried` if the work ended before its turn.
 */
export type PruneOutcome = 'deleted' | 'already_gone' | 'failed' | 'unknown' | 'not_tried';

export interface PrunedToken {
  readonly outcome: PruneOutcome;
  /** Why it may still exist. */
  readonly failure?: Failure | undefined;
}

export interface Pruned {
  /** By id, in the order of the plan. */
  readonly tokens: ReadonlyMap<string, PrunedToken>;
  /** What ended the work before its end: a signal, or credentials that are refused. */
  readonly stopped: Failure | undefined;
}

/** @property done how many tokens have had their turn */
export type PruneEvent = { readonly done: number };

export type PruneWork = Pick<Work<PruneEvent>, 'interruption' | 'onEvent'>;

/**
 * Deletes tokens that were listed just now, a few at a time, and goes on past failures. Only a signal
 * and refused credentials end it early.
 *
 * A 404, which a missing permission looks like as well, counts as doubt here, too. One look at the list,
 * when everything else is done, settles all tokens in doubt.
 */
export async function pruneTokens(
  ids: readonly string[],
  { tokens }: Organization,
  { interruption, onEvent }: PruneWork,
): Promise<Pruned> {
  const waiting = [...ids];
  const ends = new Map<string, DeletionEnd>();
  let stopped: Failure | undefined;

  const deleteSome = async (): Promise<void> => {
    for (;;) {
      if (waiting.length > 0) stopped ??= interruption.cause();
      const id = stopped ? undefined : waiting.shift();
      if (id === undefined) return;
      const end = await attemptDeletion((following) => tokens.delete(id, following));
      ends.set(id, end);
      if (end.state !== 'deleted' && STOPPING.includes(end.failure.code)) stopped ??= end.failure;
      onEvent({ done: ends.size });
    }
  };
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, deleteSome));

  const look = async (): Promise<ReadonlySet<string> | undefined> => {
    try {
      const left = await tokens.list({ mustBeWhole: true });
      return new Set(left.map(({ id }) => id));
    } catch (failure) {
      stopped ??= interruption.cause();
      if (failure instanceof Failure) return undefined;
      throw failure;
    }
  };
  const anyDoubt = [...ends.values()].some(needsLook);
  const left = anyDoubt && !stopped ? await look() : undefined;
  const outcomes = new Map(ids.map((id) => [id, outcomeOf(id, ends.get(id), left?.has(id))]));
  return { tokens: outcomes, stopped };
}

const STOPPING: readonly string[] = ['INTERRUPTED', 'AUTH_INVALID'];

/** Whether only a look can tell if the token is there, be it by this request or by somebody else's. */
function needsLook(end: DeletionEnd): boolean {
  return end.state === 'in doubt' || (end.state === 'refused' && end.failure.code === 'NOT_FOUND');
}

/** @param isLeft whether a look still showed the token; undefined without one */
function outcomeOf(id: string, end: DeletionEnd | undefined, isLeft: boolean | undefined): PrunedToken {
  if (end === undefined) return { outcome: 'not_tried' };
  if (end.state === 'deleted') return { outcome: 'deleted' };
  const { failure } = end;
  const token = text`token ${id}`;
  if (!needsLook(end)) {
    return failure instanceof Interrupted ? { outcome: 'not_tried' } : { outcome: 'failed', failure };
  }
  if (isLeft === undefined) return { outcome: 'unknown', failure: mayExist(token, failure) };
  if (isLeft) return { outcome: 'failed', failure: stillThere(token, failure) };
  return { outcome: end.state === 'in doubt' ? 'deleted' : 'already_gone' };
}

import type { Following } from '../api/client.ts';
import { mayHaveBeenDone } from '../api/failures.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { lines, type Text, text } from '../text/text.ts';

/** Sends a DELETE, followed through all its tries. */
export type SendDeletion = (following: Following) => Promise<void>;

/** How a DELETE ended, as far as its answers tell. */
export type DeletionEnd =
  | { readonly state: 'deleted' }
  /** Nothing was done: refused, or never sent. */
  | { readonly state: 'refused'; readonly failure: Failure }
  /** It may have been done all the same: only a look can tell. */
  | { readonly state: 'in doubt'; readonly failure: Failure };

/**
 * Sends a DELETE and tells what is known then. It is in doubt where any of its tries is, whatever the last
 * one was answered, and where it was interrupted on its way.
 */
export async function attemptDeletion(send: SendDeletion): Promise<DeletionEnd> {
  let hasArrived = false;
  let isDoubted = false;
  try {
    await send({
      onConnected: () => {
        hasArrived = true;
      },
      onDoubt: () => {
        isDoubted = true;
      },
    });
    return { state: 'deleted' };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const inDoubt = isDoubted || mayHaveBeenDone(failure) || (failure instanceof Interrupted && hasArrived);
    return { state: inDoubt ? 'in doubt' : 'refused', failure };
  }
}

/**
 * Deletes something. Where the answers leave it in doubt, one look settles it: what is no longer shown is
 * deleted, and for what still is the failure stands. A 404 behind a lost answer proves nothing by itself,
 * since a missing permission looks the same.
 *
 * @param what such as `token k3j9x0q2m7ab`
 * @param look whether the thing is still shown
 * @param isGoneEnough others may have deleted it: a 404 is looked after as a lost answer is
 * @throws Failure of the deletion where the thing is still there, COMMAND_FAILED where it may be
 */
export async function deleteForCertain(
  what: Text,
  send: SendDeletion,
  look: () => Promise<boolean>,
  isGoneEnough = false,
): Promise<void> {
  const end = await attemptDeletion(send);
  if (end.state === 'deleted') return;
  const { failure } = end;
  const isSettled = end.state === 'refused' && !(isGoneEnough && failure.code === 'NOT_FOUND');
  if (isSettled) throw failure;
  // Whoever has just ended the command does not wait for a look.
  if (failure instanceof Interrupted) throw mayExist(what, failure);
  let isThere: boolean;
  try {
    isThere = await look();
  } catch (lookFailure) {
    if (!(lookFailure instanceof Failure)) throw lookFailure;
    if (lookFailure instanceof Interrupted) throw mayExist(what, lookFailure);
    const { text: state, hint } = mayExist(what, failure);
    const message = lines(state, text`Checking whether it does failed: ${lookFailure.text}`);
    const advice: Text = text`Check whether it is still there before you run the command again.`;
    throw new Failure('COMMAND_FAILED', message, {
      hint: hint ? lines(hint, advice) : advice,
      cause: failure,
    });
  }
  if (isThere) throw stillThere(what, failure);
}

/** What a deletion failed with, of something that a look still shows: the failure itself, but for a 404. */
export function stillThere(what: Text, failure: Failure): Failure {
  if (failure.code !== 'NOT_FOUND') return failure;
  return rephrased(failure, text`${what} still exists: ${reasonOf(failure)}`, {
    hint: failure.hint,
    nextSteps: failure.nextSteps,
  });
}

/** What a deletion failed with, of something that no look has settled. */
export function mayExist(what: Text, failure: Failure): Failure {
  const message =
    failure instanceof Interrupted
      ? lines(failure.text, text`${what} may still exist`)
      : text`${what} may still exist: ${reasonOf(failure)}`;
  return rephrased(failure, message, { hint: failure.hint, nextSteps: failure.nextSteps });
}

/** What went wrong, without the word of a 404 that there is no such thing. */
function reasonOf(failure: Failure): Text {
  return failure.code === 'NOT_FOUND' ? text`the API answered its deletion with 404` : failure.text;
}

import type { Organization } from '../api/organization.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, rephrased } from '../text/errors.ts';
import { lines, text } from '../text/text.ts';
import type { Clock } from '../values/clock.ts';
import { deleteToken, isGone } from './delete-token.ts';
import type { Work } from './work.ts';

/** A token whose place another one has taken. */
export interface RetiredToken {
  readonly oldId: string;
  readonly newId: string;
  /** Milliseconds for which both are to work. */
  readonly overlap: number;
  /** It is the one this program authenticates with. */
  readonly isInUse: boolean;
}

export type RetireEvent =
  /** @property left milliseconds */
  { readonly step: 'waiting'; readonly left: number } | { readonly step: 'deleting' };

export type RetireWork = Pick<Work<RetireEvent>, 'clock' | 'interruption' | 'onEvent'>;

/**
 * Deletes the old one of two tokens, after a while if that is wanted; a signal keeps it. Answers what went
 * wrong instead of throwing it: the new token has been handed over, so nothing may keep its result back.
 */
export async function retireToken(
  token: RetiredToken,
  organization: Organization,
  { clock, interruption, onEvent }: RetireWork,
): Promise<Failure | undefined> {
  let isDeleting = false;
  try {
    const { signal } = interruption;
    signal.throwIfAborted();
    await waitFor(token.overlap, clock, signal, onEvent);
    isDeleting = true;
    onEvent({ step: 'deleting' });
    await deleteToken(organization, token.oldId);
    return undefined;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const isMissing = isDeleting && failure.code === 'NOT_FOUND';
    if (isMissing && (await isGone(organization, token.oldId))) return goneAlready(token, organization.name);
    return afterHandOver(failure, token, organization.name, isDeleting);
  }
}

/**
 * What is said where something else has deleted the old token: another rotation may have replaced it, too.
 *
 * @returns a failure without a deletion as its advice
 */
export function goneAlready(
  { oldId, newId }: Pick<RetiredToken, 'oldId' | 'newId'>,
  organization: string,
): Failure {
  const list = commandLine('list', '--org', organization);
  return new Failure(
    'COMMAND_FAILED',
    text`the new token ${newId} was delivered; the old one, ${oldId}, is gone, and this run did not delete it`,
    {
      hint: text`If another rotation did, it made a new token, too. Look for it with: ${list}`,
      nextSteps: [list],
    },
  );
}

/** The longest time between two events. */
const TICK = 1_000;

async function waitFor(
  milliseconds: number,
  clock: Clock,
  signal: AbortSignal,
  onEvent: (event: RetireEvent) => void,
): Promise<void> {
  const end = clock.elapsed() + milliseconds;
  for (let left = milliseconds; left > 0; left = end - clock.elapsed()) {
    onEvent({ step: 'waiting', left });
    await clock.sleep(Math.min(left, TICK), signal);
  }
}

function afterHandOver(
  failure: Failure,
  { oldId, newId, isInUse }: RetiredToken,
  organization: string,
  isDeleting: boolean,
): Failure {
  const command = commandLine('delete', oldId, ...(isInUse ? ['--self'] : []), '--org', organization);
  const state = isDeleting
    ? text`the new token ${newId} was delivered, but deleting the old one, ${oldId}, failed:`
    : text`the new token ${newId} was delivered; the old one, ${oldId}, was kept`;
  const message = lines(state, failure.text);
  const mend = text`Delete it with: ${command}`;
  const details = { hint: failure.hint ? lines(failure.hint, mend) : mend, nextSteps: [command] };
  // Most of it is done; what is left has been tried and failed.
  if (failure.code === 'AUTH_INVALID') {
    return new Failure('COMMAND_FAILED', message, { ...details, cause: failure });
  }
  return rephrased(failure, message, details);
}

/**
 * What is said where nobody knows which of the two tokens the place for the secret holds: both are kept.
 *
 * @param doubt why that is not known
 */
export function bothKept(
  doubt: Failure,
  { oldId, newId, isInUse }: Omit<RetiredToken, 'overlap'>,
  organization: string,
): Failure {
  const keepNew = commandLine('delete', oldId, ...(isInUse ? ['--self'] : []), '--org', organization);
  const keepOld = commandLine('delete', newId, '--org', organization);
  const hint = lines(
    text`Look which one is stored.`,
    text`If it is ${newId}, delete the old one: ${keepNew}`,
    text`If it is ${oldId}, delete the new one: ${keepOld}`,
  );
  const message = lines(
    doubt.text,
    text`Both tokens were kept and work: ${oldId}, the old one, and ${newId}, the new one.`,
  );
  return rephrased(doubt, message, { hint, nextSteps: [keepNew, keepOld] });
}

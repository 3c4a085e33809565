import { ApiFailure } from '../api/failures.ts';
import { Failure, Interrupted } from '../errors.ts';
import { type Text, text } from '../text.ts';

/**
 * Sends a DELETE whose first answer may get lost. A retry that then meets 404 proves nothing, because a
 * missing permission looks the same: it counts as done only if a look no longer shows the thing.
 *
 * @param look whether the thing is still shown
 * @throws Failure COMMAND_FAILED where it may or may not be gone
 */
export async function deleteForCertain(
  what: Text,
  send: () => Promise<void>,
  look: () => Promise<boolean>,
): Promise<void> {
  try {
    await send();
  } catch (failure) {
    const ambiguous =
      failure instanceof ApiFailure && failure.code === 'NOT_FOUND' && failure.answer.tries > 1;
    if (!ambiguous) throw failure;
    if (await isGone(look)) return;
    throw new Failure(
      'COMMAND_FAILED',
      text`${what} may or may not be gone: the first answer was lost, and a second try found nothing there`,
      { hint: text`Look before you run the command again.`, cause: failure },
    );
  }
}

async function isGone(look: () => Promise<boolean>): Promise<boolean> {
  try {
    return !(await look());
  } catch (failure) {
    if (failure instanceof Interrupted) throw failure;
    return false;
  }
}

import type { Organization } from '../api/organization.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { lines, type Text, text } from '../text/text.ts';
import { combineSignals } from '../values/abort.ts';
import type { Clock } from '../values/clock.ts';
import { deleteToken } from './delete-token.ts';

/** Milliseconds that taking a token back may take before its id is reported instead. */
const PATIENCE = 5_000;

/**
 * Deletes a token whose secret reached nobody, or is no longer wanted, so that no orphan stays behind.
 * Answers whether it is gone for sure; never throws, since its caller has something worse to report.
 *
 * @param insistence aborted when the user does not want to wait any longer
 */
export async function takeBack(
  organization: Organization,
  tokenId: string,
  clock: Clock,
  insistence: AbortSignal,
): Promise<boolean> {
  const { signal, release } = combineSignals(insistence, clock.timeout(PATIENCE));
  try {
    await deleteToken(organization, tokenId, signal);
    return true;
  } catch {
    return false;
  } finally {
    release();
  }
}

/** What became of a token that nobody can use. */
export function fate(tokenId: string, gone: boolean): Text {
  return gone
    ? text`token ${tokenId} was created and then rolled back`
    : text`token ${tokenId} was created and may still exist, but its secret is lost`;
}

/**
 * The failure of work that a token had been made for: what went wrong, and what became of the token.
 *
 * @param doing what was being done, such as `granting read_branch on database shop`
 */
export function undone(
  error: unknown,
  doing: Text,
  { organization, tokenId, gone }: { organization: string; tokenId: string; gone: boolean },
): Failure {
  const failure =
    error instanceof Failure
      ? error
      : new Failure('COMMAND_FAILED', text`unexpected error: ${String(error)}`, { cause: error });
  const left = removal(organization, tokenId, gone);
  const hint = [failure.hint, left.hint].filter((part) => part !== undefined);
  const message = lines(text`${doing} failed: ${failure.text}`, fate(tokenId, gone));
  const details = {
    hint: hint.length === 0 ? undefined : lines(...hint),
    nextSteps: gone ? failure.nextSteps : left.nextSteps,
  };
  if (failure instanceof Interrupted) {
    return rephrased(failure, lines(failure.text, fate(tokenId, gone)), details);
  }
  // Whatever the reason, something was tried and failed: the caller cannot just act and go on.
  if (failure.code === 'AUTH_INVALID')
    return new Failure('COMMAND_FAILED', message, { ...details, cause: failure });
  return rephrased(failure, message, details);
}

/** What is left to do about it. */
export function removal(
  organization: string,
  tokenId: string,
  gone: boolean,
): { readonly hint?: Text; readonly nextSteps: readonly string[] } {
  if (gone) return { nextSteps: [] };
  const command = deletion(organization, tokenId);
  return { hint: text`Delete it with: ${command}`, nextSteps: [command] };
}

/** The command that removes such a token. */
export function deletion(organization: string, tokenId: string): string {
  return commandLine('delete', tokenId, '--org', organization, '--force');
}

import type { AccessChange } from '../api/client.ts';
import { mayHaveBeenDone } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import { isTransient, MAX_TRIES, RetryBudget } from '../api/retry.ts';
import type { AccessRow } from '../api/schemas.ts';
import { Failure, Interrupted } from '../errors.ts';
import { atScope } from '../scope.ts';
import { lines, text } from '../text.ts';
import type { Work } from './work.ts';

/** What of the work granting needs. */
export type GrantWork = Pick<Work, 'clock' | 'random' | 'interruption'>;

/**
 * Grants accesses to a token that stays whatever comes of it, as {@link grantToNewToken} does.
 *
 * @throws Failure of the last try, with the advice to look where the accesses may have been granted
 */
export async function grantAccess(
  organization: Organization,
  tokenId: string,
  change: AccessChange,
  work: GrantWork,
): Promise<readonly AccessRow[]> {
  try {
    return await grantToNewToken(organization, tokenId, change, work);
  } catch (failure) {
    throw withAdvice(failure);
  }
}

/**
 * Grants accesses and answers what the token then holds. A refusal for now (429) is sent again; where the
 * request may have been carried out without a usable answer, what the token holds is read, and only what
 * is missing is sent again, since nobody has published whether granting twice does harm.
 *
 * @throws Failure of the last try; if what the token holds cannot be read either, the failure says that
 *   the accesses may have been granted. Nobody is advised to look: the token is about to be taken back
 */
export async function grantToNewToken(
  { grants }: Organization,
  tokenId: string,
  change: AccessChange,
  { clock, random, interruption }: GrantWork,
): Promise<readonly AccessRow[]> {
  const budget = new RetryBudget(random);
  let missing = change.access;
  for (;;) {
    try {
      return await grants.add(tokenId, { ...change, access: missing });
    } catch (failure) {
      const isLast = !isTransient(failure) || budget.tries >= MAX_TRIES;
      const inDoubt = mayHaveBeenDone(failure);
      if (isLast && !inDoubt) throw failure;
      if (!isLast) await clock.sleep(budget.next(failure), interruption.signal);
      if (!inDoubt) continue;
      const held = await grants.rows(tokenId).catch((readFailure) => {
        throw unknownOutcome(failure, readFailure);
      });
      const names = new Set(
        held.filter((row) => atScope(row.resource, change.database)).map((row) => row.access),
      );
      missing = missing.filter((access) => !names.has(access));
      if (missing.length === 0) return held;
      if (isLast) throw failure;
    }
  }
}

/** No usable answer came, and what the token holds could not be read. */
class UnknownOutcome extends Failure {}

/** Whether accesses may have been granted, and what the token holds could not be read. */
export function isUnknownOutcome(failure: unknown): boolean {
  return failure instanceof UnknownOutcome;
}

/** A failure after which the accesses may be granted, with the word to look. */
function withAdvice(failure: unknown): unknown {
  if (!(failure instanceof UnknownOutcome)) return failure;
  return new Failure(failure.code, failure.text, {
    hint: text`Look with show-access before you run the command again.`,
    cause: failure.cause,
  });
}

function unknownOutcome(lost: unknown, readFailure: unknown): unknown {
  if (readFailure instanceof Interrupted || !(lost instanceof Failure)) return readFailure;
  const why = readFailure instanceof Failure ? readFailure.text : text``;
  return new UnknownOutcome(
    'COMMAND_FAILED',
    lines(
      lost.text,
      text`The permissions may have been granted: no usable response was received,`,
      text`and reading what the token holds failed: ${why}`,
    ),
    { cause: readFailure },
  );
}

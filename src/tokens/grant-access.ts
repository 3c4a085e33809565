import type { AccessChange } from '../api/client.ts';
import { mayHaveBeenDone } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import { isTransient, MAX_TRIES, RetryBudget } from '../api/retry.ts';
import type { AccessRow } from '../api/schemas.ts';
import { atScope, describeScope } from '../permissions/scope.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, Interrupted } from '../text/errors.ts';
import { lines, listed, type Text, text } from '../text/text.ts';
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
 * is missing is sent again, since nobody has published whether granting twice does harm. They count as granted only
 * if the answer, or one look at the token, shows them.
 *
 * @throws UnconfirmedGrant; Failure of the last try; if what the token holds cannot be read either, the failure says
 *   that the accesses may have been granted. Nobody is advised to look: the token is about to be taken back
 */
export async function grantToNewToken(
  { grants, name: organization }: Organization,
  tokenId: string,
  change: AccessChange,
  { clock, random, interruption }: GrantWork,
): Promise<readonly AccessRow[]> {
  const { database } = change;
  const budget = new RetryBudget(random);
  let missing = change.access;
  for (;;) {
    try {
      const rows = await grants.add(tokenId, { ...change, access: missing });
      missing = notIn(rows, database, missing);
      if (missing.length === 0) return rows;
    } catch (failure) {
      const isLast = !isTransient(failure) || budget.tries >= MAX_TRIES;
      const inDoubt = mayHaveBeenDone(failure);
      if (isLast && !inDoubt) throw failure;
      if (!isLast) await clock.sleep(budget.next(failure), interruption.signal);
      if (!inDoubt) continue;
      const held = await grants.rows(tokenId).catch((readFailure) => {
        throw unknownOutcome(failure, readFailure);
      });
      missing = notIn(held, database, missing);
      if (missing.length === 0) return held;
      if (isLast) throw failure;
      continue;
    }
    const held = await grants.rows(tokenId).catch((failure: unknown) => {
      throw unconfirmed(organization, tokenId, { database, access: missing }, failure);
    });
    missing = notIn(held, database, missing);
    if (missing.length === 0) return held;
    throw unconfirmed(organization, tokenId, { database, access: missing });
  }
}

/** Those of the accesses that are not among what a token holds. */
function notIn(rows: readonly AccessRow[], database: string, access: readonly string[]): readonly string[] {
  const held = new Set(rows.filter((row) => atScope(row.resource, database)).map((row) => row.access));
  return access.filter((name) => !held.has(name));
}

/** The API has taken a grant, and does not show it: perhaps not yet. */
export class UnconfirmedGrant extends Failure {
  override readonly name = 'UnconfirmedGrant';
}

/** @param look why what the token holds could not be read; left out where that does not show the grant either */
function unconfirmed(
  organization: string,
  tokenId: string,
  { database, access }: AccessChange,
  look?: unknown,
): unknown {
  if (look instanceof Interrupted || (look !== undefined && !(look instanceof Failure))) return look;
  const grant: Text = text`the grant of ${listed(access)} on ${describeScope(database)} to token ${tokenId} was not confirmed`;
  const why = look
    ? lines(text`the API's answer does not show it, and reading what the token holds failed:`, look.text)
    : text`the API took it, but neither its answer nor a look at the token shows it`;
  const show = commandLine('show-access', tokenId, '--org', organization);
  const details = { hint: text`Check it with: ${show}`, nextSteps: [show], cause: look };
  return new UnconfirmedGrant('INVALID_RESPONSE', text`${grant}: ${why}`, details);
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

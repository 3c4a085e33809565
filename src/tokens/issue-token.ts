import type { AccessChange } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { AccessRow, CreatedServiceToken } from '../api/schemas.ts';
import { describeScope } from '../permissions/scope.ts';
import { type Failure, rephrased } from '../text/errors.ts';
import { lines, listed, type Text, text } from '../text/text.ts';
import { createToken, type TokenToCreate } from './create-token.ts';
import { grantToNewToken, UnconfirmedGrant } from './grant-access.ts';
import { takeBack, undone } from './take-back.ts';
import type { Work } from './work.ts';

export interface TokenPlan extends TokenToCreate {
  /** What it is to hold, scope by scope, in the order in which it is granted. */
  readonly access: readonly AccessChange[];
}

/** A token that was made as it was planned. */
export interface IssuedToken {
  readonly token: CreatedServiceToken;
  /** All that it holds, as the API told while it was granted. */
  readonly held: readonly AccessRow[];
  /** Why it is not known whether its secret reached anybody; only where such a token is kept. */
  readonly doubt?: Failure | undefined;
  /** What the API took, and does not show that the token holds. */
  readonly unconfirmed?: Failure | undefined;
}

/** How far the work is, for whoever shows it. */
export type IssueEvent =
  | { readonly step: 'creating' }
  /** There is a token now, which is left behind if nothing further happens to it. */
  | { readonly step: 'created'; readonly tokenId: string; readonly expiresAt: string | null }
  | { readonly step: 'granting'; readonly done: number; readonly total: number }
  | { readonly step: 'verifying' }
  /** The token has been delivered, or it has been rolled back as far as possible, which the failure tells. */
  | { readonly step: 'settled' };

export type IssueWork = Work<IssueEvent>;

/** What is done with a token before it counts as made; whatever throws here takes the token back. */
export interface IssueSteps {
  /** Looks, right after it was made, whether it may stay. */
  readonly admit?: ((token: CreatedServiceToken) => Promise<void>) | undefined;
  /** Makes sure that the token works. */
  readonly verify?: (issued: IssuedToken) => Promise<void>;
  /**
   * Gives the secret to whoever asked for it. Whatever it throws, nobody has got it; what it answers is why that is
   * not known.
   */
  readonly deliver: (issued: IssuedToken) => Promise<Failure | undefined>;
  /** Whether a token is kept whose secret may have reached somebody, instead of taken back. */
  readonly keepsDoubtful?: boolean | undefined;
  /** Whether a token of which not all grants are confirmed is taken back, instead of kept and told of. */
  readonly needsGrants?: boolean | undefined;
}

/**
 * Makes a token, grants it accesses and hands it over, as one transaction: whatever fails, or is
 * interrupted, before the token is handed over deletes it again.
 *
 * @throws Failure that says what failed and what became of the token, with the command that deletes it
 *   where it could not be deleted
 */
export async function issueToken(
  { access, ...plan }: TokenPlan,
  organization: Organization,
  work: IssueWork,
  { admit, verify, deliver, keepsDoubtful = false, needsGrants = false }: IssueSteps,
): Promise<IssuedToken> {
  const { clock, interruption, onEvent } = work;
  onEvent({ step: 'creating' });
  const token = await createToken(plan, organization, work);
  onEvent({ step: 'created', tokenId: token.id, expiresAt: token.expires_at });
  let doing: Text = text`confirming that the new token is the only one`;
  try {
    await admit?.(token);
    const rows = new Map<string, AccessRow>();
    const notConfirmed: Failure[] = [];
    for (const [done, change] of access.entries()) {
      onEvent({ step: 'granting', done, total: access.length });
      doing = text`granting ${listed(change.access)} on ${describeScope(change.database)}`;
      const held = await grantToNewToken(organization, token.id, change, work).catch((failure: unknown) => {
        if (needsGrants || !(failure instanceof UnconfirmedGrant)) throw failure;
        notConfirmed.push(failure);
        return [];
      });
      // Whether an answer holds all, or what was granted just now, is not published.
      for (const row of held) rows.set(JSON.stringify([row.resource, row.access]), row);
    }
    const issued = { token, held: [...rows.values()], unconfirmed: unconfirmed(notConfirmed, token.id) };
    if (verify) {
      doing = text`verifying the new token`;
      onEvent({ step: 'verifying' });
      await verify(issued);
    }
    interruption.signal.throwIfAborted();
    doing = text`handing over the new token`;
    const doubt = await deliver(issued);
    if (doubt && !keepsDoubtful) throw doubt;
    onEvent({ step: 'settled' });
    return { ...issued, doubt };
  } catch (error) {
    const gone = await takeBack(organization, token.id, clock, interruption.insistence);
    onEvent({ step: 'settled' });
    throw undone(error, doing, { organization: organization.name, tokenId: token.id, gone });
  }
}

/** All of it in one, with the word that there is a token. */
function unconfirmed(failures: readonly Failure[], tokenId: string): Failure | undefined {
  const [first] = failures;
  if (!first) return undefined;
  const all = failures.map((failure) => failure.text);
  return rephrased(first, lines(...all, text`Token ${tokenId} was created and kept.`), {
    hint: first.hint,
    nextSteps: first.nextSteps,
  });
}

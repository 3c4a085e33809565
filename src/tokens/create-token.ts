import type { NewServiceToken } from '../api/client.ts';
import { mayHaveBeenDone, UnusableToken } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import type { CreatedServiceToken } from '../api/schemas.ts';
import { secondsUntil } from '../flags/expiry.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, Interrupted } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import { describeDuration } from '../values/duration.ts';
import { sameNetworks } from '../values/networks.ts';
import { fate, removal, takeBack } from './take-back.ts';
import { warnOfOtherEnd } from './token-end.ts';
import type { Work } from './work.ts';

/** Milliseconds that an interrupted creation waits for its answer: it may hold a token nobody knows of. */
const PATIENCE = 5_000;

export interface TokenToCreate extends NewServiceToken {
  /** When it is to stop working, in milliseconds since the epoch, instead of `ttl`. */
  readonly at?: number | undefined;
}

/** What of the work a creation needs. */
export type CreationWork = Pick<Work, 'clock' | 'interruption' | 'warn'>;

/**
 * Makes a token as {@link createAnyToken}. One that is to be restricted, or to end, and whose answer does not show that,
 * is taken back: an API may ignore what it does not know, and an unrestricted token must not be handed over as
 * a restricted one.
 */
export async function createToken(
  { at, ...token }: TokenToCreate,
  organization: Organization,
  work: CreationWork,
): Promise<CreatedServiceToken> {
  const ttl = at === undefined ? token.ttl : secondsUntil(at, await organization.now());
  const created = await createAnyToken({ ...token, ttl }, organization, work);
  const missing = unconfirmed({ ...token, ttl }, created);
  if (missing === undefined) {
    if (at !== undefined) warnOfOtherEnd(created, at, work);
    else if (ttl !== undefined && created.created_at !== null) {
      warnOfOtherEnd(created, Date.parse(created.created_at) + ttl * 1_000, work);
    }
    return created;
  }
  const { clock, interruption } = work;
  const gone = await takeBack(organization, created.id, clock, interruption.insistence);
  throw endedBy(
    interruption.cause(),
    new Failure(
      'INVALID_RESPONSE',
      lines(text`the API did not confirm ${missing}`, fate(created.id, gone)),
      removal(organization.name, created.id, gone),
    ),
  );
}

/** What an answer does not show of the limits that a token was to have. */
function unconfirmed({ cidrs = [], ttl }: NewServiceToken, created: CreatedServiceToken): Text | undefined {
  if (cidrs.length > 0 && !sameNetworks(created.cidrs ?? [], cidrs)) {
    const shown = created.cidrs === undefined ? 'no such field' : created.cidrs?.join(', ') || 'none';
    return text`the IP restrictions of the new token: sent ${cidrs.join(', ')}, received ${shown}`;
  }
  if (!ttl || created.expires_at !== null) return undefined;
  return text`the expiry of the new token: sent ${unstyled(describeDuration(ttl * 1_000))}, received none`;
}

/**
 * Makes a token, and leaves none behind that nobody knows of: once the request may have arrived, the first
 * signal waits for the answer and takes the token back, the second one ends at once and says that there
 * may be one; before that the first one ends it. An answer that cannot be used is taken back as well; a
 * lost answer is never tried again, and said to be lost.
 */
async function createAnyToken(
  token: NewServiceToken,
  organization: Organization,
  { clock, interruption, warn }: CreationWork,
): Promise<CreatedServiceToken> {
  const patience = new AbortController();
  const giveUp = (): void => patience.abort(interruption.cause());
  let mayHaveArrived = false;
  const onConnected = (): void => {
    mayHaveArrived = true;
  };
  const waitThenGiveUp = (): void => {
    if (!mayHaveArrived) {
      giveUp();
      return;
    }
    warn(text`Waiting for the answer, so that no token is left behind. Interrupt again to end at once.`);
    clock.sleep(PATIENCE, patience.signal).then(giveUp, () => {});
  };
  interruption.signal.throwIfAborted();
  interruption.signal.addEventListener('abort', waitThenGiveUp, { once: true });
  interruption.insistence.addEventListener('abort', giveUp, { once: true });
  try {
    const created = await organization.tokens.create(token, { signal: patience.signal, onConnected });
    const interrupted = interruption.cause();
    if (!interrupted) return created;
    const gone = await takeBack(organization, created.id, clock, interruption.insistence);
    const message = lines(interrupted.text, fate(created.id, gone));
    throw new Interrupted(interrupted.signal, message, removal(organization.name, created.id, gone));
  } catch (error) {
    throw endedBy(interruption.cause(), await explained(error));
  } finally {
    interruption.signal.removeEventListener('abort', waitThenGiveUp);
    interruption.insistence.removeEventListener('abort', giveUp);
    // Ends the wait for an answer that has come by now.
    patience.abort();
  }

  async function explained(error: unknown): Promise<unknown> {
    const interrupted = interruption.cause();
    if (error === interrupted && interrupted) {
      if (!mayHaveArrived) return interrupted;
      const message = lines(interrupted.text, text`A token may have been created.`);
      return new Interrupted(interrupted.signal, message, listAdvice(organization.name));
    }
    if (error instanceof UnusableToken) {
      const { tokenId } = error;
      if (tokenId === undefined) return lost(error, organization.name);
      const gone = await takeBack(organization, tokenId, clock, interruption.insistence);
      return new Failure('INVALID_RESPONSE', lines(error.text, fate(tokenId, gone)), {
        ...removal(organization.name, tokenId, gone),
        cause: error,
      });
    }
    return error instanceof Failure && mayHaveBeenDone(error) ? lost(error, organization.name) : error;
  }
}

/** An interrupted creation ends as one, whatever else went wrong; what did is told with it. */
function endedBy(interrupted: Interrupted | undefined, failure: unknown): unknown {
  if (!interrupted || !(failure instanceof Failure) || failure instanceof Interrupted) return failure;
  const { hint, nextSteps } = failure;
  const message = lines(interrupted.text, failure.text);
  return new Interrupted(interrupted.signal, message, { hint, nextSteps, cause: failure });
}

/** The same failure, with the word that a token may exist whose secret nobody has. */
function lost(failure: Failure, organization: string): Failure {
  const message = lines(
    failure.text,
    text`No usable response was received. A token may have been created; the request was not retried.`,
  );
  const { hint, nextSteps } = listAdvice(organization);
  return new Failure(failure.code, message, {
    hint,
    nextSteps,
    cause: failure,
  });
}

function listAdvice(organization: string): { hint: Text; nextSteps: string[] } {
  const list = commandLine('list', '--org', organization);
  const remove = commandLine('delete', '<token-id>', '--org', organization);
  return {
    hint: text`See whether there is a new one with: ${list}\nand delete it, since its secret is lost: ${remove}`,
    nextSteps: [list, remove],
  };
}

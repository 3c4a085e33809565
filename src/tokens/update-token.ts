import type { TokenChanges } from '../api/client.ts';
import { ApiFailure, mayHaveBeenDone } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import type { ServiceToken, UpdatedServiceToken } from '../api/schemas.ts';
import type { NewEnd } from '../flags/expiry.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { lines, listed, type Text, text } from '../text/text.ts';
import { sameNetworks } from '../values/networks.ts';
import { isSameName } from '../values/token-name.ts';
import type { Work } from './work.ts';

/** What is to change of a token; what is left out stays as it is. */
export interface TokenUpdate {
  /** Null takes the name away. */
  readonly name?: string | null | undefined;
  readonly end?: NewEnd | undefined;
  /** Canonical; none for any address. */
  readonly cidrs?: readonly string[] | undefined;
}

/** An API that has no PATCH of tokens, such as PlanetScale's before September 2026. Nothing was changed. */
export class UpdateUnsupported extends Failure {
  override readonly name = 'UpdateUnsupported';
}

export type UpdateWork = Pick<Work, 'clock'>;

/** Milliseconds by which an end may differ from what was asked for: dates are whole seconds. */
const TOLERANCE = 5_000;

/**
 * Changes a token, and answers it as the API then shows it. It is changed only if the answer, or one look
 * at the token, shows everything that was sent: an API may ignore what it does not know.
 *
 * @throws UpdateUnsupported where the API has no such operation; INVALID_RESPONSE, naming what was not
 *   confirmed; what the API refused it with; COMMAND_FAILED where nobody can tell whether it was changed
 */
export async function updateToken(
  organization: Organization,
  id: string,
  update: TokenUpdate,
  { clock }: UpdateWork,
  signal?: AbortSignal,
): Promise<UpdatedServiceToken> {
  const { tokens } = organization;
  // Only a moment has to be known as seconds before there is an answer that tells the time.
  const askedAt = update.end?.kind === 'at' ? await organization.now() : Number.NaN;
  const startedAt = clock.elapsed();
  const lifetimes: number[] = [];
  const changesNow = (): TokenChanges => {
    const ttl = ttlNow(update.end, askedAt + clock.elapsed() - startedAt);
    if (typeof ttl === 'number') lifetimes.push(ttl);
    return {
      ...(update.name !== undefined && { name: update.name }),
      ...(ttl !== undefined && { ttl }),
      ...(update.cidrs && { cidrs: update.cidrs }),
    };
  };
  const missingIn = async (token: ServiceToken): Promise<Text[]> => {
    const last = update.end ? await organization.now() : Number.NaN;
    const first = last - (clock.elapsed() - startedAt);
    return unconfirmed(token, update, {
      earliest: first + Math.min(...lifetimes) * 1_000 - TOLERANCE,
      latest: last + Math.max(...lifetimes) * 1_000 + TOLERANCE,
    });
  };
  let hasArrived = false;
  let isDoubted = false;
  const following = {
    signal,
    onConnected: () => {
      hasArrived = true;
    },
    onDoubt: () => {
      isDoubted = true;
    },
  };
  let doubt: Failure | undefined;
  try {
    const answer = await tokens.update(id, changesNow, following);
    if ((await missingIn(answer.value)).length === 0) return answer.value;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure instanceof Interrupted) throw hasArrived ? mayBeChanged(id, failure) : failure;
    if (!isDoubted && !mayHaveBeenDone(failure)) throw await refusal(id, organization, failure, signal);
    doubt = failure;
  }
  let look: UpdatedServiceToken;
  try {
    look = (await tokens.look(id, signal)).value;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure instanceof Interrupted) throw mayBeChanged(id, failure);
    throw unread(id, organization.name, doubt, failure);
  }
  const missing = await missingIn(look);
  if (missing.length === 0) return look;
  throw notConfirmed(id, organization.name, missing, doubt);
}

/** Seconds for one try; null for no end, undefined where the end stays. */
function ttlNow(end: NewEnd | undefined, now: number): number | null | undefined {
  switch (end?.kind) {
    case undefined:
      return undefined;
    case 'never':
      return null;
    case 'in':
      return end.seconds;
    case 'at': {
      const seconds = Math.floor((end.time - now) / 1_000);
      if (seconds >= 1) return seconds;
      throw new Failure('COMMAND_FAILED', text`${new Date(end.time).toISOString()} passed in the meantime`, {
        hint: text`Nothing was changed. Use a later time.`,
      });
    }
  }
}

/** What of an update a token does not show. */
function unconfirmed(
  token: ServiceToken,
  { name, end, cidrs }: TokenUpdate,
  { earliest, latest }: { earliest: number; latest: number },
): Text[] {
  const shownEnd = token.expires_at === null ? undefined : Date.parse(token.expires_at);
  const isUntouched = end?.kind === 'in' && end.unlike != null && Date.parse(end.unlike) === shownEnd;
  const isEnd =
    end === undefined ||
    (end.kind === 'never'
      ? shownEnd === undefined
      : shownEnd !== undefined && shownEnd >= earliest && shownEnd <= latest && !isUntouched);
  const isName = name === undefined || isSameName(token.name ?? '', name ?? '');
  // An answer without the field says nothing of it, not even that the list is empty.
  const isRestricted =
    cidrs === undefined || (token.cidrs !== undefined && sameNetworks(token.cidrs ?? [], cidrs));
  return [
    ...(isName ? [] : [text`its name (it shows ${shownName(token.name)})`]),
    ...(isEnd || !end
      ? []
      : [
          text`its expiry (it shows ${token.expires_at ?? 'none'} instead of ${askedEnd(end, latest - TOLERANCE)})`,
        ]),
    ...(isRestricted ? [] : [text`its IP restrictions (it shows ${shownNetworks(token.cidrs)})`]),
  ];
}

function askedEnd(end: NewEnd, latest: number): string {
  if (end.kind === 'never') return 'none';
  return new Date(end.kind === 'at' ? end.time : latest).toISOString();
}

function shownName(name: string | null): string {
  return name === null || name === '' ? 'none' : name;
}

function shownNetworks(cidrs: readonly string[] | null | undefined): string {
  if (cidrs === undefined) return 'no such field';
  return cidrs === null || cidrs.length === 0 ? 'none' : cidrs.join(', ');
}

/**
 * Why a change was refused. An API without the operation answers 405; or 404, which credentials that are a
 * user's and still see the token cannot mean.
 */
async function refusal(
  id: string,
  organization: Organization,
  failure: Failure,
  signal: AbortSignal | undefined,
): Promise<Failure> {
  if (!(failure instanceof ApiFailure)) return failure;
  const { status } = failure.answer;
  if (status === 405) return unsupported(failure);
  if (status !== 404 || organization.tokenInUse !== undefined) return failure;
  try {
    const tokens = await organization.tokens.list({ signal, mustBeWhole: true });
    return tokens.some((token) => token.id === id) ? unsupported(failure) : failure;
  } catch {
    return failure;
  }
}

function unsupported(cause: ApiFailure): UpdateUnsupported {
  return new UpdateUnsupported(
    'API_ERROR',
    text`this API cannot update service tokens: it answered PATCH with ${cause.answer.status}`,
    { hint: text`Nothing was changed. PlanetScale's API supports this since September 2026.`, cause },
  );
}

function mayBeChanged(id: string, failure: Interrupted): Failure {
  return rephrased(failure, lines(failure.text, text`token ${id} may have been changed`), {
    hint: failure.hint,
    nextSteps: failure.nextSteps,
  });
}

function unread(id: string, organization: string, doubt: Failure | undefined, look: Failure): Failure {
  const message = lines(
    text`token ${id} may have been changed${doubt ? text`: ${doubt.text}` : text`, but the API's answer does not show it`}`,
    text`Checking whether it was failed: ${look.text}`,
  );
  return new Failure('COMMAND_FAILED', message, { ...advice(id, organization), cause: doubt ?? look });
}

function notConfirmed(
  id: string,
  organization: string,
  missing: readonly Text[],
  doubt: Failure | undefined,
): Failure {
  const state = text`the update of token ${id} was not confirmed: the API does not show ${listed(missing)} as sent`;
  const message = doubt ? lines(state, doubt.text) : state;
  return new Failure('INVALID_RESPONSE', message, { ...advice(id, organization), cause: doubt });
}

function advice(id: string, organization: string): { hint: Text; nextSteps: readonly string[] } {
  const show = commandLine('show', id, '--org', organization);
  return { hint: text`Check it with: ${show}`, nextSteps: [show] };
}

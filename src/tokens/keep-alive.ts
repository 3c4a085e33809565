import type { Organization } from '../api/organization.ts';
import type { CreatedServiceToken } from '../api/schemas.ts';
import { Failure } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import { describeDuration } from '../values/duration.ts';
import { type TokenUpdate, UpdateUnsupported, updateToken } from './update-token.ts';
import type { Work } from './work.ts';

/** How a token is kept alive while something uses it. */
export interface KeepAlivePlan {
  /** Seconds that it lives from each extension. */
  readonly ttl: number;
  /** Milliseconds after which it is not extended any more; at least the ttl. */
  readonly longest: number;
}

export interface KeepAlive {
  /** Ends it. When this is settled no extension is under way any more. */
  readonly stop: () => Promise<void>;
}

export type KeepAliveWork = Pick<Work, 'clock' | 'interruption' | 'warn'>;

/**
 * Seconds that a token to be kept alive is made for: a second less, so that its first extension shows even where the
 * API counts in whole seconds.
 */
export function firstTtl({ ttl }: KeepAlivePlan): number {
  return ttl - 1;
}

/** Milliseconds between tries to extend it, once one has failed. */
const PAUSE = 5_000;
/** Milliseconds that an extension under way may take when the token is to be deleted. */
const PATIENCE = 5_000;

/** From when, and for how long, a token was last extended. */
interface Life {
  /** Milliseconds. */
  readonly length: number;
  /** Milliseconds of elapsed time, counted from before the extension was sent. */
  readonly since: number;
  /** Milliseconds since the epoch, at the same moment. */
  readonly date: number;
}

/**
 * Extends a token again and again, at two thirds of its life, so that its life may be short: once nobody extends
 * it any more, it is void soon. The first extension is made, and known to have been, before this resolves: the token
 * shows another end than before.
 *
 * Time is what has passed, not what clocks say, which may be set meanwhile; that a clock went further tells of
 * a machine that slept, and the API then tells how old the token is. One whose end has passed is not extended.
 * Failures are warned of and tried again; they never end what uses the token.
 *
 * @throws what the first extension was refused with, or its interruption
 */
export async function keepAlive(
  { id: tokenId, expires_at }: Pick<CreatedServiceToken, 'id' | 'expires_at'>,
  { ttl, longest }: KeepAlivePlan,
  organization: Organization,
  { clock, interruption, warn }: KeepAliveWork,
): Promise<KeepAlive> {
  const startedAt = clock.elapsed();
  const stopping = new AbortController();
  const insisting = new AbortController();

  let shownEnd = expires_at;
  const extend = async (signal: AbortSignal): Promise<Life> => {
    const [since, date] = [clock.elapsed(), clock.now()];
    const seconds = Math.min(ttl, Math.floor((startedAt + longest - since) / 1_000));
    const update: TokenUpdate = { end: { kind: 'in', seconds, unlike: shownEnd } };
    ({ expires_at: shownEnd } = await updateToken(organization, tokenId, update, { clock }, signal));
    return { length: seconds * 1_000, since, date };
  };
  const left = ({ since, length }: Life): number => since + length - clock.elapsed();
  const hasEnded = async (life: Life): Promise<boolean> => {
    if (left(life) <= 0) return true;
    // The machine slept through its end, or its clock was set: only the API knows.
    if (clock.now() - life.date < life.length) return false;
    const { value } = await organization.tokens.look(tokenId, insisting.signal);
    return value.expires_at !== null && Date.parse(value.expires_at) <= (await organization.now());
  };

  const goOn = async (first: Life): Promise<void> => {
    let life = first;
    let isFailing = false;
    for (;;) {
      const due = life.since + (life.length * 2) / 3 - clock.elapsed();
      const pause = isFailing ? PAUSE : due;
      await clock.sleep(Math.max(0, Math.min(pause, left(life))), stopping.signal);
      try {
        if (await hasEnded(life)) {
          warn(
            text`service token ${tokenId} has expired and is not extended; the command keeps running without it`,
          );
          return;
        }
        if (life.since + life.length > startedAt + longest - 1_000) {
          warn(lastOf(tokenId, longest, left(life)));
          return;
        }
        life = await extend(insisting.signal);
        if (isFailing) warn(text`service token ${tokenId} was extended again`);
        isFailing = false;
      } catch (failure) {
        if (stopping.signal.aborted || !(failure instanceof Failure)) throw failure;
        if (!isFailing) warn(notExtended(tokenId, failure, left(life)));
        isFailing = true;
        if (failure instanceof UpdateUnsupported) return;
      }
    }
  };

  const work = goOn(await extend(interruption.signal)).catch((error) => {
    if (!stopping.signal.aborted) warn(notExtended(tokenId, error, undefined));
  });
  return {
    stop: async () => {
      stopping.abort();
      const patience = clock.timeout(PATIENCE);
      patience.addEventListener('abort', () => insisting.abort(patience.reason), { once: true });
      await work;
    },
  };
}

function lastOf(tokenId: string, longest: number, left: number): Text {
  return text`service token ${tokenId} is not extended beyond ${unstyled(describeDuration(longest))} (--keep-alive-max): it expires in ${unstyled(describeDuration(left))}`;
}

/** @param left milliseconds that it still lives, as far as is known */
function notExtended(tokenId: string, failure: unknown, left: number | undefined): Text {
  const reason = failure instanceof Failure ? failure.text : text`unexpected error: ${String(failure)}`;
  const state =
    left === undefined
      ? text`service token ${tokenId} is no longer extended:`
      : text`service token ${tokenId} could not be extended, and expires in ${unstyled(describeDuration(Math.max(0, left)))}:`;
  return lines(state, reason);
}

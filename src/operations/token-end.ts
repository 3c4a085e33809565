import { NOTABLE_DIFFERENCE } from '../api-time.ts';
import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import type { Work } from './work.ts';

/**
 * Seconds from `now` to a moment, both in milliseconds since the epoch.
 *
 * @throws Failure INVALID_USAGE for a moment that has passed, or is about to
 */
export function secondsUntil(moment: number, now: number): number {
  const seconds = Math.floor((moment - now) / 1_000);
  if (seconds >= 1) return seconds;
  throw new Failure('INVALID_USAGE', text`--expires-at ${new Date(moment).toISOString()} has passed`, {
    hint: text`Use a time in the future.`,
  });
}

/**
 * Warns of a token that ends at another time than it was asked to.
 *
 * @param asked milliseconds since the epoch
 */
export function warnOfOtherEnd(
  { id, expires_at }: { readonly id: string; readonly expires_at: string | null },
  asked: number,
  { warn }: Pick<Work, 'warn'>,
): void {
  if (expires_at === null || Math.abs(Date.parse(expires_at) - asked) <= NOTABLE_DIFFERENCE) return;
  warn(text`token ${id} expires at ${expires_at}, not at ${new Date(asked).toISOString()} as requested`);
}

import { text } from '../text/text.ts';
import { NOTABLE_DIFFERENCE } from '../values/api-time.ts';
import type { Work } from './work.ts';

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

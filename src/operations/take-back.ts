import { combineSignals } from '../abort.ts';
import type { Client } from '../api/client.ts';
import type { Clock } from '../clock.ts';
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
  client: Client,
  organization: string,
  tokenId: string,
  clock: Clock,
  insistence: AbortSignal,
): Promise<boolean> {
  const { signal, release } = combineSignals(insistence, clock.timeout(PATIENCE));
  try {
    await deleteToken(client, organization, tokenId, signal);
    return true;
  } catch {
    return false;
  } finally {
    release();
  }
}

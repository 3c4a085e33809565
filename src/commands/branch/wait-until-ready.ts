import type { Organization } from '../../api/organization.ts';
import type { Branch } from '../../api/schemas.ts';
import { Failure } from '../../text/errors.ts';
import { text } from '../../text/text.ts';
import type { Work } from '../../tokens/work.ts';

const MINUTE = 60_000;
/** As the official CLI: ten minutes in all, every 10 s after the first minute. */
const LONGEST = 10 * MINUTE;
const CALM_INTERVAL = 10_000;
/** Before that the interval grows to 5 s, so that a branch that is ready at once is seen at once. */
const INTERVALS = [500, 1_000, 2_000, 5_000];

/**
 * Looks at a branch until it is ready.
 *
 * @throws Failure TIMEOUT after ten minutes; the branch exists then, and may become ready later
 */
export async function waitUntilReady(
  database: string,
  name: string,
  { branches }: Organization,
  { clock, interruption }: Pick<Work, 'clock' | 'interruption'>,
): Promise<Branch> {
  const startedAt = clock.elapsed();
  for (let look = 0; ; look += 1) {
    const waited = clock.elapsed() - startedAt;
    if (waited > LONGEST) {
      throw new Failure('TIMEOUT', text`branch ${name} was created, but is not ready after ten minutes`, {
        hint: text`It may become ready later: look with branch show.`,
      });
    }
    const interval = waited > MINUTE ? CALM_INTERVAL : (INTERVALS[look] ?? 5_000);
    await clock.sleep(interval, interruption.signal);
    const branch = await branches.get(database, name);
    if (branch.ready) return branch;
  }
}

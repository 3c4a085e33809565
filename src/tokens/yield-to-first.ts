import type { Organization } from '../api/organization.ts';
import type { CreatedServiceToken, ServiceToken } from '../api/schemas.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { isSameName } from '../values/token-name.ts';

/** Milliseconds for which a new token may be one that another run has not finished with. */
export const UNFINISHED_FOR = 10 * 60_000;

/** The tokens of which one at most is to be made, whatever runs at once. */
export interface Contest {
  /** Any of these. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch, by the API's clock: what was created up to then has nothing to do with it. */
  readonly after: number;
  /** The id of a token of that name that is no rival: the one that is replaced. */
  readonly replaced?: string;
}

/**
 * Looks whether another run has made a token for the same purpose: nothing in the API can lock. Of several, the first
 * by `created_at` and id stays, so every run comes to the same answer.
 *
 * @throws Failure COMMAND_FAILED where the new token is not the first; whoever made it takes it back
 */
export async function yieldToFirst(
  created: CreatedServiceToken,
  { names, after, replaced }: Contest,
  { name: organization, tokens }: Organization,
): Promise<void> {
  const all = await tokens.list({ mustBeWhole: true });
  const own = all.find(({ id }) => id === created.id) ?? created;
  const rivals = all.filter(({ id, name, created_at }) => {
    const isOther = id !== own.id && id !== replaced;
    return isOther && Date.parse(created_at) > after && names.some((one) => isSameName(one, name ?? ''));
  });
  const first = rivals.find((rival) => isBefore(rival, own));
  if (!first) return;
  const list = commandLine('list', '--org', organization);
  throw new Failure(
    'COMMAND_FAILED',
    text`another run made token ${first.id}, ${first.name ?? ''}, at ${first.created_at}: one of the two has to go, and that one was first`,
    {
      hint: text`See what the other run has done before you try again: ${list}\nIf there was none, try again in 10 minutes.`,
      nextSteps: [list],
    },
  );
}

/** A token whose answer did not say when it was created, and which no list shows, comes last. */
function isBefore(one: ServiceToken, other: Pick<CreatedServiceToken, 'id' | 'created_at'>): boolean {
  const [first, second] = [Date.parse(one.created_at), Date.parse(other.created_at ?? '')];
  if (Number.isNaN(second)) return true;
  return first === second ? one.id < other.id : first < second;
}

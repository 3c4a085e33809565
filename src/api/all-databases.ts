import { accessesAt, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import type { Organization } from './organization.ts';

/**
 * The names of all databases; undefined where these credentials may not see all of them. A service token sees all
 * with `read_databases`, and without it those that it holds something on.
 *
 * @throws Failure AUTH_INVALID, Interrupted
 */
export async function allDatabases({
  databases,
  grants,
  tokenInUse,
}: Organization): Promise<readonly string[] | undefined> {
  try {
    const held = tokenInUse && accessesAt(await grants.list(tokenInUse.value), ORGANIZATION_LEVEL);
    if (held && !held.includes('read_databases')) return undefined;
    const names = (await databases.list()).map(({ name }) => name);
    // An empty list may as well be that of a token that is shown none.
    return held && names.length === 0 ? undefined : names;
  } catch (failure) {
    if (!(failure instanceof Failure) || ENDING.includes(failure.code)) throw failure;
    return undefined;
  }
}

/** What no other request would be spared. */
const ENDING: readonly Failure['code'][] = ['INTERRUPTED', 'AUTH_INVALID'];

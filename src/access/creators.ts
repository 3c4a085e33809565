import type { Organization } from '../api/organization.ts';
import type { ServiceTokenWithActor } from '../api/schemas.ts';
import { Failure } from '../text/errors.ts';
import { type ReadWork, readEach } from '../tokens/read-grants.ts';

/** What only the token itself tells, who made it for one, by its id; undefined where that cannot be read. */
export type Creators = ReadonlyMap<string, ServiceTokenWithActor | undefined>;

/** Reads who made each of the tokens. One that cannot be read is no reason to fail; refused credentials are. */
export function readCreators(
  ids: readonly string[],
  { tokens }: Organization,
  reading: ReadWork,
): Promise<Creators> {
  return readEach(ids, reading, async (id) => {
    try {
      return await tokens.get(id);
    } catch (failure) {
      if (failure instanceof Failure && failure.code !== 'INTERRUPTED' && failure.code !== 'AUTH_INVALID') {
        return undefined;
      }
      throw failure;
    }
  });
}

import { allDatabases } from '../api/all-databases.ts';
import type { Organization } from '../api/organization.ts';
import { type ReadWork, readGrants } from '../tokens/read-grants.ts';
import type { AccessFile } from './access-file.ts';
import { type Creators, readCreators } from './creators.ts';
import { digestOf } from './digest.ts';
import { identify, toBeRead } from './now.ts';
import { type AccessPlan, planOf } from './plan.ts';
import { databasesOf } from './reports.ts';

/** A plan as it was made from what the API said. */
export interface MadePlan extends AccessPlan {
  readonly digest: string;
  /** Milliseconds since the epoch when it was made, by the API's clock. */
  readonly time: number;
  /** The address that each token was last used from, by its id, as far as the API tells. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Those of the tokens without an id in the file that are granted something, by their ids. */
  readonly creators: Creators;
}

/**
 * Reads what there is, as far as the file decides on it, and makes the plan.
 *
 * @param reading what reading of many tokens needs
 * @throws Failure those of reading
 */
export async function makePlan(
  file: AccessFile,
  organization: Organization,
  apiUrl: URL,
  reading: ReadWork,
): Promise<MadePlan> {
  const tokens = await organization.tokens.list({ mustBeWhole: true });
  const time = await organization.now();
  const now = identify(file, tokens, time);
  const ids = toBeRead(now);
  const grants = await readGrants(ids, organization, reading);
  const databases = databasesOf(file.tokens).length === 0 ? [] : await allDatabases(organization);
  const plan = planOf(file, now, grants, databases, time);
  const unidentified = plan.reports.unidentified.map(({ token }) => token.id);
  const creators = await readCreators(unidentified, organization, reading);
  const digest = digestOf(plan.changes, { apiUrl, organization: organization.name });
  const addresses = new Map(
    tokens.flatMap(({ id, last_used_ip: address }) => (address ? [[id, address] as const] : [])),
  );
  return { ...plan, digest, time, addresses, creators };
}

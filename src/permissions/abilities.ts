import { allRequirements, isOnDatabase, type Requirement } from './requirements.ts';

/** What a token holds on one resource, as the API names it. */
export interface Holding {
  readonly resource_name: string | null;
  readonly resource_type: string | null;
  readonly accesses: readonly string[];
}

/** A call that a token may make on a resource, and which of its accesses let it. */
export interface Ability {
  readonly resource_name: string | null;
  readonly resource_type: string | null;
  readonly requirement: Requirement;
  readonly by: readonly string[];
}

/**
 * What a token can do, in calls. Published requirements name accesses and no resource: an access on a
 * database counts for the calls below that database, one on the organization for all calls. What one on anything
 * else allows is not known: see {@link undecided}.
 */
export function abilitiesOf(holdings: readonly Holding[]): Ability[] {
  return holdings.filter(isUnderstood).flatMap(({ resource_name, resource_type, accesses }) =>
    [...allRequirements().values()].flatMap((requirement): Ability[] => {
      if (!requirement.published) return [];
      const onDatabase = resource_type === 'Database';
      if (onDatabase && !isOnDatabase(requirement)) return [];
      const by = accesses.filter((access) => requirement.anyOf.includes(access));
      return by.length > 0 ? [{ resource_name, resource_type, requirement, by }] : [];
    }),
  );
}

/** What a token holds on resources of which nobody knows what that allows. */
export function undecided(holdings: readonly Holding[]): readonly Holding[] {
  return holdings.filter((holding) => !isUnderstood(holding));
}

function isUnderstood({ resource_type, resource_name }: Holding): boolean {
  return resource_name !== null && (resource_type === 'Organization' || resource_type === 'Database');
}

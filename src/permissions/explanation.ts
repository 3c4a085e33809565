import { type Holding, undecided } from './abilities.ts';
import { isOnDatabase, type Requirement } from './requirements.ts';

/** Whether a token can do something, by what PlanetScale publishes. The words are those of JSON. */
export type Answer = 'yes' | 'no' | 'perhaps' | 'not_published';

/** One of a token's permissions, and where it holds that. */
export interface HeldPermission {
  readonly resource_type: string | null;
  readonly resource_name: string | null;
  readonly access: string;
}

/** Why an answer is `perhaps`. */
export type Doubt = 'unreadable' | 'unknown grants' | 'on databases only';

/** An answer, and the permissions that it rests on. */
export interface Explanation {
  readonly answer: Answer;
  /** For `not_published` those that are likely to allow it. */
  readonly by: readonly HeldPermission[];
  readonly doubt?: Doubt;
}

/**
 * Whether what a token holds lets it do something, and which of it does. A no needs all to be known: grants that
 * nobody understands, or that cannot be read, make it a perhaps.
 *
 * @param holdings undefined where they cannot be read
 * @param database the one that the operation is done on, if it is done on one
 */
export function explanationOf(
  holdings: readonly Holding[] | undefined,
  requirement: Requirement,
  database: string | undefined,
): Explanation {
  const by = (holdings ?? []).filter((held) => counts(held, database)).flatMap(opening(requirement));
  if (!requirement.published) return { answer: 'not_published', by };
  if (by.length > 0) return { answer: 'yes', by };
  if (holdings === undefined) return { answer: 'perhaps', by, doubt: 'unreadable' };
  if (undecided(holdings).length > 0) return { answer: 'perhaps', by, doubt: 'unknown grants' };
  // The list names permissions of a database for a call of the organization, and not on which one.
  const elsewhere = isOnDatabase(requirement)
    ? []
    : holdings.filter(isDatabase).flatMap(opening(requirement));
  if (elsewhere.length > 0) return { answer: 'perhaps', by: elsewhere, doubt: 'on databases only' };
  return { answer: 'no', by };
}

/** What is held on the organization counts for everything in it. */
function counts(holding: Holding, database: string | undefined): boolean {
  if (isDatabase(holding)) return database !== undefined && holding.resource_name === database;
  return holding.resource_type === 'Organization' && holding.resource_name !== null;
}

function isDatabase({ resource_type }: Holding): boolean {
  return resource_type === 'Database';
}

function opening({ anyOf }: Requirement): (holding: Holding) => HeldPermission[] {
  return ({ resource_type, resource_name, accesses }) =>
    accesses
      .filter((access) => anyOf.includes(access))
      .map((access) => ({ resource_type, resource_name, access }));
}

import type { AccessChange } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { Grant } from '../api/schemas.ts';
import { type AccessWord, scopeMeant } from '../flags/access-words.ts';
import { isPattern } from '../flags/wildcards.ts';
import { type AccessScope, accessesAt } from '../permissions/scope.ts';
import { fitsPattern } from '../values/name-pattern.ts';

/** What is to be taken away, scope by scope; none where wildcards stand for nothing that is held. */
export interface RemovalPlan {
  readonly changes: readonly AccessChange[];
  /** Whether any of it was a wildcard, so that it has to be shown first. */
  readonly isBroad: boolean;
}

/**
 * What words of access take away from a token. A wildcard stands for what the token holds, production or not: what is
 * left where nobody expects it does more harm than what is missing.
 *
 * @param unsaid the scope of words that do not say theirs
 */
export async function removalPlan(
  words: readonly AccessWord[],
  unsaid: AccessScope,
  tokenId: string,
  { grants }: Organization,
): Promise<RemovalPlan> {
  const isBroad = words.some(({ scope, names }) => scope.kind === 'every database' || names.some(isPattern));
  const held = isBroad ? await grants.list(tokenId) : [];
  const byScope = new Map<AccessScope, Set<string>>();
  const remove = (scope: AccessScope, names: readonly string[]): void => {
    if (names.length === 0) return;
    byScope.set(scope, new Set([...(byScope.get(scope) ?? []), ...names]));
  };
  for (const { scope, names } of words) {
    const meant = scopeMeant(scope, unsaid);
    if (meant === undefined) {
      for (const database of databasesOf(held)) remove(database, fitting(names, accessesAt(held, database)));
    } else {
      const patterns = names.filter(isPattern);
      remove(meant, [
        ...names.filter((name) => !isPattern(name)),
        ...fitting(patterns, accessesAt(held, meant)),
      ]);
    }
  }
  return { changes: [...byScope].map(([database, access]) => ({ database, access: [...access] })), isBroad };
}

function databasesOf(held: readonly Grant[]): string[] {
  return held.flatMap(({ resource_type, resource_name, accesses }) =>
    resource_type === 'Database' && resource_name !== null && accesses.length > 0 ? [resource_name] : [],
  );
}

function fitting(patterns: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => patterns.some((pattern) => fitsPattern(name, pattern)));
}

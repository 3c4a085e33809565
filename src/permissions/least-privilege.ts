import { findPermission, type Scope } from './catalogue.ts';
import { isOnDatabase, type Requirement } from './requirements.ts';

/** A permission by its name, and the level at which it is held. */
export interface LeveledPermission {
  readonly name: string;
  readonly scope: Scope;
}

/**
 * Why nothing can be chosen for an operation: nothing is published of it; only permissions on the organization allow
 * it, though it is done on one database; or only permissions on a database, though it is done on the organization.
 */
export type ChoiceObstacle = 'not published' | 'broader' | 'on databases only';

/** The smallest grant for an operation, or why there is none. */
export type LeastPrivilege =
  | {
      readonly kind: 'choice';
      readonly permission: LeveledPermission;
      /** What else would do, in the published order. */
      readonly others: readonly LeveledPermission[];
    }
  | {
      readonly kind: 'none';
      readonly obstacle: ChoiceObstacle;
      /** What would do, or is likely to; what the rules would choose of it comes first. */
      readonly wouldDo: readonly LeveledPermission[];
    };

/**
 * Chooses the smallest grant for an operation by the published alternatives. The rules narrow them one after the
 * other: the level at which the operation is done, what only reads for a GET, what does not say production, the name
 * of the operation itself, and of what is left the first one published.
 */
export function leastPrivilege(requirement: Requirement): LeastPrivilege {
  const all = requirement.anyOf.flatMap((name): LeveledPermission[] => {
    const permission = findPermission(name);
    return permission ? [{ name, scope: permission.scope }] : [];
  });
  const level: Scope = isOnDatabase(requirement) ? 'database' : 'organization';
  const counting = all.filter(({ scope }) => scope === level);
  const obstacle = obstacleTo(requirement, counting, level);
  const [permission] = narrowed(requirement, obstacle ? all : counting);
  if (!permission || obstacle) {
    const wouldDo = permission ? [permission, ...all.filter((other) => other !== permission)] : all;
    return { kind: 'none', obstacle: obstacle ?? 'not published', wouldDo };
  }
  // What is held on a database alone never opens a call of the organization; the reverse does.
  const alternatives = level === 'database' ? all : counting;
  return { kind: 'choice', permission, others: alternatives.filter((other) => other !== permission) };
}

function obstacleTo(
  { published }: Requirement,
  counting: readonly LeveledPermission[],
  level: Scope,
): ChoiceObstacle | undefined {
  if (!published) return 'not published';
  if (counting.length > 0) return undefined;
  return level === 'database' ? 'broader' : 'on databases only';
}

function narrowed(
  { operation, operationId }: Requirement,
  names: readonly LeveledPermission[],
): readonly LeveledPermission[] {
  const rules: readonly ((name: string) => boolean)[] = [
    ...(operation.startsWith('GET ') ? [isReading] : []),
    (name) => !name.includes('production'),
    (name) => name === operationId,
  ];
  return rules.reduce((left, rule) => {
    const kept = left.filter(({ name }) => rule(name));
    return kept.length > 0 ? kept : left;
  }, names);
}

function isReading(name: string): boolean {
  return name.startsWith('read_');
}

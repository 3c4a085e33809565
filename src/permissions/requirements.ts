import { LIKELY, PUBLISHED } from './operations.ts';

/** A call of the API: its method and the path below `/v1`, parameters in braces. */
export type Operation = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /organizations${string}`;

export interface Requirement {
  readonly operation: Operation;
  /** The name in the OpenAPI document, such as `create_branch`. */
  readonly operationId: string;
  /** Permissions of which one is enough; the plainest first. */
  readonly anyOf: readonly string[];
  /** Whether PlanetScale says so; for the rest the names are the likely ones, and are said to be. */
  readonly published: boolean;
}

let parsed: ReadonlyMap<string, Requirement> | undefined;

/** Every call whose requirement is known, or likely. Parsed on first use. */
export function allRequirements(): ReadonlyMap<string, Requirement> {
  parsed ??= new Map(
    [...parse(PUBLISHED, true), ...parse(LIKELY, false)].map((requirement) => [
      requirement.operation,
      requirement,
    ]),
  );
  return parsed;
}

/** What a call requires; nothing known is an empty list. */
export function requirementOf(operation: Operation): Requirement {
  return (
    allRequirements().get(operation) ?? { operation, operationId: operation, anyOf: [], published: false }
  );
}

/** Whether a call is done on a database, or on something below one. */
export function isOnDatabase({ operation }: Pick<Requirement, 'operation'>): boolean {
  return operation.includes('/databases/{database}');
}

function parse(groups: typeof PUBLISHED, published: boolean): Requirement[] {
  return groups.flatMap(([accesses, operations]) => {
    const anyOf = accesses.trim().split(/\s+/).filter(Boolean);
    return [...operations.matchAll(/(\w+) +(GET|POST|PUT|PATCH|DELETE) +(\/\S*)/g)].map(
      ([, operationId = '', method = '', path = '']): Requirement => ({
        operation: `${methodOf(method)} /organizations/{organization}${path === '/' ? '' : path}`,
        operationId,
        anyOf,
        published,
      }),
    );
  });
}

function methodOf(word: string): 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' {
  return word === 'POST' || word === 'PUT' || word === 'PATCH' || word === 'DELETE' ? word : 'GET';
}

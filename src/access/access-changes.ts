import type { Text } from '../text/text.ts';

/** Permissions by their names, on a database or, with `''`, on the organization. */
export interface ScopedAccess {
  readonly database: string;
  readonly access: readonly string[];
}

/** What a token is to be, as far as a file decides it; each value is as the digest has it. */
export interface NewToken {
  readonly access: readonly ScopedAccess[];
  /** Canonical; none for any address. */
  readonly cidrs: readonly string[];
  /** Seconds; null for one that does not expire. */
  readonly ttl: number | null;
}

interface OfToken {
  readonly id: string;
  /** As the file calls it. */
  readonly name: string;
}

/** One thing that apply does. */
export type Change =
  | (OfToken & { readonly action: 'rename'; readonly before: string; readonly after: string })
  | (OfToken & {
      readonly action: 'restrict';
      readonly before: readonly string[];
      readonly after: readonly string[];
    })
  | (OfToken & {
      /** On one scope; both sorted. */
      readonly action: 'grant' | 'remove';
      readonly database: string;
      readonly before: readonly string[];
      readonly after: readonly string[];
    })
  | {
      readonly action: 'create';
      readonly id: null;
      readonly name: string;
      readonly before: null;
      readonly after: NewToken;
    }
  | (OfToken & {
      readonly action: 'delete';
      /** What it is called now. */
      readonly before: string;
      readonly after: null;
      /** What it may do until then: a deletion that was approved is of just that. */
      readonly held: readonly ScopedAccess[];
      /** `unfinished`: a cut apply left it, and a store may hold its secret. */
      readonly reason: 'absent' | 'unfinished';
    });

/**
 * `identity`: which token it is; `apply_running`: another apply may be making it; `waiting`: another decision comes
 * first; `database`: it names one that does not exist; `unknown`: something of it could not be read, or understood.
 */
export type DecisionKind = 'identity' | 'apply_running' | 'waiting' | 'database' | 'unknown';

/** A name of the file that only people can decide on: apply leaves it out, and makes all other changes. */
export interface Decision {
  readonly kind: DecisionKind;
  /** As the file calls it. */
  readonly name: string;
  /** Where it stands, such as `service-tokens.yml:5:3`. */
  readonly at: string;
  /** Of the tokens in question. */
  readonly ids: readonly string[];
  /** What is not certain, and what to do about it. */
  readonly reason: Text;
}

export type GrantChange = Extract<Change, { database: string }>;

/** What a change of grants adds, or takes away. */
export function namesOf({ action, before, after }: GrantChange): readonly string[] {
  return action === 'grant'
    ? after.filter((name) => !before.includes(name))
    : before.filter((name) => !after.includes(name));
}

/** What changes give to some token, each scope once. */
export function given(changes: readonly Change[]): ScopedAccess[] {
  const scopes = new Map<string, Set<string>>();
  const add = ({ database, access }: ScopedAccess): void => {
    scopes.set(database, new Set([...(scopes.get(database) ?? []), ...access]));
  };
  for (const change of changes) {
    if (change.action === 'grant') add({ database: change.database, access: namesOf(change) });
    if (change.action === 'create') for (const scope of change.after.access) add(scope);
  }
  return [...scopes].map(([database, access]) => ({ database, access: [...access].sort() }));
}

/** How much an apply may take away by default. */
export const DEFAULT_LIMITS = { deletions: 1, removals: 20 } as const;

/** How much a plan takes away: tokens, and permissions. */
export function lossesOf(changes: readonly Change[]): {
  readonly deletions: number;
  readonly removals: number;
} {
  const removed = changes.flatMap((change) => (change.action === 'remove' ? namesOf(change) : []));
  return { deletions: changes.filter(({ action }) => action === 'delete').length, removals: removed.length };
}

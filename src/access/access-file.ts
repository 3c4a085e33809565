import type { AccessChange } from '../api/client.ts';

/** A file that has been read and holds no contradiction. */
export interface AccessFile {
  readonly organization: string;
  readonly owns: readonly OwnedPattern[];
  /** Sorted by name. */
  readonly tokens: readonly ListedToken[];
  /** Sorted by name. */
  readonly absent: readonly AbsentToken[];
}

/** Names that a file decides on. */
export interface OwnedPattern {
  /** Quoted. */
  readonly pattern: string;
  /** Where it stands, such as `service-tokens.yml:3:8`. */
  readonly at: string;
}

/** A name that no token is to have. */
export interface AbsentToken {
  readonly name: string;
  /** Where it stands, such as `service-tokens.yml:9:10`. */
  readonly at: string;
}

/** A token as the file wants it; what is undefined is not decided by it. */
export interface ListedToken {
  readonly name: string;
  /** Where it stands, such as `service-tokens.yml:5:3`. */
  readonly at: string;
  readonly id: string | undefined;
  /** All that it may do, each scope once and none of them empty. */
  readonly access: readonly AccessChange[] | undefined;
  /** The databases of `access`, each with where it stands. */
  readonly databases: ReadonlyMap<string, string>;
  /** Canonical; none for any address. */
  readonly cidrs: readonly string[] | undefined;
  /** Seconds that it works from when it is created; undefined for one that does not expire. */
  readonly ttl: number | undefined;
  /** Names that it had. */
  readonly previously: readonly string[];
}

/** What is added to the name of a token up to when its secret has been handed over. */
const UNFINISHED = ' (unfinished)';

/** What a token of that name is called until it is finished. */
export function unfinishedName(name: string): string {
  return `${name}${UNFINISHED}`;
}

/** The name that an unfinished token is to get; undefined for what is none. */
export function nameOfUnfinished(name: string): string | undefined {
  return name.endsWith(UNFINISHED) && name.length > UNFINISHED.length
    ? name.slice(0, -UNFINISHED.length)
    : undefined;
}

/** An order that is the same on every machine. */
export function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

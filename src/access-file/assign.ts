import type { ServiceToken } from '../api/schemas.ts';
import { listed, type Text, text } from '../text.ts';
import { canonicalName } from '../token-name.ts';
import { type AccessFile, byText, type ListedToken } from './access-file.ts';

/** A listed token, and the token that it is; undefined for one that is to be created. */
export interface Assigned {
  readonly wanted: ListedToken;
  readonly token: ServiceToken | undefined;
}

export interface Assignment {
  /** In the order of the file. */
  readonly listed: readonly Assigned[];
  readonly absent: readonly ServiceToken[];
  /** Why it cannot be told which token is which. */
  readonly problems: readonly Text[];
}

/**
 * Which token each name of the file means. Where that is not certain, it is a problem and never a guess.
 *
 * @param tokens those of the organization
 * @param replaced the ids of those that a rotation has marked, and of what replaces each
 */
export function assign(
  { tokens: wanted, absent }: AccessFile,
  tokens: readonly ServiceToken[],
  replaced: ReadonlyMap<string, string>,
): Assignment {
  return new Assigning(wanted, tokens, replaced).assign(absent);
}

/** Names are held against each other in their canonical form. */
class Assigning {
  private readonly wanted: ReadonlyMap<string, ListedToken>;
  private readonly tokens: readonly ServiceToken[];
  private readonly byName = new Map<string, ServiceToken[]>();
  /** By a former name, the listed one that it is the former name of. */
  private readonly heirs: ReadonlyMap<string, ListedToken>;
  private readonly problems: Text[] = [];
  private readonly replaced: ReadonlyMap<string, string>;

  constructor(
    wanted: readonly ListedToken[],
    tokens: readonly ServiceToken[],
    replaced: ReadonlyMap<string, string>,
  ) {
    this.replaced = replaced;
    this.wanted = new Map(wanted.map((one) => [canonicalName(one.name), one]));
    this.heirs = new Map(
      wanted.flatMap((one) => one.previously.map((name) => [canonicalName(name), one] as const)),
    );
    this.tokens = tokens;
    for (const token of tokens) {
      const name = canonicalName(token.name ?? '');
      this.byName.set(name, [...(this.byName.get(name) ?? []), token]);
    }
  }

  assign(absent: AccessFile['absent']): Assignment {
    const listedTokens = [...this.wanted.values()].map((wanted) => ({ wanted, token: this.tokenOf(wanted) }));
    const gone = absent.flatMap(({ name, at }) => this.named(name, text`${at}`) ?? []);
    return { listed: listedTokens, absent: gone, problems: this.problems };
  }

  private tokenOf(wanted: ListedToken): ServiceToken | undefined {
    const { name, at, previously } = wanted;
    const present = this.named(name, text`${at}`);
    const own = present && !this.moves(name) ? present : undefined;
    const former = previously
      .filter((one) => !this.wanted.has(canonicalName(one)) || this.moves(one))
      .flatMap((one) => this.named(one, text`${at}`) ?? []);
    const [found, ...others] = [...(own ? [own] : []), ...former];
    if (others.length > 0) {
      const all = [found, ...others].flatMap((one) => (one ? [text`${one.name ?? ''} (${one.id})`] : []));
      this.problems.push(
        text`${at}: ${listed(all, text` and `)} are there at once, and one of them was to become the other: delete one, or take its name out of previously`,
      );
      return found;
    }
    this.checkId(wanted, found);
    return found;
  }

  /** The one token of a name. Of several none is meant. */
  private named(written: string, where: Text): ServiceToken | undefined {
    const name = canonicalName(written);
    const [found, ...others] = this.byName.get(name) ?? [];
    if (others.length === 0) return found;
    const ids = [found, ...others].flatMap((one) => one?.id ?? []).sort(byText);
    const problem = text`${where}: ${ids.length} tokens are named ${name}: ${listed(ids)}. Rename or delete the others.`;
    // Asked for by its own name and as a former one.
    if (!this.doubled.has(name)) this.problems.push(problem);
    this.doubled.add(name);
    return undefined;
  }

  private readonly doubled = new Set<string>();

  /** Whether the token of a listed name is to take the name of its heir. */
  private moves(written: string): boolean {
    const name = canonicalName(written);
    const heir = this.heirs.get(name);
    const [token] = this.byName.get(name) ?? [];
    const self = this.wanted.get(name);
    if (!heir || !token) return false;
    if (!self || heir.id === token.id) return true;
    if (self.id === token.id) return false;
    const isFree = !this.byName.has(canonicalName(heir.name)) || this.moves(heir.name);
    if (!isFree) return false;
    if (self.previously.some((former) => this.byName.has(canonicalName(former)))) return true;
    this.undecided(self, heir, token);
    return false;
  }

  private readonly told = new Set<string>();

  private undecided(self: ListedToken, heir: ListedToken, { id }: ServiceToken): void {
    if (this.told.has(self.name)) return;
    this.told.add(self.name);
    this.problems.push(
      text`${self.at}: token ${id} is named ${self.name}, which is listed by itself and as the former name of ${heir.name}: write id: ${id} under the one that it is`,
    );
  }

  private checkId({ id, at, name }: ListedToken, token: ServiceToken | undefined): void {
    if (id === undefined || token?.id === id) return;
    if (token && this.replaced.get(id) === token.id) {
      this.problems.push(text`${at}: ${token.id} has replaced ${id} by a rotation: write id: ${token.id}`);
      return;
    }
    if (token) {
      this.problems.push(
        text`${at}: the token named ${token.name ?? ''} is ${token.id}, and the file says that it is ${id}: somebody has made another one of that name`,
      );
      return;
    }
    const other = this.tokens.find((one) => one.id === id);
    this.problems.push(
      other
        ? text`${at}: token ${id} is named ${other.name ?? '(no name)'}, not ${name}: add that name to previously to rename it`
        : text`${at}: there is no token ${id}: leave id out to create another one`,
    );
  }
}

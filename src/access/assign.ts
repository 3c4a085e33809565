import type { ServiceToken } from '../api/schemas.ts';
import { listed, type Text, text } from '../text/text.ts';
import { canonicalName } from '../values/token-name.ts';
import type { Decision } from './access-changes.ts';
import { type AbsentToken, type AccessFile, byText, type ListedToken } from './access-file.ts';

/** A listed token, and the token that it is; undefined for one that is to be created. */
export interface Assigned {
  readonly wanted: ListedToken;
  readonly token: ServiceToken | undefined;
}

export interface Assignment {
  /** In the order of the file. */
  readonly listed: readonly Assigned[];
  readonly absent: readonly Doomed[];
  /** Names of which it cannot be told which token they mean. */
  readonly decisions: readonly Decision[];
  /** Listed tokens that a rotation has put in the place of the one that the file pins. */
  readonly replacements: readonly Replacement[];
}

/** A token that is to be absent. */
export interface Doomed {
  readonly wanted: AbsentToken;
  readonly token: ServiceToken;
}

/** A token, and the id that the file still has for it. */
export interface Replacement {
  readonly wanted: ListedToken;
  readonly token: ServiceToken;
}

/**
 * Which token each name of the file means. Where that is not certain, it needs a decision and is never a guess.
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
  private readonly decisions: Decision[] = [];
  private readonly replacements: Replacement[] = [];
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
    const gone = absent.flatMap((wanted) => {
      const token = this.named(wanted.name, wanted);
      return token ? [{ wanted, token }] : [];
    });
    const { decisions, replacements } = this;
    return { listed: listedTokens, absent: gone, decisions, replacements };
  }

  private tokenOf(wanted: ListedToken): ServiceToken | undefined {
    const { name, previously } = wanted;
    const present = this.named(name, wanted);
    const own = present && !this.moves(name) ? present : undefined;
    const former = previously
      .filter((one) => !this.wanted.has(canonicalName(one)) || this.moves(one))
      .flatMap((one) => this.named(one, wanted) ?? []);
    const [found, ...others] = [...(own ? [own] : []), ...former];
    if (found && others.length > 0) {
      const all = [found, ...others];
      const called = listed(
        all.map((one) => text`${one.name ?? ''} (${one.id})`),
        text` and `,
      );
      this.decide(
        wanted,
        all,
        text`${called} both exist, but one should be renamed to the other: delete one, or remove its name from previously`,
      );
      return found;
    }
    this.checkId(wanted, found);
    return found;
  }

  /** The one token of a name. Of several none is meant. */
  private named(name: string, wanted: AbsentToken): ServiceToken | undefined {
    const all = this.byName.get(canonicalName(name)) ?? [];
    if (all.length <= 1) return all[0];
    const ids = all.map(({ id }) => id).sort(byText);
    this.decide(
      wanted,
      all,
      text`${ids.length} tokens are named ${name}: ${listed(ids)}. Rename or delete the others.`,
    );
    return undefined;
  }

  private decide({ name, at }: AbsentToken, tokens: readonly ServiceToken[], reason: Text): void {
    const ids = tokens.map(({ id }) => id).sort(byText);
    this.decisions.push({ kind: 'identity', name, at, ids, reason });
  }

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

  private undecided(self: ListedToken, heir: ListedToken, token: ServiceToken): void {
    if (this.told.has(self.name)) return;
    this.told.add(self.name);
    this.decide(
      self,
      [token],
      text`token ${token.id} is named ${self.name}, which is listed both as a token and as a former name of ${heir.name}: write id: ${token.id} under the right one`,
    );
    this.decide(heir, [token], text`whether token ${token.id} becomes it depends on ${self.name}`);
  }

  private checkId(wanted: ListedToken, token: ServiceToken | undefined): void {
    const { id, name } = wanted;
    if (id === undefined || token?.id === id) return;
    if (token && this.replaced.get(id) === token.id) {
      this.replacements.push({ wanted, token });
      return;
    }
    const other = this.tokens.find((one) => one.id === id);
    if (token) {
      const fate = other ? text`named ${other.name ?? '(no name)'} now` : text`gone`;
      this.decide(
        wanted,
        [token, ...(other ? [other] : [])],
        text`the token named ${token.name ?? ''} is ${token.id}, created at ${token.created_at}; the file says ${id}, which is ${fate}. If you replaced it (rotate does), write id: ${token.id}; if not, it is not yours.`,
      );
    } else if (other) {
      this.decide(
        wanted,
        [other],
        text`token ${id} is named ${other.name ?? '(no name)'}, not ${name}: add that name to previously to rename it`,
      );
    } else this.decide(wanted, [], text`there is no token ${id}: remove id to create another one`);
  }
}

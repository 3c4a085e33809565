import { mayBeHidden } from '../api/failures.ts';
import type { ServiceToken } from '../api/schemas.ts';
import type { Failure } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { type Text, text } from '../text/text.ts';
import { shownRestrictions } from '../tokens/copy-token.ts';
import type { GrantsRead } from '../tokens/read-grants.ts';
import { canonicalName, isSameName } from '../values/token-name.ts';
import type { Decision } from './access-changes.ts';
import { type AbsentToken, byText, type ListedToken } from './access-file.ts';
import type { Assigned } from './assign.ts';
import { understood } from './now.ts';

/** Names that apply can give their tokens, and those that have to wait. */
export interface Settled {
  readonly listed: readonly Assigned[];
  readonly waiting: readonly Decision[];
}

/**
 * Leaves out what was decided against, and with it whatever would take a name that a token left out keeps: so no
 * apply makes a second token of one name.
 *
 * @param tokens all that may have such a name
 * @param leftOut names of the file that a decision leaves out
 */
export function settle(
  assigned: readonly Assigned[],
  tokens: readonly ServiceToken[],
  leftOut: ReadonlySet<string>,
): Settled {
  let listed = assigned.filter(({ wanted }) => !leftOut.has(wanted.name));
  const waiting: Decision[] = [];
  for (;;) {
    const moving = new Set(listed.flatMap(({ token }) => (token ? [token.id] : [])));
    const keepers = new Map(
      tokens.flatMap(({ id, name }) => (moving.has(id) ? [] : [[canonicalName(name ?? ''), id] as const])),
    );
    const left = listed.filter(({ wanted, token }) => {
      const keeper = isSameName(token?.name ?? '', wanted.name)
        ? undefined
        : keepers.get(canonicalName(wanted.name));
      if (keeper === undefined) return true;
      const ids = [keeper, ...(token ? [token.id] : [])].sort(byText);
      const reason = text`token ${keeper} keeps the name ${wanted.name} until another decision is made`;
      waiting.push({ kind: 'waiting', name: wanted.name, at: wanted.at, ids, reason });
      return false;
    });
    if (left.length === listed.length) return { listed, waiting };
    listed = left;
  }
}

/** Why it is not known what to change of a token. */
export function unknownOf(
  { name, at, access, cidrs }: ListedToken,
  token: ServiceToken,
  grants: ReadonlyMap<string, GrantsRead>,
): Decision[] {
  const decide = (reason: Text): Decision[] => [{ kind: 'unknown', name, at, ids: [token.id], reason }];
  if (access !== undefined) {
    const read = grants.get(token.id);
    const unread = unreadOf({ name, at }, token, read);
    if (unread.length > 0) return unread;
    if (understood(read) === undefined) {
      return decide(
        text`${name} (${token.id}) holds permissions of a kind that this program does not understand: remove access to leave them undecided`,
      );
    }
  }
  if (cidrs !== undefined && shownRestrictions(token) === undefined) {
    return decide(
      text`the API does not show the IP restrictions of ${name} (${token.id}): remove cidrs to leave them undecided`,
    );
  }
  return [];
}

/** Whether what a token holds could not be read. */
export function unreadOf(
  { name, at }: AbsentToken,
  { id }: ServiceToken,
  read: GrantsRead | undefined,
): Decision[] {
  if (read?.kind === 'read') return [];
  const reason =
    read?.kind === 'gone'
      ? text`token ${id} was deleted while it was read: plan again`
      : whyUnread(name, id, read?.failure);
  return [{ kind: 'unknown', name, at, ids: [id], reason }];
}

function whyUnread(name: string, id: string, failure: Failure | undefined): Text {
  const why = failure ? text`: ${failure.text}` : text``;
  const advice = failure && mayBeHidden(failure) ? text` (reading them takes read_service_tokens)` : text``;
  return text`the permissions of ${name} (${id}) could not be read${why}${advice}`;
}

/**
 * Databases that a token of the file names, and that do not exist.
 *
 * @param known the names of all databases
 */
export function missingDatabases({ name, databases }: ListedToken, known: readonly string[]): Decision[] {
  return [...databases].flatMap(([database, at]): Decision[] => {
    if (known.includes(database)) return [];
    return [{ kind: 'database', name, at, ids: [], reason: missingDatabase(database, known) }];
  });
}

/** A database that does not exist, and which one may be meant. */
export function missingDatabase(database: string, known: readonly string[]): Text {
  const meant = nearest(database, known);
  const advice = meant === undefined ? text`` : text`. Did you mean ${meant}?`;
  return text`database ${database} does not exist${advice}`;
}

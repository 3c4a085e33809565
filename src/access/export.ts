import type { Organization } from '../api/organization.ts';
import type { ServiceToken, ServiceTokenWithActor } from '../api/schemas.ts';
import { redact } from '../settings/redaction.ts';
import { PROGRAM } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { lifetimeOf, shownRestrictions } from '../tokens/copy-token.ts';
import { type GrantsRead, type ReadWork, readGrants } from '../tokens/read-grants.ts';
import { markOf } from '../tokens/rotation-mark.ts';
import { fitsPattern, fittingQuoted, patternOf } from '../values/name-pattern.ts';
import { canonicalName } from '../values/token-name.ts';
import { nameOfUnfinished } from './access-file.ts';
import { readCreators } from './creators.ts';
import { understood } from './now.ts';
import { readAccessFile } from './read.ts';
import { doubledNames } from './reports.ts';
import { type WrittenEntry, writeAccessFile } from './write.ts';

/** What is written of an organization. */
export interface ExportChoice {
  /** Only tokens whose name fits this pattern. */
  readonly name: string | undefined;
  /** Quoted patterns that the file is to decide on; without any, the names that it lists. */
  readonly owns: readonly string[];
  /** Whether each token is pinned by its id. */
  readonly withIds: boolean;
  /** Whether comments say when a token was last used. */
  readonly withLastUse: boolean;
}

export interface Exported {
  readonly content: string;
  /** Tokens that are only comments, because what they hold cannot be read. */
  readonly unread: number;
}

/**
 * What there is, as a file that changes nothing. Of what such a file cannot say, or nobody can tell, there is a
 * comment.
 *
 * @param reading what reading of many tokens needs
 */
export async function exportFile(
  organization: Organization,
  choice: ExportChoice,
  reading: ReadWork,
): Promise<Exported> {
  const all = await organization.tokens.list({ mustBeWhole: true });
  const time = await organization.now();
  const chosen = all.filter(isChosenBy(choice));
  const doubled = new Set(doubledNames(all).map(({ name }) => canonicalName(name)));
  const unfinished = new Set(all.map(({ name }) => canonicalName(nameOfUnfinished(name ?? '') ?? '')));
  const against = { all, doubled, unfinished, time };
  const reasons = new Map(chosen.map((token) => [token.id, reasonAgainst(token, against)]));
  const candidates = chosen.filter(({ id }) => reasons.get(id) === undefined).map(({ id }) => id);
  const grants = await readGrants(candidates, organization, reading);
  const creators = await readCreators(
    chosen.map(({ id }) => id),
    organization,
    reading,
  );
  const tokens: WrittenEntry[] = [];
  const comments: string[] = [];
  let unread = 0;
  for (const token of chosen) {
    const told = toldOf(token, creators.get(token.id), choice);
    const read = grants.get(token.id);
    const entry = reasons.get(token.id) ?? entryOf(token, read, organization.name, time);
    if (typeof entry !== 'string') {
      const id = choice.withIds ? token.id : undefined;
      tokens.push({ ...entry, id, comments: [`${token.id} ${told}`] });
      continue;
    }
    if (entry === UNREAD) unread += 1;
    comments.push(`${redact(token.name || '(no name)')} (${token.id}): ${entry}; ${told}`);
  }
  const owns = choice.owns.length > 0 ? choice.owns : tokens.map(({ name }) => patternOf(name));
  const content = writeAccessFile({ organization: organization.name, owns, tokens, comments });
  return { content, unread };
}

function isChosenBy({ name: pattern, owns }: ExportChoice): (token: ServiceToken) => boolean {
  const isOwned = owns.length === 0 ? () => true : fittingQuoted(owns);
  return ({ name }) => (pattern === undefined || fitsPattern(name ?? '', pattern)) && isOwned(name ?? '');
}

const UNREAD = 'what it holds cannot be read';

/** What of all tokens decides whether one can be listed. */
interface Others {
  readonly all: readonly ServiceToken[];
  readonly doubled: ReadonlySet<string>;
  /** Names that an apply has not finished a token of. */
  readonly unfinished: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Why a token is only told of, before anything more is read of it. */
function reasonAgainst(token: ServiceToken, { all, doubled, unfinished, time }: Others): string | undefined {
  const { name, expires_at } = token;
  if (!name) return 'it has no name';
  if (doubled.has(canonicalName(name))) return 'several tokens have this name';
  if (expires_at !== null && Date.parse(expires_at) <= time) return `it expired at ${expires_at}`;
  const mark = markOf(token, all);
  if (mark) return `${mark.replacedBy} replaces it`;
  if (nameOfUnfinished(name) !== undefined) return 'an apply that did not end left it';
  // To list its name would be to delete that one.
  if (unfinished.has(canonicalName(name)))
    return 'an apply of this name did not end, and left an unfinished token';
  return name.startsWith(`${PROGRAM} exec `) ? 'it was made for one command' : undefined;
}

/** A token as the file says it, or why it cannot. */
function entryOf(
  token: ServiceToken,
  read: GrantsRead | undefined,
  organization: string,
  time: number,
): WrittenEntry | string {
  if (read?.kind === 'gone') return 'it was deleted meanwhile';
  if (read?.kind !== 'read') return UNREAD;
  const cidrs = shownRestrictions(token);
  if (cidrs === undefined) return 'the API does not show its IP restrictions';
  const access = understood(read);
  if (access === undefined) return 'it holds permissions of a kind that this program does not understand';
  const lifetime = lifetimeOf(token, time);
  const ttl = lifetime.kind === 'known' ? lifetime.ttl : undefined;
  const entry = { name: token.name ?? '', id: token.id, access, cidrs, ttl, comments: [] };
  return isReadBack(entry, organization)
    ? entry
    : 'it has a name, a permission or a restriction that such a file cannot say';
}

/** Whether reading what is written of it answers the same: whatever a file cannot say comes to light here. */
function isReadBack(entry: WrittenEntry, organization: string): boolean {
  try {
    const owns = [patternOf(entry.name)];
    const content = writeAccessFile({ organization, owns, tokens: [entry], comments: [] });
    const [token] = readAccessFile(content, '').file.tokens;
    const count = (access: WrittenEntry['access']): number => access.flatMap((scope) => scope.access).length;
    return (
      token?.name === entry.name &&
      token.id === entry.id &&
      token.cidrs?.length === entry.cidrs.length &&
      count(token.access ?? []) === count(entry.access)
    );
  } catch (failure) {
    if (failure instanceof Failure) return false;
    throw failure;
  }
}

function toldOf(
  { created_at, last_used_at }: ServiceToken,
  detail: ServiceTokenWithActor | undefined,
  { withLastUse }: ExportChoice,
): string {
  const by = detail?.actor_display_name ? ` by ${redact(detail.actor_display_name)}` : '';
  const used = last_used_at === null ? 'never used' : `last used at ${last_used_at}`;
  return `created${by} at ${created_at}${withLastUse ? `, ${used}` : ''}`;
}

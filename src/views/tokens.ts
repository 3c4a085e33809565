import type { AccessRow, CreatedServiceToken } from '../api/schemas.ts';
import { type Column, type Result, tabulate } from '../output/result.ts';
import { lines, type Text, text } from '../text/text.ts';
import { goTime, goTimeOrNull } from '../values/time.ts';
import { type GrantRow, gatheredRows, grantsData, productionAdvice } from './grants.ts';

/** What is shown of a token; the API's own object has more. */
export interface TokenRow {
  readonly id: string;
  readonly type?: string | undefined;
  readonly name: string | null;
  readonly created_at: string | null;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
  /** The networks it is accepted from, none for any address; undefined where the API does not say. */
  readonly cidrs?: readonly string[] | null | undefined;
  readonly last_used_ip?: string | null | undefined;
  readonly last_used_location?: string | null | undefined;
  readonly last_used_asn?: number | null | undefined;
  readonly last_used_asn_organization?: string | null | undefined;
}

export interface CreatedTokenRow extends TokenRow {
  /** The secret; empty where it went somewhere else. */
  readonly token: string;
}

export interface TokenDetailRow extends TokenRow {
  readonly actor_id?: string | null | undefined;
  readonly actor_display_name?: string | null | undefined;
  readonly actor_type?: string | null | undefined;
  /** What it holds, where that was read. */
  readonly grants: readonly GrantRow[] | undefined;
}

const ID: Column<TokenRow> = { header: 'ID', cell: (token) => token.id, isWhole: 'in tables' };
const NAME: Column<TokenRow> = { header: 'Name', cell: (token) => token.name ?? '', tone: 'name' };
const LAST_USED_AT: Column<TokenRow> = {
  header: 'LastUsedAt',
  cell: (token) => ({ time: token.last_used_at }),
  whenEmpty: 'never',
  priority: 2,
};
const EXPIRES_AT: Column<TokenRow> = {
  header: 'ExpiresAt',
  cell: (token) => ({ time: token.expires_at, isEnd: true }),
  whenEmpty: 'never',
  priority: 1,
};
const CREATED_AT: Column<TokenRow> = {
  header: 'CreatedAt',
  cell: (token) => ({ time: token.created_at }),
  priority: 3,
};

/** Said where it is asked for and the API does not tell. */
const UNKNOWN = { words: 'unknown', tone: 'absent' } as const;

const CIDRS: Column<TokenRow> = {
  header: 'Cidrs',
  cell: ({ cidrs }) => (cidrs === undefined ? UNKNOWN : (cidrs ?? [])),
  whenEmpty: 'any address',
};
const LAST_USED_IP: Column<TokenRow> = {
  header: 'LastUsedIp',
  cell: ({ last_used_ip }) => (last_used_ip === undefined ? UNKNOWN : (last_used_ip ?? '')),
};
const LAST_USED_LOCATION: Column<TokenRow> = {
  header: 'LastUsedLocation',
  cell: ({ last_used_location }) => (last_used_location === undefined ? UNKNOWN : (last_used_location ?? '')),
};

/** The columns of list where none are named: the official CLI's, in its order. */
const OFFICIAL_COLUMNS = ['id', 'name', 'last-used-at', 'expires-at', 'created-at'] as const;

/** What the columns of list are called on a command line. */
export const TOKEN_COLUMNS = [...OFFICIAL_COLUMNS, 'cidrs', 'last-used-ip', 'last-used-location'] as const;
export type TokenColumn = (typeof TOKEN_COLUMNS)[number];

const COLUMNS: Readonly<Record<TokenColumn, Column<TokenRow>>> = {
  id: ID,
  name: NAME,
  'last-used-at': LAST_USED_AT,
  'expires-at': EXPIRES_AT,
  'created-at': CREATED_AT,
  cidrs: CIDRS,
  'last-used-ip': LAST_USED_IP,
  'last-used-location': LAST_USED_LOCATION,
};

/** The columns of that name; without names, those of list. */
export function tokenColumns(names?: readonly TokenColumn[]): readonly Column<TokenRow>[] {
  if (names === undefined) return OFFICIAL_COLUMNS.map((name) => COLUMNS[name]);
  // Those that somebody asked for are never left out.
  return names.map((name) => ({ ...COLUMNS[name], priority: 0 }));
}

const CREATED_COLUMNS: readonly Column<CreatedTokenRow>[] = [
  ID,
  NAME,
  { header: 'Token', cell: (token) => token.token, whenEmpty: 'not shown', isWhole: 'always' },
  EXPIRES_AT,
  CREATED_AT,
];

const DETAIL_COLUMNS: readonly Column<TokenDetailRow>[] = [
  ID,
  NAME,
  { header: 'CreatedBy', cell: (token) => token.actor_display_name ?? '' },
  CREATED_AT,
  { ...LAST_USED_AT, cell: (token) => ({ time: token.last_used_at, detail: whereUsed(token) }) },
  EXPIRES_AT,
];

/** From where it was last used, as far as the API says: "from 198.51.100.7, Frankfurt, AS64500 Example". */
function whereUsed(token: TokenRow): string | undefined {
  const { last_used_ip, last_used_location, last_used_asn, last_used_asn_organization } = token;
  const network = [last_used_asn ? `AS${last_used_asn}` : '', last_used_asn_organization ?? ''];
  const parts = [last_used_ip ?? '', last_used_location ?? '', network.filter(Boolean).join(' ')];
  const told = parts.filter((part) => part !== '');
  return told.length === 0 ? undefined : `from ${told.join(', ')}`;
}

/** What the API says of a token since November 2026, as it says it; nothing of what it does not say. */
function sinceNovember(token: TokenRow): Record<string, unknown> {
  const { cidrs, last_used_ip, last_used_location, last_used_asn, last_used_asn_organization } = token;
  const fields = { cidrs, last_used_ip, last_used_location, last_used_asn, last_used_asn_organization };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The token as the official CLI prints it in JSON: `token` is empty where there is no secret to show. */
export function tokenData(token: TokenRow, secret = ''): Record<string, unknown> {
  return {
    id: token.id,
    type: token.type ?? '',
    token: secret,
    name: token.name,
    created_at: goTimeOrNull(token.created_at),
    last_used_at: goTimeOrNull(token.last_used_at),
    expires_at: goTimeOrNull(token.expires_at),
  };
}

export interface TokenListView {
  /** Those that tables show, in this order; JSON always has them all. */
  readonly columns?: readonly TokenColumn[] | undefined;
  readonly whenEmpty?: Text | undefined;
  /** By id, how sure it is that a token holds what was asked for; shown behind the other columns. */
  readonly matches?: ReadonlyMap<string, TokenMatch> | undefined;
}

/** `possible`: grants of an unknown kind may decide it. `unknown`: what it holds could not be read. */
export type TokenMatch = 'yes' | 'possible' | 'unknown';

export function tokenList(
  tokens: readonly TokenRow[],
  { columns, matches, whenEmpty = text`No service tokens have been created yet.` }: TokenListView = {},
): Result {
  return {
    // There may be many, and one format needs one of the two.
    get data() {
      return tokens.map((token) => ({
        ...tokenData(token),
        ...(matches && { match: matches.get(token.id) }),
      }));
    },
    get table() {
      return tabulate([...tokenColumns(columns), ...(matches ? [matchColumn(matches)] : [])], tokens);
    },
    human: { kind: 'table', whenEmpty, hasColumnsFlag: true },
  };
}

function matchColumn(matches: ReadonlyMap<string, TokenMatch>): Column<TokenRow> {
  return {
    header: 'Match',
    cell: ({ id }) => {
      const words = matches.get(id) ?? 'unknown';
      return { words, tone: words === 'yes' ? undefined : 'warning' };
    },
  };
}

export interface CreatedTokenView {
  /** What the human format says before and after the token. */
  readonly before: Text;
  readonly after: Text;
  /** What it holds, where it was made with access. */
  readonly grants?: readonly GrantRow[] | undefined;
}

export function createdToken(token: CreatedTokenRow, { before, after, grants }: CreatedTokenView): Result {
  const columns: readonly Column<CreatedTokenRow>[] = [
    ...CREATED_COLUMNS,
    ...(grants ? [accessesColumn(grants)] : []),
    // CSV keeps the official columns for a token that the official CLI could have created.
    ...(token.cidrs?.length ? [CIDRS] : []),
  ];
  return {
    data: {
      ...tokenData(token, token.token),
      ...(token.cidrs?.length && { cidrs: token.cidrs }),
      ...(grants && { accesses: grantsData(grants) }),
    },
    table: tabulate(columns, [token]),
    human: { kind: 'record', before, after },
  };
}

function accessesColumn(grants: readonly GrantRow[]): Column<unknown> {
  return { header: 'Accesses', cell: () => accessesCell(grants), whenEmpty: 'none', tone: 'granted' };
}

function accessesCell(grants: readonly GrantRow[]): string[] {
  return grants.map((grant) => `${grant.resource_name ?? 'unknown'}: ${grant.accesses.join(' ')}`);
}

/** One token; JSON begins with the keys of the official CLI's show, in its order. */
export function tokenDetail(token: TokenDetailRow, before?: Text): Result {
  const { id, name, created_at, last_used_at, expires_at, type } = tokenData(token);
  const { grants } = token;
  const columns = [
    ...DETAIL_COLUMNS,
    ...(grants ? [accessesColumn(grants)] : []),
    ...(token.cidrs === undefined ? [] : [CIDRS]),
  ];
  return {
    data: {
      id,
      name,
      created_at,
      last_used_at,
      expires_at,
      type,
      ...sinceNovember(token),
      actor: {
        id: token.actor_id ?? null,
        display_name: token.actor_display_name ?? null,
        type: token.actor_type ?? null,
      },
      ...(grants && { accesses: grantsData(grants) }),
    },
    table: tabulate<TokenDetailRow>(columns, [token]),
    human: { kind: 'record', ...(before && { before }) },
  };
}

/** The token's name, or its id where it has none. */
export function labelOf(token: CreatedServiceToken): Text {
  return text`${token.name ?? token.id}`;
}

/** A new token that holds something: what it is, what became of its secret, and what to know of it. */
export function issuedTokenView(
  { token, held }: { readonly token: CreatedServiceToken; readonly held: readonly AccessRow[] },
  delivered: Text | undefined,
  before: Text,
  advice: readonly Text[] = [],
): { readonly result: Result; readonly notes: readonly Text[] } {
  return {
    result: newTokenView(token, delivered, { before, advice, grants: gatheredRows(held) }),
    notes: productionAdvice(held.map((row) => row.access)),
  };
}

export interface NewTokenWords {
  readonly before: Text;
  /** What to do with it. */
  readonly advice?: readonly Text[];
  readonly grants?: readonly GrantRow[];
}

/** A new token, and what people have to know of it. Its secret is left out where it went elsewhere, which `delivered` tells. */
export function newTokenView(
  token: CreatedServiceToken,
  delivered: Text | undefined,
  { before, advice = [], grants }: NewTokenWords,
): Result {
  const shown = delivered ? { ...token, token: '' } : token;
  return createdToken(shown, { before, after: lines(...secretAdvice(token, delivered), ...advice), grants });
}

function secretAdvice(token: CreatedServiceToken, delivered: Text | undefined): Text[] {
  const secret: Text = delivered
    ? text`${delivered}. The secret was not displayed.`
    : text`The token cannot be displayed again: save it now.`;
  const expiry: Text[] = token.expires_at === null ? [] : [text`It expires at ${goTime(token.expires_at)}.`];
  return [secret, ...expiry];
}

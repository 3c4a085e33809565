import type { AccessRow, CreatedServiceToken } from '../api/schemas.ts';
import { type Column, type Result, tabulate } from '../output/result.ts';
import { goTime, goTimeOrNull } from '../output/time.ts';
import { lines, type Text, text } from '../text.ts';
import { type GrantRow, gatheredRows, grantsData, productionAdvice } from './grants.ts';

/** What is shown of a token; the API's own object has more. */
export interface TokenRow {
  readonly id: string;
  readonly type?: string | undefined;
  readonly name: string | null;
  readonly created_at: string | null;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
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

const ID: Column<TokenRow> = { header: 'ID', cell: (token) => token.id };
const NAME: Column<TokenRow> = { header: 'Name', cell: (token) => token.name ?? '', tone: 'name' };
const LAST_USED_AT: Column<TokenRow> = {
  header: 'LastUsedAt',
  cell: (token) => ({ time: token.last_used_at }),
  whenEmpty: 'never',
};
const EXPIRES_AT: Column<TokenRow> = {
  header: 'ExpiresAt',
  cell: (token) => ({ time: token.expires_at, isEnd: true }),
  whenEmpty: 'never',
};
const CREATED_AT: Column<TokenRow> = { header: 'CreatedAt', cell: (token) => ({ time: token.created_at }) };

/** What the columns of list are called on a command line; these are the official CLI's, in its order. */
export const TOKEN_COLUMNS = ['id', 'name', 'last-used-at', 'expires-at', 'created-at'] as const;
export type TokenColumn = (typeof TOKEN_COLUMNS)[number];

const COLUMNS: Readonly<Record<TokenColumn, Column<TokenRow>>> = {
  id: ID,
  name: NAME,
  'last-used-at': LAST_USED_AT,
  'expires-at': EXPIRES_AT,
  'created-at': CREATED_AT,
};

/** The columns of that name; without names, those of list. */
export function tokenColumns(names: readonly TokenColumn[] = TOKEN_COLUMNS): readonly Column<TokenRow>[] {
  return names.map((name) => COLUMNS[name]);
}

const CREATED_COLUMNS: readonly Column<CreatedTokenRow>[] = [
  ID,
  NAME,
  { header: 'Token', cell: (token) => token.token, whenEmpty: 'not shown' },
  EXPIRES_AT,
  CREATED_AT,
];

const DETAIL_COLUMNS: readonly Column<TokenDetailRow>[] = [
  ID,
  NAME,
  { header: 'CreatedBy', cell: (token) => token.actor_display_name ?? '' },
  CREATED_AT,
  LAST_USED_AT,
  EXPIRES_AT,
];

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
}

export function tokenList(
  tokens: readonly TokenRow[],
  { columns, whenEmpty = text`No service tokens have been created yet.` }: TokenListView = {},
): Result {
  return {
    // There may be many, and one format needs one of the two.
    get data() {
      return tokens.map((token) => tokenData(token));
    },
    get table() {
      return tabulate(tokenColumns(columns), tokens);
    },
    human: { kind: 'table', whenEmpty },
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
  const columns = grants ? [...CREATED_COLUMNS, accessesColumn(grants)] : CREATED_COLUMNS;
  return {
    data: { ...tokenData(token, token.token), ...(grants && { accesses: grantsData(grants) }) },
    table: tabulate(columns, [token]),
    human: { kind: 'record', before, after },
  };
}

function accessesColumn(grants: readonly GrantRow[]): Column<unknown> {
  return { header: 'Accesses', cell: () => accessesCell(grants), whenEmpty: 'none', tone: 'granted' };
}

function accessesCell(grants: readonly GrantRow[]): string[] {
  return grants.map((grant) => `${grant.resource_name}: ${grant.accesses.join(' ')}`);
}

export function tokenDetail(token: TokenDetailRow): Result {
  const { token: _secret, ...shown } = tokenData(token);
  const { grants } = token;
  return {
    data: {
      ...shown,
      actor: {
        id: token.actor_id ?? null,
        display_name: token.actor_display_name ?? null,
        type: token.actor_type ?? null,
      },
      ...(grants && { accesses: grantsData(grants) }),
    },
    table: tabulate(grants ? [...DETAIL_COLUMNS, accessesColumn(grants)] : DETAIL_COLUMNS, [token]),
    human: { kind: 'record' },
  };
}

/** The token's name, or its id where it has none. */
export function labelOf(token: CreatedServiceToken): Text {
  return text`${token.name ?? token.id}`;
}

/** A new token that holds something: what it is, where its secret is, and what to know of it. */
export function issuedTokenView(
  { token, held }: { readonly token: CreatedServiceToken; readonly held: readonly AccessRow[] },
  place: Text | undefined,
  before: Text,
  advice: readonly Text[] = [],
): { readonly result: Result; readonly notes: readonly Text[] } {
  return {
    result: newTokenView(token, place, { before, advice, grants: gatheredRows(held) }),
    notes: productionAdvice(held.map((row) => row.access)),
  };
}

export interface NewTokenWords {
  readonly before: Text;
  /** What to do with it. */
  readonly advice?: readonly Text[];
  readonly grants?: readonly GrantRow[];
}

/** A new token, and what people have to know of it. Its secret is left out where it went to a place. */
export function newTokenView(
  token: CreatedServiceToken,
  place: Text | undefined,
  { before, advice = [], grants }: NewTokenWords,
): Result {
  const shown = place ? { ...token, token: '' } : token;
  return createdToken(shown, { before, after: lines(...secretAdvice(token, place), ...advice), grants });
}

function secretAdvice(token: CreatedServiceToken, place: Text | undefined): Text[] {
  const secret: Text = place
    ? text`Saved the ID and secret to ${place}. The secret was not displayed.`
    : text`The token cannot be displayed again: save it now.`;
  const expiry: Text[] = token.expires_at === null ? [] : [text`It expires at ${goTime(token.expires_at)}.`];
  return [secret, ...expiry];
}

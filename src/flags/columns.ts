import { valueFlag } from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { text, unstyled } from '../text/text.ts';
import { TOKEN_COLUMNS, type TokenColumn, type TokenRow } from '../views/tokens.ts';

/** By which column tokens are put in order, and which way round. */
export interface TokenOrder {
  readonly column: TokenColumn;
  readonly descending: boolean;
}

const LIST_OF_COLUMNS = TOKEN_COLUMNS.join(', ');

const completesColumn = { completes: { words: TOKEN_COLUMNS, description: 'a column of list' } };

/** How list is sorted; undefined for the API's order. */
export const SORT = valueFlag(
  '--sort <column>',
  `Sort by ${LIST_OF_COLUMNS}; append :desc to reverse; empty values sort last`,
  parseOrder,
  completesColumn,
);

/** Which columns list shows; undefined for all. */
export const COLUMNS = valueFlag(
  '--columns <columns>',
  'Show only these columns, in this order, such as id,name (not in JSON)',
  parseColumns,
  completesColumn,
);

/** `name,last-used-at`. @throws Failure INVALID_USAGE for a column that is not one, or is there twice */
export function parseColumns(value: string): readonly TokenColumn[] {
  const columns = value.split(',').map((word) => parseColumn('--columns', word.trim()));
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice === undefined) return columns;
  throw new Failure('INVALID_USAGE', text`--columns names ${twice} twice`);
}

/** `created-at` or `created-at:desc`. @throws Failure INVALID_USAGE */
export function parseOrder(value: string): TokenOrder {
  const [word = '', direction = 'asc', ...rest] = value.split(':');
  if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc')) {
    throw new Failure(
      'INVALID_USAGE',
      text`invalid --sort ${JSON.stringify(value)}: use a column such as created-at or created-at:desc`,
      {
        hint: text`The columns are ${unstyled(LIST_OF_COLUMNS)}.`,
      },
    );
  }
  return { column: parseColumn('--sort', word), descending: direction === 'desc' };
}

/**
 * The tokens in order; those that are equal stay as they were. What a token does not have comes last
 * either way: no name, never used, does not expire.
 */
export function inOrder<Token extends TokenRow>(
  tokens: readonly Token[],
  { column, descending }: TokenOrder,
): Token[] {
  return tokens.toSorted((one, other) => {
    const [a, b] = [sortKey(one, column), sortKey(other, column)];
    if (a === b) return 0;
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    return a < b === descending ? 1 : -1;
  });
}

function sortKey(token: TokenRow, column: TokenColumn): string | number | undefined {
  const time = (value: string | null): number | undefined => (value === null ? undefined : Date.parse(value));
  switch (column) {
    case 'id':
      return token.id;
    case 'name':
      return token.name || undefined;
    case 'last-used-at':
      return time(token.last_used_at);
    case 'expires-at':
      return time(token.expires_at);
    case 'created-at':
      return time(token.created_at);
    case 'cidrs':
      return token.cidrs?.join(' ') || undefined;
    case 'last-used-ip':
      return token.last_used_ip || undefined;
    case 'last-used-location':
      return token.last_used_location || undefined;
  }
}

function parseColumn(flag: string, word: string): TokenColumn {
  const column = TOKEN_COLUMNS.find((candidate) => candidate === word || candidate === `${word}-at`);
  if (column !== undefined) return column;
  const suggestion = nearest(word, TOKEN_COLUMNS);
  throw new Failure('INVALID_USAGE', text`${unstyled(flag)}: ${word} is not a column of list`, {
    hint: suggestion
      ? text`Did you mean ${suggestion}? The columns are ${unstyled(LIST_OF_COLUMNS)}.`
      : text`The columns are ${unstyled(LIST_OF_COLUMNS)}.`,
  });
}

import { checkName } from '../api/path.ts';
import { type Argument, argumentList } from '../cli/declaration.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { checkAccessNames } from './access-names.ts';

/** Stands before `=` for each database that there is. */
const EVERY_DATABASE = '*';

/** Where a word says that its permissions are meant. */
export type WordScope =
  | { readonly kind: 'at'; readonly scope: AccessScope }
  | { readonly kind: 'every database' }
  /** No `=`: the command line says it elsewhere, or the organization is meant. */
  | { readonly kind: 'unsaid' };

/** `[<database>=]<permission>[,<permission>…]`, names not checked yet. */
export interface AccessWord {
  readonly scope: WordScope;
  readonly names: readonly string[];
}

/**
 * Reads a word of the grammar that says where a token may do what. Names are parted by commas or blanks.
 *
 * @param flag what stands before the word, such as `--access`
 * @throws Failure INVALID_USAGE for a colon, and where nothing stands on a side of the equals sign: a shell variable
 *   that is not set must never widen a grant to the organization
 */
export function parseAccessWord(word: string, flag?: string): AccessWord {
  const shown = flag === undefined ? word || '""' : `${flag} ${word || '""'}`;
  if (word.includes(':')) {
    throw new Failure('INVALID_USAGE', text`${shown} contains a colon, which no permission does`, {
      hint: text`Write <database>=<permission>: ${word.replace(':', '=')}`,
    });
  }
  const [, database, list = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(word) ?? [];
  if (database?.trim() === '' || list.trim() === '') {
    throw new Failure(
      'INVALID_USAGE',
      text`${shown} names no ${list.trim() === '' ? text`permission` : text`database`}`,
      {
        hint: text`Write <database>=<permission>,<permission>, or <permission> alone for the organization. Perhaps a shell variable is empty.`,
      },
    );
  }
  const names = list.trim().split(/\s*,\s*|\s+/);
  return { scope: scopeOf(database), names };
}

function scopeOf(database: string | undefined): WordScope {
  if (database === undefined) return { kind: 'unsaid' };
  if (database === EVERY_DATABASE) return { kind: 'every database' };
  if (!database.includes('*')) return { kind: 'at', scope: checkName(database, 'database name') };
  throw new Failure('INVALID_USAGE', text`${database} is not a database name`, {
    hint: text`Name each database, or use '*=<permission>' with --all-databases for all of them.`,
  });
}

/** The scope that a word means, where an unsaid one is this; undefined for every database. */
export function scopeMeant(
  scope: WordScope,
  unsaid: AccessScope = ORGANIZATION_LEVEL,
): AccessScope | undefined {
  if (scope.kind === 'every database') return undefined;
  return scope.kind === 'at' ? scope.scope : unsaid;
}

/** The permissions that a command changes, as words of its own. */
export const ACCESS_WORDS: Argument<readonly AccessWord[]> = argumentList(
  'access',
  'Names of permissions, or <database>=<permission>,…; look them up with permissions',
  'any number',
  (words) =>
    words.map((word) => {
      const { scope, names } = parseAccessWord(word);
      return { scope, names: checkAccessNames(names) };
    }),
  'permission',
);

/**
 * Refuses a scope that no word is left for.
 *
 * @throws Failure INVALID_USAGE
 */
export function refuseIdleScope(words: readonly AccessWord[], named: AccessScope | undefined): void {
  if (named === undefined || words.some(({ scope }) => scope.kind === 'unsaid')) return;
  const flag = named === ORGANIZATION_LEVEL ? '--organization-level' : `--database ${named}`;
  throw new Failure('INVALID_USAGE', text`every permission names its database, so ${flag} has no effect`, {
    hint: text`Leave out either ${flag} or the names before the equals signs.`,
  });
}

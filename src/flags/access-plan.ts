import type { AccessChange } from '../api/client.ts';
import { flagsTogether, switchFlag } from '../cli/declaration.ts';
import type { Spelling } from '../permissions/permission-doubt.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';
import { checkAccessNames, refuseMistakes, SEND_AS_TYPED } from './access-names.ts';
import { type AccessWord, scopeMeant } from './access-words.ts';
import { type Expansion, expanded, isPattern } from './wildcards.ts';

/** What a command line asks for in the way of access; wildcards are names by now. */
export interface AccessPlan {
  /** Each scope once, in the order in which they are first named. */
  readonly changes: readonly AccessChange[];
  /** To be held on each database that there is. */
  readonly onEveryDatabase: readonly string[];
  readonly expansions: readonly (Expansion & { readonly scope: AccessScope | undefined })[];
}

/** What lets a command line mean more than it spells out. */
export interface Breadth {
  /** `--all-databases`: `'*=…'` is meant. */
  readonly allDatabases: boolean;
  /** `-y, --yes`: wildcards need no confirmation. */
  readonly yes: boolean;
}

/** `--all-databases` and `-y, --yes`, for words with wildcards. */
export const BREADTH = flagsTogether(
  {
    allDatabases: switchFlag('--all-databases', "Allow '*=<permission>', which means every database"),
    yes: switchFlag('-y, --yes', 'Do not ask about wildcards such as shop=*_backups'),
  },
  (breadth): Breadth => breadth,
);

/** @throws Failure INVALID_USAGE where `*=` and `--all-databases` do not come together */
export function checkBreadth(words: readonly AccessWord[], { allDatabases }: Breadth): void {
  const isMeant = words.some(({ scope }) => scope.kind === 'every database');
  if (isMeant && !allDatabases) {
    throw new Failure('INVALID_USAGE', text`'*=' means every database of the organization`, {
      hint: text`If that is what you want, add --all-databases.`,
    });
  }
  if (!isMeant && allDatabases) {
    throw new Failure('INVALID_USAGE', text`--all-databases needs '*=<permission>'`, {
      hint: text`Such as '*=read_branch', quoted.`,
    });
  }
}

/**
 * What words of access come to, scope by scope, each name once.
 *
 * @param unsaid the scope of words that do not say theirs
 * @throws Failure INVALID_USAGE for what cannot be meant, and for mistakes unless `asTyped`
 */
export function accessPlan(
  words: readonly AccessWord[],
  unsaid: AccessScope,
  options: { asTyped: boolean; warn: (warning: Text) => void; spelling?: Spelling; advice?: Text },
): AccessPlan {
  const byScope = new Map<AccessScope | undefined, string[]>();
  const expansions: (Expansion & { scope: AccessScope | undefined })[] = [];
  for (const word of words) {
    const scope = scopeMeant(word.scope, unsaid);
    const names = word.names.flatMap((name) => {
      if (!isPattern(name)) return [name];
      const expansion = expanded(name, scope === ORGANIZATION_LEVEL ? 'organization' : 'database');
      expansions.push({ ...expansion, scope });
      return expansion.names;
    });
    byScope.set(scope, [...(byScope.get(scope) ?? []), ...names]);
  }
  const checked = [...byScope].map(([scope, given]) => {
    const access = checkAccessNames(given, options.advice);
    const { asTyped, warn, spelling } = options;
    if (!asTyped) {
      refuseMistakes(access, scope ?? ANY_DATABASE, { warn, spelling, wayPast: SEND_AS_TYPED });
    }
    return { scope, access };
  });
  return {
    changes: checked.flatMap(({ scope, access }) =>
      scope === undefined ? [] : [{ database: scope, access }],
    ),
    onEveryDatabase: checked.flatMap(({ scope, access }) => (scope === undefined ? access : [])),
    expansions,
  };
}

/** Some database, where no more has to be known of a scope. */
export const ANY_DATABASE: AccessScope = '*';

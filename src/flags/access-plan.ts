import type { AccessChange } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import { flagsTogether, switchFlag } from '../cli/declaration.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import type { Spelling } from '../permission-doubt.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../scope.ts';
import { listed, type Text, text } from '../text.ts';
import { checkAccessNames, refuseMistakes, SEND_AS_TYPED } from './access-names.ts';
import { type AccessWord, scopeMeant } from './access-words.ts';
import { confirmWildcards } from './wildcard-consent.ts';
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

/**
 * What is to be granted, each database by its name: what wildcards became has been confirmed then, and databases
 * are looked up.
 *
 * @throws Failure CONFIRMATION_REQUIRED off a terminal, CANCELLED, NOT_FOUND
 */
export async function settledAccess(
  plan: AccessPlan,
  { yes }: Breadth,
  organization: Organization,
  context: Context,
): Promise<AccessChange[]> {
  const changes = await withEveryDatabase(plan, organization, context);
  if (plan.expansions.length > 0 || plan.onEveryDatabase.length > 0) {
    await confirmBreadth(changes, plan, yes, context);
  }
  return changes;
}

async function withEveryDatabase(
  { changes, onEveryDatabase }: AccessPlan,
  organization: Organization,
  { progress }: Context,
): Promise<AccessChange[]> {
  if (onEveryDatabase.length === 0) return [...changes];
  progress.start(text`Fetching databases of org ${organization.name}`);
  const databases = await organization.databases.list();
  if (databases.length === 0) {
    throw new Failure('NOT_FOUND', text`organization ${organization.name} has no databases`);
  }
  const byScope = new Map(changes.map(({ database, access }) => [database, access]));
  for (const { name } of databases) {
    byScope.set(name, [...new Set([...(byScope.get(name) ?? []), ...onEveryDatabase])]);
  }
  return [...byScope].map(([database, access]) => ({ database, access }));
}

async function confirmBreadth(
  changes: readonly AccessChange[],
  { expansions }: AccessPlan,
  yes: boolean,
  context: Context,
): Promise<void> {
  const notes = expansions.flatMap(({ pattern, leftOut }) =>
    leftOut.length === 0
      ? []
      : [text`Left out, because ${pattern} does not say production: ${listed(leftOut)}`],
  );
  if (yes) {
    for (const note of notes) context.warn(note);
    return;
  }
  const question = text`Grant these permissions?`;
  await confirmWildcards(
    changes,
    { tone: 'granted', notes, question, refused: text`nothing was granted` },
    context,
  );
}

import type { AccessChange } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { Context } from '../context.ts';
import type { AccessAsked } from '../flags/access.ts';
import type { AccessPlan, Breadth } from '../flags/access-plan.ts';
import { describeScope } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, type Text, type Tone, text, toned } from '../text/text.ts';
import { checkDatabases } from './databases.ts';

/** What somebody is asked before wildcards are used. */
export interface WildcardQuestion {
  /** What the changes are to the permissions in them. */
  readonly tone: Tone;
  /** What else there is to know. */
  readonly notes: readonly Text[];
  readonly question: Text;
  /** What a no has left undone. */
  readonly refused: Text;
}

/**
 * Shows what wildcards became, and asks. Nothing has been changed.
 *
 * @throws Failure CONFIRMATION_REQUIRED off a terminal, CANCELLED
 */
export async function confirmWildcards(
  changes: readonly AccessChange[],
  { tone, notes, question, refused }: WildcardQuestion,
  context: Context,
): Promise<void> {
  const became = changes.map(
    ({ database, access }) =>
      text`${describeScope(database)}: ${listed(access.map((name) => toned(tone, name)))}`,
  );
  if (!context.io.interactive) {
    throw new Failure(
      'CONFIRMATION_REQUIRED',
      text`cannot confirm what a wildcard stands for (run with --yes to override)`,
      { hint: lines(...became, ...notes) },
    );
  }
  const prompter = await context.prompter();
  if (await prompter.confirm(lines(...became, ...notes, question))) return;
  throw new Failure('CANCELLED', refused);
}

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

/**
 * What to grant: wildcards are confirmed, databases looked up, and what `--for` has chosen is said, before anything is
 * made.
 *
 * @throws Failure CONFIRMATION_REQUIRED, CANCELLED, NOT_FOUND
 */
export async function accessToGrant(
  asked: AccessAsked,
  organization: Organization,
  context: Context,
): Promise<readonly AccessChange[]> {
  if (!asked.asTyped) await checkDatabases(asked.changes, organization, context);
  const changes = await settledAccess(asked, asked.breadth, organization, context);
  for (const note of asked.notes) context.note(note);
  return changes;
}

import type { AccessChange } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import { API_SETTINGS, command } from '../cli/command.ts';
import { switchFlag } from '../cli/declaration.ts';
import { type Outcome, showing } from '../cli/outcome.ts';
import { warnOfDoubts } from '../flags/access-names.ts';
import { ANY_DATABASE, BREADTH, checkBreadth } from '../flags/access-plan.ts';
import { ACCESS_WORDS, type AccessWord, refuseIdleScope, scopeMeant } from '../flags/access-words.ts';
import { resolveScope, scopeFlags } from '../flags/scope.ts';
import { TOKEN } from '../flags/token.ts';
import { isPattern } from '../flags/wildcards.ts';
import { type AccessScope, describeScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, text, toned } from '../text/text.ts';
import { heldAccess, removeSeveral } from '../tokens/change-access.ts';
import { type RemovalPlan, removalPlan } from '../tokens/removal-plan.ts';
import { confirmWildcards } from '../tokens/settled-access.ts';
import { changeToken, resolveTokenId } from '../tokens/token-lookup.ts';
import { outcome } from '../views/outcome.ts';

export const deleteAccess = command({
  name: 'delete-access',
  description: 'Remove permissions that a service token has on a database or the organization.',
  arguments: { token: TOKEN, access: ACCESS_WORDS },
  flags: {
    all: switchFlag(
      '--all',
      'Remove everything the token has there; needs --database or --organization-level',
    ),
    scope: scopeFlags('Remove'),
    breadth: BREADTH,
  },
  reads: [...API_SETTINGS, 'database'],
  changes: true,
  endsAccess: true,
  examples: [
    ['delete-access k3j9x0q2m7ab delete_branch --database shop', 'Remove one permission'],
    ['delete-access k3j9x0q2m7ab --all --database shop', 'Remove all that it has on a database'],
  ],
  run: async ({ token, access: words, all, scope, breadth }, context) => {
    checkSelection(words, all, scope);
    checkBreadth(words, breadth);
    const isUnsaid = words.some((word) => word.scope.kind === 'unsaid');
    const unsaid = isUnsaid ? await resolveScope(scope, context) : (scope ?? ORGANIZATION_LEVEL);
    for (const { scope: where, names } of words) {
      const literal = names.filter((name) => !isPattern(name));
      warnOfDoubts(literal, scopeMeant(where, unsaid) ?? ANY_DATABASE, context.warn);
    }
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context);
    context.progress.start(text`Removing permissions from token ${id}`);
    const changes = await changeToken(token, organization, async () => {
      const plan = all
        ? await everythingAt(unsaid, id, organization)
        : await removalPlan(words, unsaid, id, organization);
      if (plan.isBroad && plan.changes.length > 0 && !breadth.yes) {
        const question = text`Remove these permissions from token ${id}?`;
        const refused = text`nothing was removed`;
        await confirmWildcards(plan.changes, { tone: 'removed', notes: [], question, refused }, context);
      }
      await removeSeveral(organization, id, plan.changes);
      return plan.changes;
    });
    return changes.length === 0 ? nothingToRemove(id, all ? unsaid : undefined) : removed(changes);
  },
});

async function everythingAt(
  scope: AccessScope,
  id: string,
  organization: Organization,
): Promise<RemovalPlan> {
  const access = await heldAccess(organization, id, scope);
  return { changes: access.length === 0 ? [] : [{ database: scope, access }], isBroad: false };
}

/** The official words for one place; for several, each permission with the database that it was held on. */
function removed(changes: readonly AccessChange[]): Outcome {
  const isOnePlace = changes.length === 1;
  const perms = changes
    .flatMap(({ database, access }) =>
      isOnePlace || database === ORGANIZATION_LEVEL ? access : access.map((name) => `${database}=${name}`),
    )
    .join(',');
  const sentences = changes.map(({ database, access }) => {
    const have = access.length === 1 ? text`has` : text`have`;
    return text`${listed(access.map((name) => toned('removed', name)))} ${have} been removed on ${describeScope(database)}.`;
  });
  return showing(
    outcome(
      { perms, result: 'access removed' },
      { Result: 'access removed', Perms: perms },
      lines(...sentences),
    ),
  );
}

/** @throws Failure INVALID_USAGE */
function checkSelection(words: readonly AccessWord[], all: boolean, scope: AccessScope | undefined): void {
  const named = words.flatMap(({ names }) => names);
  if (!all) refuseIdleScope(words, words.length > 0 ? scope : undefined);
  if (all && scope === undefined && named.length === 0) {
    throw new Failure('INVALID_USAGE', text`--all does not say where`, {
      hint: text`Use it with --database <database>, or with --organization-level. Perhaps a shell variable is empty.`,
    });
  }
  if (all && named.length > 0) {
    throw new Failure(
      'INVALID_USAGE',
      text`--all removes everything; ${listed(named)} would be only a part`,
      {
        hint: text`Leave out either --all or the names.`,
      },
    );
  }
  if (!all && named.length === 0) {
    throw new Failure('INVALID_USAGE', text`missing argument: <access>`, {
      hint: text`Nothing was changed. delete-access (also revoke) removes permissions: name them, or use --all for everything the token has there. To delete the token itself use delete.`,
    });
  }
}

function nothingToRemove(id: string, scope: AccessScope | undefined): Outcome {
  const what =
    scope === undefined
      ? text`Service token ${id} has no permissions that match.`
      : text`Service token ${id} has no permissions on ${describeScope(scope)}.`;
  return showing(
    outcome({ perms: '', result: 'nothing to remove' }, { Result: 'nothing to remove', Perms: '' }, what),
  );
}

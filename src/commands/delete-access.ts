import { API_SETTINGS, command } from '../cli/command.ts';
import { switchFlag } from '../cli/declaration.ts';
import { type Outcome, showing } from '../cli/outcome.ts';
import { Failure } from '../errors.ts';
import { permissionWords, warnOfDoubts } from '../flags/access-names.ts';
import { resolveScope, scopeFlags } from '../flags/scope.ts';
import { TOKEN } from '../flags/token.ts';
import { changeToken, resolveTokenId } from '../flags/token-lookup.ts';
import { heldAccess, removeAccess } from '../operations/change-access.ts';
import { type AccessScope, describeScope } from '../scope.ts';
import { listed, text, toned } from '../text.ts';
import { outcome } from '../views/outcome.ts';

export const deleteAccess = command({
  name: 'delete-access',
  description: 'Remove permissions that a service token has on a database or the organization.',
  arguments: {
    token: TOKEN,
    access: permissionWords('any number'),
  },
  flags: {
    all: switchFlag('--all', 'Remove everything the token has there'),
    scope: scopeFlags('Remove'),
  },
  reads: [...API_SETTINGS, 'database'],
  examples: [
    ['delete-access k3j9x0q2m7ab delete_branch --database shop', 'Remove one permission'],
    ['delete-access k3j9x0q2m7ab --all --database shop', 'Remove all that it has on a database'],
  ],
  run: async ({ token, access: named, all, scope }, context) => {
    checkSelection(named, all);
    const database = await resolveScope(scope, context);
    warnOfDoubts(named, database, context.warn);
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context);
    context.progress.start(text`Removing access on ${describeScope(database)} from token ${id}`);
    const access = await changeToken(token, organization, async () => {
      const selected = all ? await heldAccess(organization, id, database) : named;
      if (selected.length > 0) await removeAccess(organization, id, { database, access: selected });
      return selected;
    });
    if (access.length === 0) return nothingToRemove(id, database);
    const perms = access.join(',');
    const have = access.length === 1 ? text`has` : text`have`;
    return showing(
      outcome(
        { perms, result: 'access removed' },
        { Result: 'access removed', Perms: perms },
        text`${listed(access.map((name) => toned('removed', name)))} ${have} been removed on ${describeScope(database)}.`,
      ),
    );
  },
});

function checkSelection(named: readonly string[], all: boolean): void {
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

function nothingToRemove(id: string, scope: AccessScope): Outcome {
  return showing(
    outcome(
      { perms: '', result: 'nothing to remove' },
      { Result: 'nothing to remove', Perms: '' },
      text`Service token ${id} has no permissions on ${describeScope(scope)}.`,
    ),
  );
}

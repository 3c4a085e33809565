import { API_SETTINGS, command } from '../cli/command.ts';
import { showing } from '../cli/outcome.ts';
import { commandLine } from '../command-line.ts';
import { Failure } from '../errors.ts';
import { AS_TYPED, permissionWords, refuseMistakes } from '../flags/access-names.ts';
import { resolveScope, scopeFlags } from '../flags/scope.ts';
import { OPTIONAL_TOKEN } from '../flags/token.ts';
import { changeToken, resolveTokenId } from '../flags/token-lookup.ts';
import { grantAccess } from '../operations/grant-access.ts';
import { listed, text, unstyled } from '../text.ts';
import { gatheredRows, grantList, productionAdvice } from '../views/grants.ts';
import { editAccess } from './edit.ts';

export const addAccess = command({
  name: 'add-access',
  description:
    'Grant a service token permissions on a database or the organization, and show all that it then has.',
  arguments: { token: OPTIONAL_TOKEN, access: permissionWords('any number') },
  flags: {
    scope: scopeFlags('Grant'),
    force: AS_TYPED,
  },
  reads: [...API_SETTINGS, 'database'],
  examples: [
    ['add-access k3j9x0q2m7ab read_branch create_branch --database shop', 'View and create branches of shop'],
    ['add-access k3j9x0q2m7ab create_databases --organization-level', 'Create databases in the organization'],
  ],
  run: async ({ token, access, scope, force }, context) => {
    if (!token || access.length === 0) {
      // On a terminal, what was left out is chosen from lists, as edit does.
      if (context.io.interactive) return editAccess({ token, scope }, context);
      throw missing(token ? '<access>' : '<token-id>');
    }
    const database = await resolveScope(scope, context);
    if (!force) refuseMistakes(access, database, context.warn);
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context);
    context.progress.start(text`Adding access ${listed(access)} to token ${id}`);
    const change = { database, access };
    const rows = await changeToken(token, organization, () => grantAccess(organization, id, change, context));
    return showing(grantList(id, gatheredRows(rows)), { notes: productionAdvice(access) });
  },
});

function missing(argument: string): Failure {
  return new Failure('INVALID_USAGE', text`missing argument: ${unstyled(argument)}`, {
    hint: text`Usage: ${commandLine('add-access')} [options] <token-id> <access>...`,
  });
}

import { API_SETTINGS, command } from '../cli/command.ts';
import { showing } from '../cli/outcome.ts';
import { AS_TYPED, permissionWords, refuseMistakes } from '../flags/access-names.ts';
import { resolveScope, scopeFlags } from '../flags/scope.ts';
import { changeToken, resolveTokenId, TOKEN } from '../flags/token.ts';
import { grantAccess } from '../operations/grant-access.ts';
import { listed, text } from '../text.ts';
import { gatheredRows, grantList, productionAdvice } from '../views/grants.ts';

export const addAccess = command({
  name: 'add-access',
  description:
    'Grant a service token permissions on a database or the organization, and show all that it then has.',
  arguments: { token: TOKEN, access: permissionWords('at least one') },
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
    const database = await resolveScope(scope, context);
    if (!force) refuseMistakes(access, database, context.warn);
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context.progress);
    context.progress.start(text`Adding access ${listed(access)} to token ${id}`);
    const change = { database, access };
    const rows = await changeToken(token, organization, () => grantAccess(organization, id, change, context));
    return showing(grantList(id, gatheredRows(rows)), { notes: productionAdvice(access) });
  },
});

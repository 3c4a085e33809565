import type { Organization } from '../api/organization.ts';
import { command } from '../cli/command.ts';
import { type Outcome, showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { scopeFlags } from '../flags/scope.ts';
import { OPTIONAL_TOKEN, type TokenReference } from '../flags/token.ts';
import { type AccessScope, describeScope } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { lines, text, toned } from '../text/text.ts';
import { changeAccess, heldAccess } from '../tokens/change-access.ts';
import { namedOrChosen } from '../tokens/token-choice.ts';
import { resolveTokenId } from '../tokens/token-lookup.ts';
import { grantList, grantRows, productionAdvice } from '../views/grants.ts';

export const edit = command({
  name: 'edit',
  description:
    'Choose a service token, the organization or a database, and check the permissions it should have there.',
  arguments: { token: OPTIONAL_TOKEN },
  flags: { scope: scopeFlags('Edit') },
  changes: true,
  needsTerminal: true,
  examples: [
    ['edit', 'Choose the token and the database as well', 'asks in a terminal'],
    ['edit k3j9x0q2m7ab --database shop', 'Straight to the permissions on shop', 'asks in a terminal'],
  ],
  run: async (values, context) => {
    if (!context.io.interactive) {
      throw new Failure('TTY_REQUIRED', text`edit requires an interactive terminal`, {
        hint: text`Without one, use add-access and delete-access with --database <database> or --organization-level.`,
      });
    }
    return editAccess(values, context);
  },
});

/** Lets somebody at a terminal check what a token should hold; what is left out is chosen first. */
export async function editAccess(
  { token, scope }: { readonly token: TokenReference | undefined; readonly scope: AccessScope | undefined },
  context: Context,
): Promise<Outcome> {
  const organization = await context.organization();
  const tokenId = await resolveTokenId(await namedOrChosen(token, context), organization, context);
  const database = scope ?? (await chooseOneScope(organization, context));
  context.progress.start(text`Fetching service token ${tokenId} from org ${organization.name}`);
  const held = await heldAccess(organization, tokenId, database);
  const prompter = await context.prompter();
  const { choosePermissions } = await import('../prompts/access-choices.ts');
  const question = text`Permissions for ${tokenId} on ${describeScope(database)}:`;
  const wanted = await choosePermissions(question, database, held, prompter);
  const additions = wanted.filter((name) => !held.includes(name));
  const removals = held.filter((name) => !wanted.includes(name));
  const isUnchanged = additions.length === 0 && removals.length === 0;
  if (!isUnchanged) {
    const difference = lines(
      ...additions.map((name) => toned('granted', `+ ${name}`)),
      ...removals.map((name) => toned('removed', `- ${name}`)),
      text`Change these on ${describeScope(database)} for token ${tokenId}?`,
    );
    if (!(await prompter.confirm(difference))) throw new Failure('CANCELLED', text`nothing was changed`);
    context.progress.start(text`Changing the permissions of token ${tokenId}`);
    await changeAccess({ tokenId, database, additions, removals }, organization, context);
  }
  const grants = grantRows(await organization.grants.list(tokenId));
  return showing(grantList(tokenId, grants), {
    notes: isUnchanged ? [text`Nothing changed.`] : productionAdvice(additions),
  });
}

async function chooseOneScope(organization: Organization, context: Context): Promise<AccessScope> {
  context.progress.start(text`Fetching databases of org ${organization.name}`);
  const databases = await organization.databases.list();
  const { chooseScope } = await import('../prompts/access-choices.ts');
  return chooseScope(organization.name, databases, await context.prompter());
}

import type { Organization } from '../api/organization.ts';
import { command } from '../cli/command.ts';
import { showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { scopeFlags } from '../flags/scope.ts';
import { OPTIONAL_TOKEN, resolveTokenId } from '../flags/token.ts';
import { changeAccess, heldAccess } from '../operations/change-access.ts';
import { relativeTime } from '../output/time.ts';
import type { Choice } from '../prompts/prompter.ts';
import { type AccessScope, describeScope } from '../scope.ts';
import { lines, text, toned } from '../text.ts';
import { grantList, grantRows, productionAdvice } from '../views/grants.ts';

export const edit = command({
  name: 'edit',
  description:
    'Choose a service token, the organization or a database, and check the permissions it should have there.',
  arguments: { token: OPTIONAL_TOKEN },
  flags: { scope: scopeFlags('Edit') },
  examples: [
    ['edit', 'Choose the token and the database as well', 'asks in a terminal'],
    ['edit k3j9x0q2m7ab --database shop', 'Straight to the permissions on shop', 'asks in a terminal'],
  ],
  run: async ({ token, scope }, context) => {
    if (!context.io.interactive) {
      throw new Failure('TTY_REQUIRED', text`edit requires an interactive terminal`, {
        hint: text`Without one, use add-access and delete-access with --database <database> or --organization-level.`,
      });
    }
    const organization = await context.organization();
    const tokenId = token
      ? await resolveTokenId(token, organization, context.progress)
      : await chooseToken(organization, context);
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
  },
});

async function chooseToken(organization: Organization, context: Context): Promise<string> {
  context.progress.start(text`Fetching service tokens from org ${organization.name}`);
  const tokens = await organization.tokens.list();
  if (tokens.length === 0) {
    throw new Failure('NOT_FOUND', text`organization ${organization.name} has no service tokens`, {
      hint: text`Create one with create.`,
    });
  }
  const now = context.clock.now();
  const ago = (time: string | null): string =>
    time === null ? 'never' : relativeTime(Date.parse(time), now);
  const choices = tokens.map(
    (token): Choice => ({
      id: token.id,
      label: token.name ?? '(no name)',
      detail: `${token.id}  used ${ago(token.last_used_at)}  expires ${ago(token.expires_at)}`,
    }),
  );
  const prompter = await context.prompter();
  return prompter.choose(text`Which service token in ${organization.name}?`, choices);
}

async function chooseOneScope(organization: Organization, context: Context): Promise<AccessScope> {
  context.progress.start(text`Fetching databases of org ${organization.name}`);
  const databases = await organization.databases.list();
  const { chooseScope } = await import('../prompts/access-choices.ts');
  return chooseScope(organization.name, databases, await context.prompter());
}

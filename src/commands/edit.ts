import type { Client } from '../api/client.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { changeAccess } from '../operations/change-access.ts';
import { heldAccess } from '../operations/remove-access.ts';
import type { Result } from '../output/result.ts';
import { relativeTime } from '../output/time.ts';
import { grantList } from '../output/views/grants.ts';
import type { Choice } from '../prompts/prompter.ts';
import { lines, text } from '../text.ts';
import { choosePermissions, chooseScope } from './access-choices.ts';
import { productionAdvice } from './access-names.ts';
import { addScopeOptions, describeScope, type ScopeOptions, scopeInFlags } from './access-scope.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { grantRows } from './grant-rows.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

export function addEditCommand(parent: CliCommand): void {
  const command = parent.createCommand('edit');
  command
    .description(
      'Choose a service token, the organization or a database, and check the permissions it should have there.',
    )
    .argument('[token-id]', `${TOKEN_ARGUMENT}; without it, choose from a list`);
  addScopeOptions(command, 'Edit');
  command
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['edit', 'Choose the token and the database as well'],
        ['edit k3j9x0q2m7ab --database shop', 'Straight to the permissions on shop'],
      ],
    })
    .handles((tokenId) => (context) => runEdit({ ...command.opts<ScopeOptions>(), tokenId }, context));
  parent.addCommand(command);
}

export async function runEdit(
  options: ScopeOptions & { tokenId?: string | undefined },
  context: Context,
): Promise<Result> {
  if (!context.io.interactive) {
    throw new Failure('TTY_REQUIRED', text`edit needs a terminal to show its lists in`, {
      hint: text`Without one, use add-access and delete-access with --database <database> or --organization-level.`,
    });
  }
  const given = options.tokenId === undefined ? undefined : parseTokenReference(options.tokenId);
  const scope = scopeInFlags(options);
  const organization = await organizationOf(context);
  const client = await context.client();
  const tokenId = given
    ? await resolveTokenId(given, organization, client, context.progress)
    : await chooseToken(organization, client, context);
  const database = scope ?? (await chooseOneScope(organization, client, context));
  context.progress.start(text`Fetching service token ${tokenId} from org ${organization}`);
  const held = await heldAccess(client, organization, tokenId, database);
  const prompter = await context.prompter();
  const question = text`What may token ${tokenId} do on ${describeScope(database)}?`;
  const wanted = await choosePermissions(question, database, held, prompter);
  const additions = wanted.filter((name) => !held.includes(name));
  const removals = held.filter((name) => !wanted.includes(name));
  if (additions.length === 0 && removals.length === 0) {
    const grants = grantRows(await client.listGrants(organization, tokenId));
    return { ...grantList(tokenId, grants), notes: [text`Nothing changed.`] };
  }
  const difference = lines(
    ...additions.map((name) => text`+ ${name}`),
    ...removals.map((name) => text`- ${name}`),
    text`Change these on ${describeScope(database)} for token ${tokenId}?`,
  );
  if (!(await prompter.confirm(difference))) throw new Failure('CANCELLED', text`nothing was changed`);
  context.progress.start(text`Changing the access of token ${tokenId}`);
  const { clock, random, interruption } = context;
  const dependencies = { client, clock, random, signal: interruption.signal };
  await changeAccess({ organization, tokenId, database, additions, removals }, dependencies);
  const grants = grantRows(await client.listGrants(organization, tokenId));
  return grantList(tokenId, grants, productionAdvice(additions));
}

async function chooseToken(organization: string, client: Client, context: Context): Promise<string> {
  context.progress.start(text`Fetching service tokens from org ${organization}`);
  const tokens = await client.listServiceTokens(organization);
  if (tokens.length === 0) {
    throw new Failure('NOT_FOUND', text`organization ${organization} has no service tokens`, {
      hint: text`Make one with create.`,
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
  return prompter.choose(text`Which service token of ${organization}?`, choices);
}

async function chooseOneScope(organization: string, client: Client, context: Context): Promise<string> {
  context.progress.start(text`Fetching databases of org ${organization}`);
  const databases = await client.listDatabases(organization);
  return chooseScope(organization, databases, await context.prompter());
}

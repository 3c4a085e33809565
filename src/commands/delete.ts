import type { Client } from '../api/client.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { deleteToken } from '../operations/delete-token.ts';
import type { Result } from '../output/result.ts';
import { relativeTime } from '../output/time.ts';
import { outcome } from '../output/views/outcome.ts';
import { lines, listed, type Text, text, unstyled } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { refuseTokenInUse, SELF_OPTION } from './token-in-use.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

interface DeleteOptions {
  readonly force?: boolean;
  /** The token in use may be meant. */
  readonly self?: boolean;
}

export function addDeleteCommand(parent: CliCommand): void {
  const command = parent.createCommand('delete');
  command
    .description('Delete a service token for good. On a terminal it asks first; without one it goes ahead.')
    .argument('<token-id>', TOKEN_ARGUMENT)
    .option('--force', 'Do not ask')
    .option(...SELF_OPTION)
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['delete k3j9x0q2m7ab --org acme', 'Asks first when run by hand'],
        ['delete k3j9x0q2m7ab --force --format json', 'Does not ask; prints {"result": "token deleted"}'],
      ],
    })
    .handles(
      (tokenId = '') =>
        (context) =>
          runDelete({ ...command.opts<DeleteOptions>(), tokenId }, context),
    );
  parent.addCommand(command);
}

export async function runDelete(
  options: DeleteOptions & { tokenId: string },
  context: Context,
): Promise<Result> {
  const reference = parseTokenReference(options.tokenId);
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  refuseTokenInUse(id, client, options.self);
  if (!options.force && context.io.interactive) await confirmed(organization, id, client, context);
  context.progress.start(text`Deleting service token ${id}`);
  await deleteToken(client, organization, id);
  return outcome(
    { result: 'token deleted' },
    { Result: 'token deleted' },
    text`Token ${id} was successfully deleted.`,
  );
}

/** @throws Failure CANCELLED for a no, and NOT_FOUND before anything is asked */
async function confirmed(organization: string, id: string, client: Client, context: Context): Promise<void> {
  context.progress.start(text`Fetching service token ${id} from org ${organization}`);
  const details = await whatIsLost(organization, id, client, context.clock.now());
  const prompter = await context.prompter();
  const question = text`Delete it? Connections that use it are severed.`;
  if (await prompter.confirm(lines(details, question))) return;
  throw new Failure('CANCELLED', text`service token ${id} was not deleted`);
}

/** The token in a sentence: its name, when it was used, and where it reaches. */
async function whatIsLost(organization: string, id: string, client: Client, now: number): Promise<Text> {
  try {
    const [token, grants] = await Promise.all([
      client.getServiceToken(organization, id),
      client.listGrants(organization, id),
    ]);
    const label = token.name === null ? text`` : text` (${token.name})`;
    const used =
      token.last_used_at === null
        ? 'never used'
        : `last used ${relativeTime(Date.parse(token.last_used_at), now)}`;
    const resources = grants.map((grant) => grant.resource_name);
    const reach = resources.length === 0 ? text`holds nothing` : text`reaches ${listed(resources)}`;
    return text`Service token ${id}${label} of ${organization}: ${unstyled(used)}, ${reach}.`;
  } catch (failure) {
    // Whoever may delete tokens need not be allowed to look at them.
    if (failure instanceof Failure && failure.code === 'FORBIDDEN') {
      return text`Service token ${id} of ${organization}; you may not see what it holds.`;
    }
    throw failure;
  }
}

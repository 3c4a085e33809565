import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { deleteForCertain } from '../operations/delete-for-certain.ts';
import type { Result } from '../output/result.ts';
import { outcome } from '../output/views/outcome.ts';
import { text } from '../text.ts';
import { checkTokenId, organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';

interface DeleteOptions {
  readonly force?: boolean;
}

export function addDeleteCommand(parent: CliCommand): void {
  const command = parent.createCommand('delete');
  command
    .summary('Delete a service token')
    .description('Delete a service token for good. On a terminal it asks first; without one it goes ahead.')
    .argument('<token-id>', 'ID of the token, as list shows it')
    .option('--force', 'Do not ask')
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
  const id = checkTokenId(options.tokenId);
  const organization = await organizationOf(context);
  const client = await context.client();
  if (!options.force && context.io.interactive) {
    const prompter = await context.prompter();
    const question = text`Delete service token ${id} of ${organization}? Connections that use it are severed.`;
    if (!(await prompter.confirm(question))) {
      throw new Failure('CANCELLED', text`service token ${id} was not deleted`);
    }
  }
  context.progress.start(text`Deleting service token ${id}`);
  await deleteForCertain(
    text`token ${id}`,
    () => client.deleteServiceToken(organization, id),
    async () => (await client.listServiceTokens(organization)).some((token) => token.id === id),
  );
  return outcome(
    { result: 'token deleted' },
    { Result: 'token deleted' },
    text`Token ${id} was successfully deleted.`,
  );
}

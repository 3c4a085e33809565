import { refuseSecret } from '../api/path.ts';
import type { Context } from '../context.ts';
import { text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand, type Outcome } from './command.ts';
import { type CopyOptions, handOverCopy, SAME_LIFETIME } from './copying.ts';
import { addExpiryOptions } from './expiry.ts';
import { addHandOverOptions, type TokenView } from './hand-over.ts';
import { issuedTokenView, labelOf } from './issuing.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

export function addCloneCommand(parent: CliCommand): void {
  const command = parent.createCommand('clone');
  command
    .description('Create a service token that holds what another one holds. Its secret is shown once.')
    .argument('<token-id>', TOKEN_ARGUMENT)
    .option('--name <name>', 'Its name; by default that of the other one');
  addExpiryOptions(command, SAME_LIFETIME);
  addHandOverOptions(command);
  command
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['clone k3j9x0q2m7ab --name ci-staging', 'The same access for another pipeline'],
        ['clone name:ci-deploy --name tryout --ttl 1h --export', 'Its access for an hour, for this shell'],
      ],
    })
    .handles(
      (token = '') =>
        (context) =>
          runClone({ ...command.opts<CopyOptions>(), token }, context),
    );
  parent.addCommand(command);
}

export async function runClone(options: CopyOptions & { token: string }, context: Context): Promise<Outcome> {
  const reference = parseTokenReference(options.token);
  refuseSecret(options.name ?? '', 'token name');
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  const view = viewOf(id, organization);
  const { failure } = await handOverCopy(id, organization, options, { client, context, view });
  return { printed: true, failure };
}

function viewOf(sourceId: string, organization: string): TokenView {
  return (issued, place) =>
    issuedTokenView(
      issued,
      place,
      text`Service token ${labelOf(issued.token)} was created in organization ${organization}, with the access of ${sourceId}.`,
    );
}

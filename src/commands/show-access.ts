import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { grantList } from '../output/views/grants.ts';
import { text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { grantRows } from './grant-rows.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

export function addShowAccessCommand(parent: CliCommand): void {
  parent.addCommand(
    parent
      .createCommand('show-access')
      .description(
        'Show the accesses a service token holds, one row for each database and one for the organization.',
      )
      .argument('<token-id>', TOKEN_ARGUMENT)
      .documents({
        reads: API_SETTINGS,
        examples: [
          ['show-access k3j9x0q2m7ab --org acme', 'What may this token do, and where?'],
          ['show-access k3j9x0q2m7ab --format json', 'The same for a script'],
        ],
      })
      .handles(
        (tokenId = '') =>
          (context) =>
            runShowAccess(tokenId, context),
      ),
  );
}

export async function runShowAccess(tokenId: string, context: Context): Promise<Result> {
  const reference = parseTokenReference(tokenId);
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  context.progress.start(text`Fetching service token from org ${organization}`);
  return grantList(id, grantRows(await client.listGrants(organization, id)));
}

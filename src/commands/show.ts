import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { tokenDetail } from '../output/views/tokens.ts';
import { text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { grantRows } from './grant-rows.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

export function addShowCommand(parent: CliCommand): void {
  parent.addCommand(
    parent
      .createCommand('show')
      .description(
        'Show one service token: its name, who made it, when it was used, and what it holds where.',
      )
      .argument('<token-id>', TOKEN_ARGUMENT)
      .documents({
        reads: API_SETTINGS,
        examples: [
          ['show k3j9x0q2m7ab --org acme', 'Who made this token, and is it still used?'],
          ['show name:ci-deploy --format json', 'By its name, for a script'],
        ],
      })
      .handles(
        (tokenId = '') =>
          (context) =>
            runShow(tokenId, context),
      ),
  );
}

export async function runShow(tokenId: string, context: Context): Promise<Result> {
  const reference = parseTokenReference(tokenId);
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  context.progress.start(text`Fetching service token ${id} from org ${organization}`);
  const [token, grants] = await Promise.all([
    client.getServiceToken(organization, id),
    client.listGrants(organization, id),
  ]);
  return tokenDetail({ ...token, grants: grantRows(grants) });
}

import type { Context } from '../context.ts';
import { grantAccess } from '../operations/grant-access.ts';
import type { Result } from '../output/result.ts';
import { grantList } from '../output/views/grants.ts';
import { listed, text } from '../text.ts';
import { checkAccessNames, productionAdvice, refuseMistakes } from './access-names.ts';
import { addScopeOptions, resolveScope, type ScopeOptions } from './access-scope.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand } from './command.ts';
import { gatheredRows } from './grant-rows.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

interface AddAccessOptions extends ScopeOptions {
  readonly force?: boolean;
}

export function addAddAccessCommand(parent: CliCommand): void {
  const command = parent.createCommand('add-access');
  command
    .description(
      'Grant a service token accesses on a database or the organization, and show all that it then holds.',
    )
    .argument('<token-id>', TOKEN_ARGUMENT)
    .argument('<access...>', 'Names of accesses, such as read_branch');
  addScopeOptions(command, 'Grant');
  command
    .option('--force', 'Send names that look like a mistake as they are typed')
    .documents({
      reads: [...API_SETTINGS, 'database'],
      examples: [
        [
          'add-access k3j9x0q2m7ab read_branch create_branch --database shop',
          'See and make branches of one database',
        ],
        [
          'add-access k3j9x0q2m7ab create_databases --organization-level',
          'Make databases in the organization',
        ],
      ],
    })
    .handles(
      (tokenId = '', ...names) =>
        (context) =>
          runAddAccess({ ...command.opts<AddAccessOptions>(), tokenId, names }, context),
    );
  parent.addCommand(command);
}

export async function runAddAccess(
  options: AddAccessOptions & { tokenId: string; names: readonly string[] },
  context: Context,
): Promise<Result> {
  const reference = parseTokenReference(options.tokenId);
  const access = checkAccessNames(options.names);
  const database = await resolveScope(options, context);
  if (!options.force) refuseMistakes(access, database, context);
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  context.progress.start(text`Adding access ${listed(access)} to token ${id}`);
  const { clock, random, interruption } = context;
  const dependencies = { client, clock, random, signal: interruption.signal };
  const rows = await grantAccess(organization, id, { database, access }, dependencies);
  return grantList(id, gatheredRows(rows), productionAdvice(access));
}

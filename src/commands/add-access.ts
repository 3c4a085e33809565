import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { grantAccess } from '../operations/grant-access.ts';
import type { Result } from '../output/result.ts';
import { grantList } from '../output/views/grants.ts';
import { reachesProductionData } from '../permissions/catalogue.ts';
import { lines, listed, type Text, text } from '../text.ts';
import { checkAccessNames, doubtAbout } from './access-names.ts';
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
  return grantList(id, gatheredRows(rows), access.some(reachesProductionData) ? [PRODUCTION_ADVICE] : []);
}

const PRODUCTION_ADVICE: Text = [
  "Note: connect_production_* lets this token make credentials for production branches. To connect an application to a production database, use the database's connection strings instead.",
];

function refuseMistakes(access: readonly string[], database: string, context: Context): void {
  for (const name of access) {
    const doubt = doubtAbout(name, database === '' ? 'organization' : 'database');
    if (doubt?.certain) {
      throw new Failure('INVALID_USAGE', doubt.message, {
        hint: lines(doubt.mend, ['To send it as typed, add --force.']),
      });
    }
    if (doubt) context.warn(text`${doubt.message}. ${doubt.mend}`);
  }
}

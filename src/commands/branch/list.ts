import { checkName } from '../../api/path.ts';
import type { Context } from '../../context.ts';
import type { Result } from '../../output/result.ts';
import { branchList } from '../../output/views/branches.ts';
import { text } from '../../text.ts';
import { organizationOf } from '../arguments.ts';
import { API_SETTINGS, type CliCommand } from '../command.ts';

export function addBranchListCommand(parent: CliCommand): void {
  parent.addCommand(
    parent
      .createCommand('list')
      .alias('ls')
      .summary('List the branches of a database')
      .description('List all branches of a database.')
      .argument('<database>', 'Name of the database')
      .documents({
        reads: API_SETTINGS,
        examples: [
          ['branch list shop --org acme', 'Every branch of shop'],
          ['branch list shop --format json', 'The same for a script'],
        ],
      })
      .handles(
        (database = '') =>
          (context) =>
            runBranchList(database, context),
      ),
  );
}

export async function runBranchList(databaseName: string, context: Context): Promise<Result> {
  const database = checkName(databaseName, 'database name');
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Fetching branches for ${database}`);
  return branchList(database, await client.listBranches(organization, database));
}

import { checkName } from '../../api/path.ts';
import type { Context } from '../../context.ts';
import type { Result } from '../../output/result.ts';
import { branchDetail } from '../../output/views/branches.ts';
import { text } from '../../text.ts';
import { organizationOf } from '../arguments.ts';
import { API_SETTINGS, type CliCommand } from '../command.ts';

export function addBranchShowCommand(parent: CliCommand): void {
  parent.addCommand(
    parent
      .createCommand('show')
      .summary('Show one branch')
      .description('Show one branch of a database.')
      .argument('<database>', 'Name of the database')
      .argument('<branch>', 'Name of the branch')
      .documents({
        reads: API_SETTINGS,
        examples: [
          ['branch show shop main --org acme', 'Is it ready? Is it a production branch?'],
          ['branch show shop main --format json', 'The same for a script'],
        ],
      })
      .handles(
        (database = '', branch = '') =>
          (context) =>
            runBranchShow({ database, branch }, context),
      ),
  );
}

export async function runBranchShow(
  names: { database: string; branch: string },
  context: Context,
): Promise<Result> {
  const database = checkName(names.database, 'database name');
  const branch = checkName(names.branch, 'branch name');
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Fetching branch ${branch} for ${database}`);
  return branchDetail(await client.getBranch(organization, database, branch));
}

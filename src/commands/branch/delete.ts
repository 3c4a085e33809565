import { checkName } from '../../api/path.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../errors.ts';
import { deleteForCertain } from '../../operations/delete-for-certain.ts';
import type { Result } from '../../output/result.ts';
import { outcome } from '../../output/views/outcome.ts';
import { text } from '../../text.ts';
import { organizationOf } from '../arguments.ts';
import { API_SETTINGS, type CliCommand } from '../command.ts';

interface BranchDeleteOptions {
  readonly force?: boolean;
}

export function addBranchDeleteCommand(parent: CliCommand): void {
  const command = parent.createCommand('delete');
  command
    .alias('rm')
    .summary('Delete a branch')
    .description(
      'Delete a branch and its data for good. On a terminal it asks first; without one --force is needed.',
    )
    .argument('<database>', 'Name of the database')
    .argument('<branch>', 'Name of the branch')
    .option('--force', 'Do not ask')
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['branch delete shop feature-1 --org acme', 'Asks to type shop/feature-1'],
        ['branch delete shop feature-1 --force', 'Does not ask, for a script'],
      ],
    })
    .handles(
      (database = '', branch = '') =>
        (context) =>
          runBranchDelete({ ...command.opts<BranchDeleteOptions>(), database, branch }, context),
    );
  parent.addCommand(command);
}

export async function runBranchDelete(
  options: BranchDeleteOptions & { database: string; branch: string },
  context: Context,
): Promise<Result> {
  const database = checkName(options.database, 'database name');
  const branch = checkName(options.branch, 'branch name');
  const organization = await organizationOf(context);
  const client = await context.client();
  if (!options.force) await confirmed(`${database}/${branch}`, context);
  context.progress.start(text`Deleting branch ${branch} from ${database}`);
  await deleteForCertain(
    text`branch ${database}/${branch}`,
    (following) => client.deleteBranch(organization, database, branch, following),
    async () => {
      const left = await client.listBranches(organization, database, { mustBeWhole: true });
      return left.some((row) => row.name === branch);
    },
  );
  return outcome(
    { result: 'branch deleted', branch },
    { Result: 'branch deleted', Branch: branch },
    text`Branch ${branch} was successfully deleted from ${database}.`,
  );
}

async function confirmed(name: string, context: Context): Promise<void> {
  if (!context.io.interactive) {
    throw new Failure(
      'CONFIRMATION_REQUIRED',
      text`cannot confirm deletion of branch ${name} (run with --force to override)`,
    );
  }
  const prompter = await context.prompter();
  if (await prompter.retype(text`Please type ${name} to confirm:`, name)) return;
  throw new Failure('CANCELLED', text`incorrect database and branch name entered, skipping branch deletion`);
}

import { mayHaveBeenDone } from '../../api/failures.ts';
import { checkName } from '../../api/path.ts';
import { commandLine } from '../../command-line.ts';
import type { Context } from '../../context.ts';
import { Failure, Interrupted, rephrased } from '../../errors.ts';
import { waitUntilReady } from '../../operations/wait-until-ready.ts';
import type { Result } from '../../output/result.ts';
import { createdBranch } from '../../output/views/branches.ts';
import { lines, text } from '../../text.ts';
import { organizationOf } from '../arguments.ts';
import { API_SETTINGS, type CliCommand } from '../command.ts';

interface BranchCreateOptions {
  readonly from?: string;
  readonly wait?: boolean;
}

/** What the official CLI asks for when no size is given. */
const SMALLEST_SIZE = 'PS_DEV';

export function addBranchCreateCommand(parent: CliCommand): void {
  const command = parent.createCommand('create');
  command
    .summary('Create a branch of a database')
    .description('Create a development branch of a database.')
    .argument('<source-database>', 'Name of the database')
    .argument('<branch>', 'Name of the new branch')
    .option('--from <branch>', 'The branch to start from (default: the default branch of the database)')
    .option('--wait', 'Wait until the branch is ready, ten minutes at most')
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['branch create shop feature-1 --org acme', 'A branch of the default branch'],
        ['branch create shop feature-1 --from staging --wait', 'One of another branch, ready to use'],
      ],
    })
    .handles(
      (database = '', branch = '') =>
        (context) =>
          runBranchCreate({ ...command.opts<BranchCreateOptions>(), database, branch }, context),
    );
  parent.addCommand(command);
}

export async function runBranchCreate(
  options: BranchCreateOptions & { database: string; branch: string },
  context: Context,
): Promise<Result> {
  const databaseName = checkName(options.database, 'database name');
  const name = checkName(options.branch, 'branch name');
  const parent_branch = options.from === undefined ? '' : checkName(options.from, 'branch name (--from)');
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Creating branch from ${databaseName}...`);
  const { kind } = await client.getDatabase(
    organization,
    databaseName,
    'POST /organizations/{organization}/databases/{database}/branches',
  );
  const size = kind === 'postgresql' ? { cluster_name: SMALLEST_SIZE } : { cluster_size: SMALLEST_SIZE };
  try {
    const branch = await client.createBranch(organization, databaseName, { name, parent_branch, ...size });
    if (!options.wait || branch.ready) return createdBranch(databaseName, branch);
    context.progress.start(text`Waiting until branch ${name} is ready...`);
    return createdBranch(
      databaseName,
      await waitUntilReady(organization, databaseName, name, { ...context, client }),
    );
  } catch (failure) {
    throw mayExist(failure, organization, databaseName, name);
  }
}

/** A POST is never sent twice, so a lost one leaves a question that only a look can answer. */
function mayExist(failure: unknown, organization: string, database: string, branch: string): unknown {
  const interrupted = failure instanceof Interrupted;
  if (!(failure instanceof Failure) || !(interrupted || mayHaveBeenDone(failure))) return failure;
  const look = commandLine('branch', 'show', database, branch, '--org', organization);
  const message = lines(failure.text, text`The branch may have been created. Look with: ${look}`);
  return rephrased(failure, message, { hint: failure.hint, nextSteps: [look] });
}

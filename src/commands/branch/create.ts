import { mayHaveBeenDone } from '../../api/failures.ts';
import { checkName } from '../../api/path.ts';
import { command } from '../../cli/command.ts';
import { argument, switchFlag, valueFlag } from '../../cli/declaration.ts';
import { showing } from '../../cli/outcome.ts';
import { commandLine } from '../../text/command-line.ts';
import { Failure, Interrupted, rephrased } from '../../text/errors.ts';
import { lines, text } from '../../text/text.ts';
import { createdBranch } from '../../views/branches.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** What the official CLI asks for when no size is given. */
const SMALLEST_SIZE = 'PS_DEV';

export const branchCreate = command({
  name: 'create',
  description: 'Create a development branch of a database.',
  arguments: {
    database: argument(
      'source-database',
      'Name of the database',
      (word) => checkName(word, 'database name'),
      'database',
    ),
    name: argument('branch', 'Name of the new branch', (word) => checkName(word, 'branch name')),
  },
  flags: {
    from: valueFlag(
      '--from <branch>',
      'The branch to start from (default: the default branch of the database)',
      (name) => checkName(name, 'branch name (--from)'),
    ),
    wait: switchFlag('--wait', 'Wait until the branch is ready, for ten minutes at most'),
  },
  changes: true,
  examples: [
    ['branch create shop feature-1 --org acme', 'From the default branch'],
    ['branch create shop feature-1 --from staging --wait', 'From another branch, and ready to use'],
  ],
  run: async ({ database, name, from = '', wait }, context) => {
    const organization = await context.organization();
    context.progress.start(text`Creating branch from ${database}...`);
    const { kind } = await organization.databases.get(
      database,
      'POST /organizations/{organization}/databases/{database}/branches',
    );
    const size = kind === 'postgresql' ? { cluster_name: SMALLEST_SIZE } : { cluster_size: SMALLEST_SIZE };
    try {
      const branch = await organization.branches.create(database, { name, parent_branch: from, ...size });
      if (!wait || branch.ready) return showing(createdBranch(database, branch));
      context.progress.start(text`Waiting until branch ${name} is ready...`);
      return showing(createdBranch(database, await waitUntilReady(database, name, organization, context)));
    } catch (failure) {
      throw mayExist(failure, organization.name, database, name);
    }
  },
});

/** A POST is never sent twice, so a lost one leaves a question that only a look can answer. */
function mayExist(failure: unknown, organization: string, database: string, branch: string): unknown {
  const interrupted = failure instanceof Interrupted;
  if (!(failure instanceof Failure) || !(interrupted || mayHaveBeenDone(failure))) return failure;
  const look = commandLine('branch', 'show', database, branch, '--org', organization);
  const message = lines(failure.text, text`The branch may have been created. Look with: ${look}`);
  return rephrased(failure, message, { hint: failure.hint, nextSteps: [look] });
}

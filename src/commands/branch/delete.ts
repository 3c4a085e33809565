import { command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { FORCE } from '../../flags/force.ts';
import { BRANCH, DATABASE } from '../../flags/names.ts';
import { Failure } from '../../text/errors.ts';
import { text, toned } from '../../text/text.ts';
import { deleteForCertain } from '../../tokens/delete-for-certain.ts';
import { outcome } from '../../views/outcome.ts';

export const branchDelete = command({
  name: 'delete',
  description:
    'Delete a branch and its data for good. Asks for confirmation on a terminal; elsewhere --force is needed.',
  arguments: { database: DATABASE, branch: BRANCH },
  flags: { force: FORCE },
  changes: true,
  endsAccess: true,
  examples: [
    ['branch delete shop feature-1 --org acme', 'Asks to type shop/feature-1', 'asks in a terminal'],
    ['branch delete shop feature-1 --force', 'Does not ask, for a script'],
  ],
  run: async ({ database, branch, force }, context) => {
    const { branches } = await context.organization();
    if (!force) await confirmed(`${database}/${branch}`, context);
    context.progress.start(text`Deleting branch ${branch} from ${database}`);
    await deleteForCertain(
      text`branch ${database}/${branch}`,
      (following) => branches.delete(database, branch, following),
      async () => {
        const left = await branches.list(database, { mustBeWhole: true });
        return left.some((row) => row.name === branch);
      },
    );
    return showing(
      outcome(
        { result: 'branch deleted', branch },
        { Result: 'branch deleted', Branch: branch },
        text`Branch ${branch} ${toned('done', 'was successfully deleted')} from ${database}.`,
      ),
    );
  },
});

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

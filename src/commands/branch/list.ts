import { command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import { DATABASE } from '../../flags/names.ts';
import { text } from '../../text/text.ts';
import { branchList } from '../../views/branches.ts';

export const branchListCommand = command({
  name: 'list',
  description: 'List all branches of a database.',
  arguments: { database: DATABASE },
  examples: [
    ['branch list shop --org acme', 'Every branch of shop'],
    ['branch list shop --format json', 'The same for a script'],
  ],
  run: async ({ database }, context) => {
    const { branches } = await context.organization();
    context.progress.start(text`Fetching branches for ${database}`);
    return showing(branchList(database, await branches.list(database)));
  },
});

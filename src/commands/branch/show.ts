import { command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import { BRANCH, DATABASE } from '../../flags/names.ts';
import { text } from '../../text/text.ts';
import { branchDetail } from '../../views/branches.ts';

export const branchShow = command({
  name: 'show',
  description: 'Show one branch of a database.',
  arguments: { database: DATABASE, branch: BRANCH },
  examples: [
    ['branch show shop main --org acme', 'Is it ready? Is it a production branch?'],
    ['branch show shop main --format json', 'The same for a script'],
  ],
  run: async ({ database, branch }, context) => {
    const { branches } = await context.organization();
    context.progress.start(text`Fetching branch ${branch} for ${database}`);
    return showing(branchDetail(await branches.get(database, branch)));
  },
});

import { API_SETTINGS, type CliCommand } from '../command.ts';
import { addBranchCreateCommand } from './create.ts';
import { addBranchDeleteCommand } from './delete.ts';
import { addBranchListCommand } from './list.ts';
import { addBranchShowCommand } from './show.ts';

/** The `branch` group: enough of the official one to see that a token works on what it was made for. */
export function addBranchCommands(parent: CliCommand): void {
  const group = parent
    .createCommand('branch')
    .description('Create, list, show and delete branches, to see that a token works on what it was made for.')
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['branch create shop feature-1 --org acme', 'May this token make branches?'],
        ['branch list shop --org acme', 'What does it see?'],
      ],
    });
  addBranchCreateCommand(group);
  addBranchListCommand(group);
  addBranchShowCommand(group);
  addBranchDeleteCommand(group);
  parent.addCommand(group);
}

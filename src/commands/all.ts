// Loaded as one: a command needs most of what the others share, and a file each would take longer.

export { addAddAccessCommand } from './add-access.ts';
export { addBranchCommands } from './branch/branch.ts';
export { addCloneCommand } from './clone.ts';
export { addAskCommand } from './completion/ask.ts';
export { addCompletionCommand } from './completion/completion.ts';
export { addCreateCommand } from './create.ts';
export { addDeleteCommand } from './delete.ts';
export { addDeleteAccessCommand } from './delete-access.ts';
export { addDoctorCommand } from './doctor/doctor.ts';
export { addEditCommand } from './edit.ts';
export { addEmulatorCommands } from './emulator/emulator.ts';
export { addExecCommand } from './exec.ts';
export { addHelpCommand } from './help.ts';
export { addListCommand } from './list.ts';
export { addPermissionsCommand } from './permissions.ts';
export { addPruneCommand } from './prune.ts';
export { addRotateCommand } from './rotate.ts';
export { addShowCommand } from './show.ts';
export { addShowAccessCommand } from './show-access.ts';

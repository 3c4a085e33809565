import type { CliCommand } from '../command.ts';
import { addEmulatorExecCommand } from './exec.ts';
import { addEmulatorStartCommand } from './start.ts';

/** The `emulator` group: a local stand-in of the API to try things out on, without an account. */
export function addEmulatorCommands(parent: CliCommand): void {
  const group = parent
    .createCommand('emulator')
    .description('Run a local stand-in of the PlanetScale API, to try, script and test without an account.')
    .documents({
      reads: ['format', 'config'],
      examples: [
        ['emulator start --port 4010', 'Keep one running in a terminal'],
        ['emulator exec -- npm test', 'Give a command one of its own'],
      ],
    });
  addEmulatorStartCommand(group);
  addEmulatorExecCommand(group);
  parent.addCommand(group);
}

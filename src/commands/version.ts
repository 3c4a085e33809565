import { version } from '../../package.json';
import { command } from '../cli/command.ts';
import { showingText } from '../cli/outcome.ts';
import { PROGRAM } from '../text/command-line.ts';

export const versionCommand = command({
  name: 'version',
  description: 'Print the version, as --version does.',
  reads: [],
  examples: [],
  run: async () => showingText(`${PROGRAM} version ${version}\n`),
});

import { command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import { unstyled } from '../../text/text.ts';
import { outcome } from '../../views/outcome.ts';
import { configTarget, PROJECT } from './keys.ts';

export const configPath = command({
  name: 'path',
  description: 'Print the path of the configuration file that config set changes, whether it exists or not.',
  manner: 'diagnosis',
  reads: ['config', 'format'],
  flags: { project: PROJECT },
  examples: [
    ['config path', 'Which file is it?'],
    ['config path --project', 'And the one of this repository?'],
  ],
  run: async ({ project }, context) => {
    const path = configTarget(project, context).path.value;
    return showing(outcome({ path }, { Path: path }, unstyled(path)));
  },
});

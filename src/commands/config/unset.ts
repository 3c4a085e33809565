import { command } from '../../cli/command.ts';
import { changeSetting } from './change.ts';
import { KEY, PROJECT } from './keys.ts';

export const configUnset = command({
  name: 'unset',
  alsoChanges: 'the configuration file',
  description: 'Remove a setting from the configuration file that counts; everything else in it stays.',
  manner: 'diagnosis',
  reads: ['config', 'format'],
  arguments: { key: KEY },
  flags: { project: PROJECT },
  examples: [
    ['config unset org', 'Ask for --org again'],
    ['config unset api-url --config ./ci.yml', 'In a file of your own'],
  ],
  run: ({ key, project }, context) => changeSetting(key, undefined, project, context),
});

import { command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import { commandLine } from '../../text/command-line.ts';
import { Failure } from '../../text/errors.ts';
import { plain, text, unstyled } from '../../text/text.ts';
import { describeSource } from '../../values/source.ts';
import { outcome } from '../../views/outcome.ts';
import { KEY } from './keys.ts';

export const configGet = command({
  name: 'get',
  description:
    'Print the value of a setting that is in force, wherever it comes from. Secrets are not printed.',
  manner: 'diagnosis',
  reads: ['config', 'format'],
  arguments: { key: KEY },
  examples: [
    ['config get org', 'Which organization is it?'],
    ['config get org --format json', 'And where does it come from?'],
  ],
  run: async ({ key }, context) => {
    if (key.isSecret) {
      throw new Failure('INVALID_USAGE', text`${key.key} is a secret, and is not printed`, {
        hint: text`Where it comes from: ${commandLine('config', 'show')}`,
      });
    }
    const [inForce] = (await context.candidates())(key.name);
    if (!inForce) {
      throw new Failure('COMMAND_FAILED', text`${key.key} is not set`, {
        hint: text`To set it: ${commandLine('config', 'set', key.key, '<value>')}`,
        nextSteps: [commandLine('config', 'set', key.key, '<value>')],
      });
    }
    const source = plain(describeSource(inForce.source));
    const data = { key: key.key, value: inForce.value, source };
    const csv = { Key: data.key, Value: data.value, Source: data.source };
    return showing(outcome(data, csv, unstyled(inForce.value)));
  },
});

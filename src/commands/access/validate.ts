import { command } from '../../cli/command.ts';
import { showing } from '../../cli/outcome.ts';
import { ACCESS_FILE, readAccessFileAt } from '../../flags/access-file.ts';
import { validFile } from '../../views/access-file.ts';

export const accessValidate = command({
  name: 'validate',
  description:
    'Check a file that says what each token may do, without credentials and without a request. Every mistake is named with its line and column.',
  arguments: { file: ACCESS_FILE },
  reads: ['format', 'config'],
  examples: [
    ['access validate service-tokens.yml', 'Is it well-formed, and every permission spelled right?'],
    ['access validate service-tokens.yml --format json', 'The same for a script: an issue per mistake'],
  ],
  run: async ({ file: path }, context) => showing(validFile(path, await readAccessFileAt(path, context))),
});

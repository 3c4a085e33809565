import { jsonSchema } from '../../access-file/shape.ts';
import { command } from '../../cli/command.ts';
import { showingText } from '../../cli/outcome.ts';

export const accessSchema = command({
  name: 'schema',
  description: 'Print the JSON Schema of the file that says what each token may do, for editors.',
  reads: ['config'],
  examples: [
    ['access schema', 'What may stand in such a file?'],
    ['access schema --no-color', 'For a file beside it: add > service-tokens.schema.json'],
  ],
  run: async () => {
    return showingText(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  },
});

import { command } from '../../cli/command.ts';
import { showingText } from '../../cli/outcome.ts';

export const accessSchema = command({
  name: 'schema',
  description: 'Print the JSON Schema of the file that says what each token may do, for editors.',
  reads: ['config'],
  examples: [
    ['access schema', 'What may stand in such a file?'],
    ['access schema > service-tokens.schema.json', 'Beside the file, where its first line looks for it'],
  ],
  run: async () => {
    const { jsonSchema } = await import('../index.ts');
    return showingText(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  },
});

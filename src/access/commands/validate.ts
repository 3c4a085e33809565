import { allDatabases } from '../../api/all-databases.ts';
import { command } from '../../cli/command.ts';
import { switchFlag } from '../../cli/declaration.ts';
import { showing } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../text/errors.ts';
import { lines, type Text, text } from '../../text/text.ts';
import type { AccessFile } from '../access-file.ts';
import { ACCESS_FILES, loadAccessFiles, readAccessFiles } from '../load.ts';
import { validFiles } from '../views/access-file.ts';

export const accessValidate = command({
  name: 'validate',
  description:
    'Check a file that says what each token may do, without credentials and without a request unless --online. Every mistake is named with its line and column.',
  arguments: { files: ACCESS_FILES },
  flags: {
    online: switchFlag('--online', 'Also check, with credentials, that the databases exist'),
  },
  examples: [
    ['access validate service-tokens.yml', 'Is it well-formed, and every permission spelled right?'],
    ['access validate service-tokens.yml --format json', 'The same for a script: an issue per mistake'],
  ],
  run: async ({ files: paths, online }, context) => {
    const file = online ? await loadAccessFiles(paths, context) : await readAccessFiles(paths, context);
    const notes = online ? await checkDatabases(file, context) : [];
    return showing(validFiles(paths, file), { notes });
  },
});

/** @throws Failure INVALID_CONFIG for databases that do not exist */
async function checkDatabases({ tokens }: AccessFile, context: Context): Promise<Text[]> {
  const used = new Map(tokens.flatMap((token) => [...token.databases]));
  if (used.size === 0) return [];
  const organization = await context.organization();
  context.progress.start(text`Looking up databases of org ${organization.name}`);
  const known = await allDatabases(organization);
  if (!known) {
    return [
      text`Note: whether the databases exist was not checked. Listing all of them takes read_databases.`,
    ];
  }
  const { missingDatabase } = await import('../index.ts');
  const issues = tokens.flatMap((token) =>
    [...token.databases].flatMap(([database, at]) =>
      known.includes(database) ? [] : [text`${at}: ${missingDatabase(database, known)}`],
    ),
  );
  if (issues.length > 0) throw new Failure('INVALID_CONFIG', lines(...issues), { issues });
  return [];
}

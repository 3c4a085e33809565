import { command } from '../../cli/command.ts';
import { switchFlag, valueFlag, valuesFlag } from '../../cli/declaration.ts';
import { showingText } from '../../cli/outcome.ts';
import { MOST_BYTES } from '../../files/read-file.ts';
import { parsePattern } from '../../flags/filters.ts';
import { Failure } from '../../text/errors.ts';
import { text, unstyled } from '../../text/text.ts';
import { endsInQuote } from '../../values/name-pattern.ts';
import { readingTokens } from './plan.ts';

export const accessExport = command({
  name: 'export',
  description:
    'Print what each service token may do today as a file for access plan and access apply. Without --owns the file decides on the tokens that it lists, and on no others.',
  flags: {
    name: valueFlag(
      '-n, --name <pattern>',
      "Only tokens whose name matches 'ci-*': * is any text, ? one character",
      (pattern) => parsePattern(pattern, '--name'),
    ),
    owns: valuesFlag(
      '--owns <pattern>',
      'The file decides on all such names, and lists no others; repeatable',
      (patterns) => patterns.map(parseOwned),
    ),
    withIds: switchFlag('--ids', 'Pin each token by its ID; rotate changes it'),
    withLastUse: switchFlag('--comments', 'Also say when each token was last used'),
  },
  examples: [
    ['access export > service-tokens.yml', 'All tokens, as a file to review'],
    ["access export --owns 'ci-*' > ci-tokens.yml", 'A file that decides on every token of that name'],
  ],
  run: async (choice, context) => {
    const organization = await context.organization();
    const work = readingTokens(organization.name, context);
    const { exportFile } = await import('../index.ts');
    const { content, unread } = await exportFile(organization, choice, work);
    if (unread > 0) {
      const tokens = unread === 1 ? text`1 service token` : text`${unstyled(unread)} service tokens`;
      context.warn(text`what ${tokens} may do could not be read: the file has comments only of them`);
    }
    if (Buffer.byteLength(content) > MOST_BYTES) {
      context.warn(
        text`the file is larger than 1 MB, which is more than plan and apply read: write several, each with its own --owns`,
      );
    }
    return showingText(content);
  },
});

/** @throws Failure INVALID_USAGE for one that fits nothing */
function parseOwned(pattern: string): string {
  if (!endsInQuote(parsePattern(pattern, '--owns'))) return pattern;
  throw new Failure('INVALID_USAGE', text`--owns ends with a \\ that quotes nothing`, {
    hint: text`Write \\\\ for a \\ in a name.`,
  });
}

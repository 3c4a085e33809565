import type { Client } from '../api/client.ts';
import { type Command, command } from '../cli/command.ts';
import { argumentList, switchFlag } from '../cli/declaration.ts';
import { showingText } from '../cli/outcome.ts';
import type { Tree } from '../cli/tree.ts';
import type { Context } from '../context.ts';
import { type Candidate, completedBy, completionLines, type Names } from './candidates.ts';
import { joinedWords, readQuestion } from './question.ts';
import { ASK } from './scripts.ts';

/** Milliseconds that the API may take: nobody waits longer for a Tab. */
const PATIENCE = 1_000;

/** The hidden command that completion scripts call on every Tab: candidates, or nothing, and no message. */
export function ask(tree: Tree): Command {
  return command({
    name: ASK,
    description: 'What fits at the end of a command line; asked by the completion scripts.',
    manner: 'silent',
    arguments: {
      words: argumentList(
        'word',
        'The words of the command line; the last one is under the cursor',
        'any number',
        (words) => words,
      ),
    },
    flags: {
      isSplit: switchFlag('--split', 'The words are broken at = and :, as bash breaks them'),
      isBlank: switchFlag('--blank', 'The cursor is behind a blank: an empty word is under it'),
    },
    examples: [],
    run: async ({ words: given, isSplit, isBlank }, context) => {
      const pieces = isBlank ? [...given, ''] : given;
      const { words, isTyped } = isSplit ? joinedWords(pieces) : { words: pieces, isTyped: 0 };
      const completed = await completedBy(await readQuestion(tree, words), namesFromApi(context));
      return showingText(completionLines(completed, isTyped));
    },
  });
}

/** Names as the API tells them, remembered for a while. */
function namesFromApi(context: Context): Names {
  const ask = async (
    kind: string,
    question: (client: Client, organization: string) => Promise<Candidate[]>,
  ): Promise<readonly Candidate[]> => {
    const [{ connectAs }, { ApiTime }, { rememberedNames }] = await Promise.all([
      import('../api/connect.ts'),
      import('../values/api-time.ts'),
      import('../api/name-cache.ts'),
    ]);
    const organization = await context.organizationName();
    const settings = await context.settings();
    const { credentials } = await context.credentials();
    const { environment, clock, random } = context;
    const silent = (): void => {};
    const about = { apiUrl: settings.apiUrl.value, organization, credentials, kind };
    return rememberedNames(about, { environment, clock }, async () => {
      const client = await connectAs(credentials, settings, {
        environment,
        clock,
        time: new ApiTime(clock, silent),
        random,
        signal: clock.timeout(PATIENCE),
        observe: silent,
        warn: silent,
        keepSecret: silent,
      });
      return question(client, organization).finally(() => client.close());
    });
  };
  return {
    tokens: () =>
      ask('tokens', async (client, organization) =>
        (await client.listServiceTokens(organization)).map(({ id, name }) => ({
          value: id,
          description: name ?? '',
        })),
      ),
    databases: () =>
      ask('databases', async (client, organization) =>
        (await client.listDatabases(organization)).map(({ name, kind }) => ({
          value: name,
          description: kind,
        })),
      ),
    branches: (database) =>
      ask(`branches of ${database}`, async (client, organization) =>
        (await client.listBranches(organization, database)).map(({ name, production }) => ({
          value: name,
          description: production ? 'production' : 'development',
        })),
      ),
  };
}

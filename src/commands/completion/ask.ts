import type { Client } from '../../api/client.ts';
import { type Command, command } from '../../cli/command.ts';
import { argumentList } from '../../cli/declaration.ts';
import { showingText } from '../../cli/outcome.ts';
import type { Tree } from '../../cli/tree.ts';
import type { Context } from '../../context.ts';
import { type Candidate, candidateLines, candidatesFor, type Names } from './candidates.ts';
import { readQuestion } from './question.ts';
import { ASK } from './scripts.ts';

/** Milliseconds that the API may take: nobody waits longer for a Tab. */
const PATIENCE = 500;

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
    examples: [],
    run: async ({ words }, context) => {
      const question = await readQuestion(tree, words);
      return showingText(candidateLines(await candidatesFor(question, namesFromApi(context))));
    },
  });
}

function namesFromApi(context: Context): Names {
  const ask = async (
    question: (client: Client, organization: string) => Promise<Candidate[]>,
  ): Promise<Candidate[]> => {
    const { connect } = await import('../../api/connect.ts');
    const organization = await context.organizationName();
    const { environment, clock, random } = context;
    const silent = (): void => {};
    const client = await connect(await context.settings(), {
      environment,
      clock,
      random,
      signal: clock.timeout(PATIENCE),
      observe: silent,
      warn: silent,
      keepSecret: silent,
    });
    return question(client, organization).finally(() => client.close());
  };
  return {
    tokens: () =>
      ask(async (client, organization) =>
        (await client.listServiceTokens(organization)).map(({ id, name }) => ({
          value: id,
          description: name ?? '',
        })),
      ),
    databases: () =>
      ask(async (client, organization) =>
        (await client.listDatabases(organization)).map(({ name, kind }) => ({
          value: name,
          description: kind,
        })),
      ),
    branches: (database) =>
      ask(async (client, organization) =>
        (await client.listBranches(organization, database)).map(({ name, production }) => ({
          value: name,
          description: production ? 'production' : 'development',
        })),
      ),
  };
}

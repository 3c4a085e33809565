import type { Client } from '../../api/client.ts';
import type { Context } from '../../context.ts';
import type { CliCommand, Outcome } from '../command.ts';
import { type Candidate, candidateLines, candidatesFor, type Names } from './candidates.ts';
import { readQuestion } from './question.ts';
import { ASK } from './scripts.ts';

/** Milliseconds that the API may take: nobody waits longer for a Tab. */
const PATIENCE = 500;

/** The hidden command that completion scripts call on every Tab. */
export function addAskCommand(program: CliCommand): void {
  program.addCommand(
    program
      .createCommand(ASK)
      .description('What fits at the end of a command line; asked by the completion scripts.')
      .argument('[word...]', 'The words of the command line; the last one is under the cursor')
      .silently()
      .handles(
        (...words) =>
          (context) =>
            runComplete(program, words, context),
      ),
    { hidden: true },
  );
}

/** Candidates, or nothing: a Tab is no place for a message. */
export async function runComplete(
  program: CliCommand,
  words: readonly string[],
  context: Context,
): Promise<Outcome> {
  const question = readQuestion(program, words);
  return { plainText: candidateLines(await candidatesFor(question, namesFromApi(context))) };
}

function namesFromApi(context: Context): Names {
  const ask = async (
    question: (client: Client, organization: string) => Promise<Candidate[]>,
  ): Promise<Candidate[]> => {
    const { connect } = await import('../../api/connect.ts');
    const { value: organization } = await context.organization();
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

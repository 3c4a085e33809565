import { randomUUID } from 'node:crypto';
import { command } from '../src/cli/command.ts';
import { Failure } from '../src/errors.ts';
import { main } from '../src/main.ts';
import { createToken } from './create-token.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { annotate, failureIn, logOf, mask } from './runner.ts';
import { leave } from './state.ts';

/** The first half of the action: the job's token. */
const { env } = process;
// Before anything else: an input is masked by the runner only where it comes from a secret.
for (const name of ['INPUT_SERVICE-TOKEN', 'PLANETSCALE_SERVICE_TOKEN', 'PLANETSCALE_API_TOKEN'])
  mask(env[name]?.trim() ?? '');

const inputs = attempt(() => readInputs(env, randomUUID().slice(0, 8)));
const create =
  inputs instanceof Failure
    ? command({ name: 'create', description: '', examples: [], run: () => Promise.reject(inputs) })
    : createToken(inputs, env);
const heard: string[] = [];

main(['create', ...(inputs instanceof Failure ? [] : inputs.words)], {
  tree: [{ name: 'create', summary: '', load: () => Promise.resolve(create) }],
  environment: { variables: inputs instanceof Failure ? {} : inputs.variables },
  output: (stream) => logOf(stream, (text) => heard.push(text)),
  ended: (ending) => {
    if (ending.status !== 0) annotate('error', failureIn(heard));
    if (!(inputs instanceof Failure) && env.GITHUB_STATE) leave('ended', 'true', env);
    return ending;
  },
});

function attempt(read: () => Inputs): Inputs | Failure {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

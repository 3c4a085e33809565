import { randomUUID } from 'node:crypto';
import { command } from '../src/cli/command.ts';
import { Failure } from '../src/errors.ts';
import { SECRET_VARIABLES } from '../src/settings/redaction.ts';
import { inWordsOfInputs } from './advice.ts';
import { createToken } from './create-token.ts';
import { runHalf } from './half.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { annotate, failureIn, mask } from './runner.ts';
import { leave } from './state.ts';

/** The first half of the action: the job's token. */
const { env } = process;
// Before anything else: an input is masked by the runner only where it comes from a secret.
for (const name of ['INPUT_SERVICE-TOKEN', ...SECRET_VARIABLES]) mask(env[name]?.trim() ?? '');

const inputs = attempt(() => readInputs(env, randomUUID().slice(0, 8)));
const create =
  inputs instanceof Failure
    ? command({ name: 'create', description: '', examples: [], run: () => Promise.reject(inputs) })
    : createToken(inputs, env);

runHalf({
  command: create,
  ...(inputs instanceof Failure ? { variables: {} } : { words: inputs.words, variables: inputs.variables }),
  phrase: (message) => inWordsOfInputs(message, env),
  ended: (ending, heard) => {
    if (ending.status !== 0) annotate('error', failureIn(heard));
    if (!(inputs instanceof Failure)) leaveEnd();
    return ending;
  },
});

/** Spares the second half looking for a token that cannot come any more; never fails. */
function leaveEnd(): void {
  try {
    leave('ended', 'true', env);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

function attempt(read: () => Inputs): Inputs | Failure {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

import { randomUUID } from 'node:crypto';
import { Failure } from '../src/text/errors.ts';
import { inWordsOfInputs } from './advice.ts';
import { createToken } from './create-token.ts';
import { attempt, failing, runHalf } from './half.ts';
import { readInputs } from './inputs.ts';
import { annotate, failureIn, maskGiven } from './runner.ts';
import { leave } from './state.ts';

/** The first half of the action: the job's token. */
const { env } = process;
maskGiven(env);

const inputs = attempt(() => readInputs(env, randomUUID().slice(0, 8)));
const create = inputs instanceof Failure ? failing('create', inputs) : createToken(inputs, env);

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

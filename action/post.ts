import { SECRET_VARIABLES } from '../src/settings/redaction.ts';
import { Failure } from '../src/text/errors.ts';
import { deleteToken } from './delete-token.ts';
import { attempt, failing, runHalf } from './half.ts';
import { annotate, failureIn, mask, maskGiven } from './runner.ts';
import { readLeftBehind } from './state.ts';

/** The second half of the action, at the end of the job: it takes the job's token away again. */
maskGiven(process.env);
const left = attempt(() => readLeftBehind(process.env));
const variables = left instanceof Failure ? {} : (left?.variables ?? {});
for (const name of SECRET_VARIABLES) mask(variables[name] ?? '');

runHalf({
  command: left instanceof Failure ? failing('delete', left) : deleteToken(left),
  variables,
  ended: (ending, heard) => {
    if (ending.status === 0) return ending;
    // The job has done its work: what is left of its token is told, and ends by itself.
    annotate('warning', failureIn(heard));
    return { status: 0 };
  },
});

import { SECRET_VARIABLES } from '../src/settings/redaction.ts';
import { deleteToken } from './delete-token.ts';
import { runHalf } from './half.ts';
import { annotate, failureIn, mask } from './runner.ts';
import { readLeftBehind } from './state.ts';

/** The second half of the action, at the end of the job: it takes the job's token away again. */
const left = readLeftBehind(process.env);
for (const name of SECRET_VARIABLES) mask(left?.variables[name] ?? '');

runHalf({
  command: deleteToken(left),
  variables: left?.variables ?? {},
  ended: (ending, heard) => {
    if (ending.status === 0) return ending;
    // The job has done its work: what is left of its token is told, and ends by itself.
    annotate('warning', failureIn(heard));
    return { status: 0 };
  },
});

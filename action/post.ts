import { main } from '../src/main.ts';
import { deleteToken } from './delete-token.ts';
import { annotate, failureIn, logOf, mask } from './runner.ts';
import { readLeftBehind } from './state.ts';

/** The second half of the action, at the end of the job: it takes the job's token away again. */
const left = readLeftBehind(process.env);
for (const name of ['PLANETSCALE_SERVICE_TOKEN', 'PLANETSCALE_API_TOKEN']) mask(left?.variables[name] ?? '');
const heard: string[] = [];

main(['delete'], {
  tree: [{ name: 'delete', summary: '', load: () => Promise.resolve(deleteToken(left)) }],
  environment: { variables: left?.variables ?? {} },
  output: (stream) => logOf(stream, (text) => heard.push(text)),
  ended: (ending) => {
    if (ending.status === 0) return ending;
    // The job has done its work: what is left of its token is told, and ends by itself.
    annotate('warning', failureIn(heard));
    return { status: 0 };
  },
});

import { command, QUIET, WEB } from '../cli/command.ts';
import { showingOrIds } from '../flags/quiet.ts';
import { OPTIONAL_TOKEN } from '../flags/token.ts';
import { text } from '../text/text.ts';
import { namedOrChosen } from '../tokens/token-choice.ts';
import { readToken } from '../tokens/token-lookup.ts';
import { grantRows } from '../views/grants.ts';
import { tokenDetail } from '../views/tokens.ts';
import { showingDashboard } from './dashboard.ts';

export const show = command({
  name: 'show',
  description: 'Show a service token: its name, who created it, when it was last used, and its permissions.',
  arguments: { token: OPTIONAL_TOKEN },
  flags: { quiet: QUIET, web: WEB },
  examples: [
    ['show k3j9x0q2m7ab --org acme', 'Who created this token, and is it still in use?'],
    ['show name:ci-deploy --format json', 'By its name, for a script'],
  ],
  run: async ({ token: named, quiet, web }, context) => {
    if (web) return showingDashboard(context);
    const reference = await namedOrChosen(named, context);
    const organization = await context.organization();
    const { tokens, grants: held } = organization;
    const [token, grants] = await readToken(reference, organization, context, (id) => {
      context.progress.start(text`Fetching service token ${id} from org ${organization.name}`);
      return Promise.all([tokens.get(id), held.list(id)]);
    });
    return showingOrIds(quiet, [token.id], tokenDetail({ ...token, grants: grantRows(grants) }));
  },
});

import { command } from '../cli/command.ts';
import { showing } from '../cli/outcome.ts';
import { TOKEN } from '../flags/token.ts';
import { text } from '../text/text.ts';
import { readToken } from '../tokens/token-lookup.ts';
import { grantList, grantRows } from '../views/grants.ts';

export const showAccess = command({
  name: 'show-access',
  description: 'Show the permissions of a service token: one row per database, and one for the organization.',
  arguments: { token: TOKEN },
  examples: [
    ['show-access k3j9x0q2m7ab --org acme', 'What may this token do, and where?'],
    ['show-access k3j9x0q2m7ab --format json', 'The same for a script'],
  ],
  run: async ({ token }, context) => {
    const organization = await context.organization();
    return readToken(token, organization, context, async (id) => {
      context.progress.start(text`Fetching the permissions of service token ${id}`);
      return showing(grantList(id, grantRows(await organization.grants.list(id))));
    });
  },
});

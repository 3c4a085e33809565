import type { Organization } from '../api/organization.ts';
import { command } from '../cli/command.ts';
import { showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';
import { FORCE } from '../flags/force.ts';
import { changeToken, refuseTokenInUse, resolveTokenId, SELF, TOKEN } from '../flags/token.ts';
import { deleteToken } from '../operations/delete-token.ts';
import { relativeTime } from '../output/time.ts';
import { lines, listed, type Text, text, toned, unstyled } from '../text.ts';
import { outcome } from '../views/outcome.ts';

export const deleteCommand = command({
  name: 'delete',
  description: 'Delete a service token for good. Asks for confirmation on a terminal only.',
  arguments: { token: TOKEN },
  flags: { force: FORCE, self: SELF },
  examples: [
    ['delete k3j9x0q2m7ab --org acme', 'Asks for confirmation when run by hand'],
    ['delete k3j9x0q2m7ab --force --format json', 'Does not ask; prints {"result": "token deleted"}'],
  ],
  run: async ({ token, force, self }, context) => {
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context.progress);
    refuseTokenInUse(id, organization, self);
    await changeToken(token, organization, async () => {
      if (!force && context.io.interactive) await confirmed(id, organization, context);
      context.progress.start(text`Deleting service token ${id}`);
      await deleteToken(organization, id);
    });
    return showing(
      outcome(
        { result: 'token deleted' },
        { Result: 'token deleted' },
        text`Token ${id} ${toned('done', 'was successfully deleted')}.`,
      ),
    );
  },
});

/** @throws Failure CANCELLED for a no, and NOT_FOUND before anything is asked */
async function confirmed(id: string, organization: Organization, context: Context): Promise<void> {
  context.progress.start(text`Fetching service token ${id} from org ${organization.name}`);
  const details = await whatIsLost(id, organization, context.clock.now());
  const prompter = await context.prompter();
  const question = text`Delete it? Anything using it will lose access.`;
  if (await prompter.confirm(lines(details, question))) return;
  throw new Failure('CANCELLED', text`service token ${id} was not deleted`);
}

/** The token in a sentence: its name, when it was used, and where it has access. */
async function whatIsLost(id: string, { name, tokens, grants }: Organization, now: number): Promise<Text> {
  try {
    const [token, held] = await Promise.all([tokens.get(id), grants.list(id)]);
    const label = token.name === null ? text`` : text` (${token.name})`;
    const used =
      token.last_used_at === null
        ? text`never used`
        : text`last used ${unstyled(relativeTime(Date.parse(token.last_used_at), now))}`;
    const resources = held.map((grant) => grant.resource_name ?? 'an unknown resource');
    const reach = resources.length === 0 ? text`no permissions` : text`has access to ${listed(resources)}`;
    return text`Service token ${id}${label} in ${name}: ${used}, ${reach}.`;
  } catch (failure) {
    // Whoever may delete tokens need not be allowed to look at them.
    if (failure instanceof Failure && failure.code === 'FORBIDDEN') {
      return text`Service token ${id} in ${name}; you are not allowed to view its permissions.`;
    }
    throw failure;
  }
}

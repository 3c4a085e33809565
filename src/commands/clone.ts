import { command } from '../cli/command.ts';
import { shownAlready } from '../cli/outcome.ts';
import { expiryFlags } from '../flags/expiry.ts';
import { PLACE, type TokenView } from '../flags/hand-over.ts';
import { nameFlag } from '../flags/name.ts';
import { resolveTokenId, TOKEN } from '../flags/token.ts';
import { text, toned } from '../text.ts';
import { issuedTokenView, labelOf } from '../views/tokens.ts';
import { deliverCopy, SAME_LIFETIME } from './making.ts';

export const clone = command({
  name: 'clone',
  description:
    'Create a service token with the same permissions as another one. Its secret is displayed once.',
  arguments: { token: TOKEN },
  flags: {
    name: nameFlag('Its name; by default that of the original'),
    expiry: expiryFlags(SAME_LIFETIME),
    place: PLACE,
  },
  examples: [
    ['clone k3j9x0q2m7ab --name ci-staging', 'The same access for another pipeline'],
    ['clone name:ci-deploy --name tryout --ttl 1h --export', 'Its access for an hour, for this shell'],
  ],
  run: async ({ token, ...copy }, context) => {
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context.progress);
    const { failure } = await deliverCopy(id, organization, copy, context, viewOf(id, organization.name));
    return shownAlready(failure);
  },
});

function viewOf(sourceId: string, organization: string): TokenView {
  return (issued, place) =>
    issuedTokenView(
      issued,
      place,
      text`Service token ${labelOf(issued.token)} ${toned('done', 'was created')} in organization ${organization}, with the permissions of ${sourceId}.`,
    );
}

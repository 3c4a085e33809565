import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { command } from '../cli/command.ts';
import { shownAlready } from '../cli/outcome.ts';
import type { TokenView } from '../delivery/hand-over.ts';
import { deliverCopy, SAME_LIFETIME } from '../delivery/making.ts';
import { COPY_FLAGS } from '../flags/copy.ts';
import { expiryFlags } from '../flags/expiry.ts';
import { nameFlag } from '../flags/name.ts';
import { PLACE } from '../flags/place.ts';
import { OPTIONAL_TOKEN } from '../flags/token.ts';
import { Failure } from '../text/errors.ts';
import { text, toned } from '../text/text.ts';
import { namedOrChosen } from '../tokens/token-choice.ts';
import { changeToken, resolveTokenId } from '../tokens/token-lookup.ts';
import { shortenedName } from '../values/token-name.ts';
import { issuedTokenView, labelOf } from '../views/tokens.ts';

export const duplicate = command({
  name: 'duplicate',
  description:
    'Create a service token with the permissions, IP restrictions and lifetime of another one. Its secret is displayed once.',
  arguments: { token: OPTIONAL_TOKEN },
  flags: {
    name: nameFlag('Its name; by default that of the original with -copy behind it'),
    expiry: expiryFlags(SAME_LIFETIME),
    copying: COPY_FLAGS,
    place: PLACE,
  },
  changes: true,
  examples: [
    ['duplicate k3j9x0q2m7ab --name ci-staging', 'The same access for another pipeline'],
    ['duplicate name:ci-deploy --name tryout --ttl 1h --export', 'Its access for an hour, for this shell'],
  ],
  run: async ({ token: named, name, ...copy }, context) => {
    const token = await namedOrChosen(named, context);
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context);
    const nameOf = (source: ServiceToken): Promise<string | undefined> | string | undefined =>
      name === undefined ? nameOfCopy(source, organization) : name || undefined;
    const view = viewOf(id, organization.name);
    const { failure } = await changeToken(token, organization, () =>
      deliverCopy(id, organization, copy, { nameOf }, context, view),
    );
    return shownAlready(failure);
  },
});

/**
 * What a copy is called where nobody says it: two of one name could no longer be told apart by it.
 *
 * @throws Failure INVALID_USAGE where that name is taken
 */
async function nameOfCopy({ name }: ServiceToken, { tokens }: Organization): Promise<string | undefined> {
  if (name === null || name === '') return undefined;
  const copied = shortenedName(`${name}-copy`);
  const isTaken = (await tokens.list()).some((token) => token.name === copied);
  if (!isTaken) return copied;
  throw new Failure('INVALID_USAGE', text`a service token named ${copied} already exists`, {
    hint: text`Give the copy another name with --name.`,
  });
}

function viewOf(sourceId: string, organization: string): TokenView {
  return (issued, delivered) =>
    issuedTokenView(
      issued,
      delivered,
      text`Service token ${labelOf(issued.token)} ${toned('done', 'was created')} in organization ${organization}, with the permissions of ${sourceId}.`,
    );
}

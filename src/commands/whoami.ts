import type { Client } from '../api/client.ts';
import { mayBeHidden } from '../api/failures.ts';
import type { ServiceTokenWithActor } from '../api/schemas.ts';
import { command } from '../cli/command.ts';
import { showing } from '../cli/outcome.ts';
import { plain, text } from '../text/text.ts';
import { describeSource } from '../values/source.ts';
import { type GrantRow, grantRows } from '../views/grants.ts';
import { identity } from '../views/identity.ts';

export const whoami = command({
  name: 'whoami',
  description:
    'Show which credentials are in use, where they come from, and what they may do. Exits with 0 if the API accepts them.',
  examples: [
    ['whoami', 'Which token is this, and what may it do?'],
    ['whoami --format json', 'For a script'],
  ],
  run: async (_, context) => {
    const { credentials } = await context.credentials();
    const { organization } = await context.settings();
    const client = await context.client();
    context.progress.start(text`Checking the credentials`);
    const organizations = (await client.listOrganizations()).map(({ name }) => name);
    const isVisible = organization !== undefined && organizations.includes(organization.value);
    const shared = {
      organization: organization?.value ?? null,
      organizationSource: organization ? plain(describeSource(organization.source)) : null,
      isVisible,
      organizations,
    };
    if (credentials.kind === 'user') {
      const source = plain(describeSource(credentials.token.source));
      const unknown = { id: null, name: null, expires_at: null, isKnown: false, grants: undefined };
      return showing(identity({ kind: 'user', source, ...unknown, ...shared }));
    }
    const id = credentials.id.value;
    const [token, grants] = isVisible
      ? await whatIsKnown(client, organization.value, id)
      : [undefined, undefined];
    return showing(
      identity({
        kind: 'service token',
        id,
        source: plain(describeSource(credentials.id.source)),
        name: token?.name ?? null,
        expires_at: token?.expires_at ?? null,
        isKnown: token !== undefined,
        grants,
        ...shared,
      }),
    );
  },
});

/** What a service token may read of itself; it need not be allowed to, nor be in the list. */
function whatIsKnown(
  client: Client,
  organization: string,
  id: string,
): Promise<[ServiceTokenWithActor | undefined, readonly GrantRow[] | undefined]> {
  return Promise.all([
    unlessHidden(async () => (await client.getServiceToken(organization, id)).value),
    unlessHidden(async () => grantRows(await client.listGrants(organization, id))),
  ]);
}

async function unlessHidden<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (failure) {
    if (mayBeHidden(failure)) return undefined;
    throw failure;
  }
}

import type { AccessChange, Client } from '../api/client.ts';
import type { CreatedServiceToken, Grant, ServiceToken } from '../api/schemas.ts';
import type { Clock } from '../clock.ts';
import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import { type IssueDependencies, type IssuedToken, issueToken } from './issue-token.ts';

/** A token as it has to be known to make another one like it. */
export interface TokenModel {
  readonly token: ServiceToken;
  readonly access: readonly AccessChange[];
}

/**
 * Reads what a token is and holds.
 *
 * @throws Failure COMMAND_FAILED where it holds something that this program could not grant again
 */
export async function readModel(client: Client, organization: string, id: string): Promise<TokenModel> {
  const [token, grants] = await Promise.all([
    client.getServiceToken(organization, id),
    client.listGrants(organization, id),
  ]);
  // Nothing on a resource is nothing to grant, and a grant of nothing is refused.
  const held = grants.filter(({ accesses }) => accesses.length > 0);
  return { token, access: held.map((grant) => changeOf(id, grant)) };
}

function changeOf(id: string, grant: Grant): AccessChange {
  const access = grant.accesses.map((row) => row.access);
  if (grant.resource_type === 'Organization') return { database: '', access };
  if (grant.resource_type === 'Database') return { database: grant.resource_name, access };
  throw new Failure(
    'COMMAND_FAILED',
    text`token ${id} holds ${access.join(', ')} on ${grant.resource_type} ${grant.resource_name}, a kind of grant that this program does not understand`,
    { hint: text`A copy would not hold the same. That token is left as it is.` },
  );
}

/** Seconds that a token was made for; undefined for one that does not expire. */
export function lifetimeOf({ created_at, expires_at }: ServiceToken): number | undefined {
  if (expires_at === null) return undefined;
  return Math.max(1, Math.round((Date.parse(expires_at) - Date.parse(created_at)) / 1_000));
}

/** Milliseconds between tries to authenticate: nobody has published how soon a new token works. */
const PAUSES = [500, 1_000, 2_000];

/**
 * Makes sure that a new token authenticates, and that it holds what it is to hold, no more and no less.
 *
 * @param asNew a client that authenticates with the new token
 * @throws Failure COMMAND_FAILED where it differs
 */
export async function verifyCopy(
  {
    organization,
    tokenId,
    access,
  }: { organization: string; tokenId: string; access: readonly AccessChange[] },
  { client, asNew, clock, signal }: { client: Client; asNew: Client; clock: Clock; signal: AbortSignal },
): Promise<void> {
  const wanted = accessSet(access);
  const held = accessSet(
    (await client.listGrants(organization, tokenId)).map((row) => changeOf(tokenId, row)),
  );
  const missing = [...wanted].filter((entry) => !held.has(entry));
  const unwanted = [...held].filter((entry) => !wanted.has(entry));
  if (missing.length > 0) throw new Failure('COMMAND_FAILED', text`it does not hold ${missing.join(', ')}`);
  if (unwanted.length > 0) {
    throw new Failure('COMMAND_FAILED', text`it holds ${unwanted.join(', ')} as well`);
  }
  // The last thing of all: a token that is left behind before it, even by kill -9, has never been used,
  // and can be told from one in use by that.
  const organizations = await authenticated(asNew, clock, signal);
  if (!organizations.some(({ name }) => name === organization)) {
    throw new Failure('COMMAND_FAILED', text`it does not belong to organization ${organization}`);
  }
}

async function authenticated(asNew: Client, clock: Clock, signal: AbortSignal) {
  for (let look = 0; ; look += 1) {
    try {
      return await asNew.listOrganizations();
    } catch (failure) {
      const pause = PAUSES[look];
      const isRefused = failure instanceof Failure && failure.code === 'AUTH_INVALID';
      if (!isRefused || pause === undefined) throw failure;
      await clock.sleep(pause, signal);
    }
  }
}

/** Each access with its scope, as people would say it. */
function accessSet(changes: readonly AccessChange[]): Set<string> {
  return new Set(
    changes.flatMap(({ database, access }) =>
      access.map((name) => (database === '' ? name : `${database}=${name}`)),
    ),
  );
}

/** What a copy is to have of its own. */
export interface CopyPlan {
  readonly organization: string;
  readonly name: string | undefined;
  /** Seconds; none means no expiry. */
  readonly ttl: number | undefined;
}

export interface CopyDependencies extends IssueDependencies {
  /** A client that authenticates with a token that has just been made. */
  readonly clientAs: (token: CreatedServiceToken) => Promise<Client>;
}

/**
 * Makes a token that holds what another one holds, makes sure that it works, and hands it over; answers it
 * with a client that authenticates with it. As {@link issueToken}, it leaves nothing behind where it fails.
 */
export async function copyToken(
  { access }: TokenModel,
  plan: CopyPlan,
  deliver: (issued: IssuedToken) => Promise<void>,
  dependencies: CopyDependencies,
): Promise<{ issued: IssuedToken; asNew: Client }> {
  const { client, clock, interruption, clientAs } = dependencies;
  let asNew = client;
  const issued = await issueToken({ ...plan, access }, dependencies, {
    verify: async ({ token }) => {
      asNew = await clientAs(token);
      const copy = { organization: plan.organization, tokenId: token.id, access };
      await verifyCopy(copy, { client, asNew, clock, signal: interruption.signal });
    },
    deliver,
  });
  return { issued, asNew };
}

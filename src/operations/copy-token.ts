import type { AccessChange, Dated } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { CreatedServiceToken, Grant, ServiceToken, ServiceTokenWithActor } from '../api/schemas.ts';
import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import { type IssuedToken, type IssueWork, issueToken } from './issue-token.ts';

/** A token as it has to be known to make another one like it. */
export interface TokenModel {
  readonly token: ServiceToken;
  /** The same as it was read, with the API's own time. */
  readonly read: Dated<ServiceTokenWithActor>;
  readonly access: readonly AccessChange[];
}

/**
 * Reads what a token is and holds.
 *
 * @throws Failure COMMAND_FAILED where it holds something that this program could not grant again
 */
export async function readModel({ tokens, grants }: Organization, id: string): Promise<TokenModel> {
  const [read, granted] = await Promise.all([tokens.look(id), grants.list(id)]);
  // Nothing on a resource is nothing to grant, and a grant of nothing is refused.
  const held = granted.filter(({ accesses }) => accesses.length > 0);
  return { token: read.value, read, access: held.map((grant) => changeOf(id, grant)) };
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
 * @param asNew the organization for the new token
 * @throws Failure COMMAND_FAILED where it differs
 */
export async function verifyCopy(
  { tokenId, access }: { tokenId: string; access: readonly AccessChange[] },
  organization: Organization,
  asNew: Organization,
  work: CopyWork,
): Promise<void> {
  const wanted = accessSet(access);
  const held = accessSet((await organization.grants.list(tokenId)).map((row) => changeOf(tokenId, row)));
  const missing = [...wanted].filter((entry) => !held.has(entry));
  const unwanted = [...held].filter((entry) => !wanted.has(entry));
  if (missing.length > 0) throw new Failure('COMMAND_FAILED', text`it does not hold ${missing.join(', ')}`);
  if (unwanted.length > 0) {
    throw new Failure('COMMAND_FAILED', text`it holds ${unwanted.join(', ')} as well`);
  }
  // The last thing of all: a token that is left behind before it, even by kill -9, has never been used,
  // and can be told from one in use by that.
  if (await authenticated(asNew, work)) return;
  throw new Failure('COMMAND_FAILED', text`it does not belong to organization ${organization.name}`);
}

async function authenticated(asNew: Organization, { clock, interruption }: CopyWork): Promise<boolean> {
  for (let look = 0; ; look += 1) {
    try {
      return await asNew.isVisible();
    } catch (failure) {
      const pause = PAUSES[look];
      const isRefused = failure instanceof Failure && failure.code === 'AUTH_INVALID';
      if (!isRefused || pause === undefined) throw failure;
      await clock.sleep(pause, interruption.signal);
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
  readonly name: string | undefined;
  /** Seconds; none means no expiry. */
  readonly ttl: number | undefined;
}

export interface CopyWork extends IssueWork {
  /** The organization for a token that has just been made. */
  readonly organizationAs: (token: CreatedServiceToken) => Promise<Organization>;
}

/**
 * Makes a token that holds what another one holds, makes sure that it works, and hands it over; answers it
 * with the organization as it sees it. As {@link issueToken}, it leaves nothing behind where it fails.
 */
export async function copyToken(
  { access }: TokenModel,
  plan: CopyPlan,
  organization: Organization,
  work: CopyWork,
  deliver: (issued: IssuedToken) => Promise<void>,
): Promise<{ issued: IssuedToken; asNew: Organization }> {
  let asNew = organization;
  const issued = await issueToken({ ...plan, access }, organization, work, {
    verify: async ({ token }) => {
      asNew = await work.organizationAs(token);
      await verifyCopy({ tokenId: token.id, access }, organization, asNew, work);
    },
    deliver,
  });
  return { issued, asNew };
}

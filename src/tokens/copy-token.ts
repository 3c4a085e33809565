import type { AccessChange, Dated } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { CreatedServiceToken, Grant, ServiceToken, ServiceTokenWithActor } from '../api/schemas.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { NOTABLE_DIFFERENCE } from '../values/api-time.ts';
import { sameNetworks } from '../values/networks.ts';
import { type IssuedToken, type IssueSteps, type IssueWork, issueToken } from './issue-token.ts';
import { grantedAccess } from './read-grants.ts';
import { type CarriedFields, carriedFields, compareCarried } from './unknown-fields.ts';

/** A token as it has to be known to make another one like it. */
export interface TokenModel {
  readonly token: ServiceToken;
  /** The same as it was read, with the API's own time. */
  readonly read: Dated<ServiceTokenWithActor>;
  readonly access: readonly AccessChange[];
  /** The networks it is accepted from, none for any address. */
  readonly cidrs: readonly string[];
  /** What else it has, that a copy must show as well. */
  readonly carried: CarriedFields;
}

/** What a copy need not be like the original in. */
export interface Leniency {
  /** Fields of the API's answer. */
  readonly without: ReadonlySet<string>;
  /** Its restrictions are said, whatever those of the original are. */
  readonly isRestrictionSaid: boolean;
}

/**
 * Reads what a token is and holds. A copy must not be allowed more than its original, so what this program
 * does not know how to copy ends it here.
 *
 * @throws Failure COMMAND_FAILED where there is such a thing; nothing has been made
 */
export async function readModel(
  { tokens, grants }: Organization,
  id: string,
  { without, isRestrictionSaid }: Leniency,
): Promise<TokenModel> {
  const [read, granted] = await Promise.all([tokens.look(id), grants.list(id)]);
  const token = read.value;
  // Nothing on a resource is nothing to grant, and a grant of nothing is refused.
  const held = granted.filter(({ accesses }) => accesses.length > 0);
  const cidrs = isRestrictionSaid || without.has('cidrs') ? [] : restrictionsOf(token);
  return {
    token,
    read,
    access: held.map((grant) => changeOf(id, grant)),
    cidrs,
    carried: carriedFields(token, without),
  };
}

/** The networks that a token is accepted from; undefined where an API that knows of restrictions does not say them. */
export function shownRestrictions({ cidrs, last_used_ip }: ServiceToken): readonly string[] | undefined {
  if (cidrs !== undefined) return cidrs ?? [];
  // With neither field it is the API of before there were restrictions.
  return last_used_ip === undefined ? [] : undefined;
}

/** @throws Failure COMMAND_FAILED where an API that knows of restrictions does not say them */
function restrictionsOf(token: ServiceToken): readonly string[] {
  const shown = shownRestrictions(token);
  if (shown) return shown;
  throw new Failure('COMMAND_FAILED', text`the API does not show the IP restrictions of token ${token.id}`, {
    hint: text`A copy might be less restricted. Nothing was created. Specify --cidrs or --unrestricted, or add --without cidrs to copy it without restrictions.`,
  });
}

function changeOf(id: string, grant: Grant): AccessChange {
  const change = grantedAccess(grant);
  if (change) return change;
  const access = grant.accesses.map((row) => row.access);
  const { resource_type: type, resource_name: name } = grant;
  throw new Failure(
    'COMMAND_FAILED',
    text`token ${id} holds ${access.join(', ')} on ${type ?? 'an unknown kind of resource'} ${name ?? '(no name)'}, a kind of grant that this program does not understand`,
    { hint: text`A copy would not have the same permissions. Nothing was created or changed.` },
  );
}

/** Milliseconds after its creation in which a token may change without anybody having changed its end. */
const CREATION = 5 * 60_000;

/** How long a token was made to live. */
export type Lifetime =
  /** Seconds; undefined for one that does not expire. */
  | { readonly kind: 'known'; readonly ttl: number | undefined }
  /**
   * It was changed, or the API does not say, and nobody can tell whether its end was. Both in seconds; `left` may be
   * less than none.
   */
  | { readonly kind: 'unknown'; readonly span: number; readonly left: number };

/** @param now milliseconds since the epoch, by the API's clock where it is known */
export function lifetimeOf({ created_at, updated_at, expires_at }: ServiceToken, now: number): Lifetime {
  if (expires_at === null) return { kind: 'known', ttl: undefined };
  const [created, end] = [Date.parse(created_at), Date.parse(expires_at)];
  const span = Math.max(1, Math.round((end - created) / 1_000));
  const isAsMade = typeof updated_at === 'string' && Date.parse(updated_at) - created <= CREATION;
  if (isAsMade) return { kind: 'known', ttl: span };
  return { kind: 'unknown', span, left: Math.round((end - now) / 1_000) };
}

/** Milliseconds between tries to authenticate: nobody has published how soon a new token works. */
const PAUSES = [500, 1_000, 2_000];

/** What a copy is to be, to be held against what it is. */
export interface Copy {
  readonly tokenId: string;
  readonly access: readonly AccessChange[];
  readonly cidrs: readonly string[];
  readonly carried: CarriedFields;
}

/** What of the work verifying needs. */
export type VerifyWork = Pick<IssueWork, 'clock' | 'interruption'>;

/**
 * Makes sure that a new token holds what it is to hold, no more and no less, is restricted as it is to be, and
 * authenticates.
 *
 * @param asNew the organization for the new token; undefined where it is not tried
 * @throws Failure COMMAND_FAILED where it differs
 */
export async function verifyCopy(
  { tokenId, access, cidrs, carried }: Copy,
  organization: Organization,
  asNew: Organization | undefined,
  work: VerifyWork,
): Promise<void> {
  const wanted = accessSet(access);
  const held = accessSet((await organization.grants.list(tokenId)).map((row) => changeOf(tokenId, row)));
  const missing = [...wanted].filter((entry) => !held.has(entry));
  const unwanted = [...held].filter((entry) => !wanted.has(entry));
  if (missing.length > 0) throw new Failure('COMMAND_FAILED', text`it does not hold ${missing.join(', ')}`);
  if (unwanted.length > 0) {
    throw new Failure('COMMAND_FAILED', text`it holds ${unwanted.join(', ')} as well`);
  }
  if (cidrs.length > 0 || carried.size > 0) {
    const copy = await organization.tokens.get(tokenId);
    if (cidrs.length > 0 && !sameNetworks(copy.cidrs ?? [], cidrs)) {
      const shown = copy.cidrs?.length ? copy.cidrs.join(', ') : 'any address';
      throw new Failure(
        'COMMAND_FAILED',
        text`its IP restrictions are ${shown} instead of ${cidrs.join(', ')}`,
      );
    }
    compareCarried(copy, carried);
  }
  if (!asNew) return;
  // The last thing of all: a token that is left behind before it, even by kill -9, has never been used,
  // and can be told from one in use by that.
  if (await authenticated(asNew, cidrs, work)) return;
  throw new Failure('COMMAND_FAILED', text`it does not belong to organization ${organization.name}`);
}

async function authenticated(
  asNew: Organization,
  cidrs: readonly string[],
  { clock, interruption }: VerifyWork,
): Promise<boolean> {
  for (let look = 0; ; look += 1) {
    try {
      return await asNew.isVisible();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      const pause = PAUSES[look];
      if (failure.code === 'AUTH_INVALID' && pause !== undefined) {
        await clock.sleep(pause, interruption.signal);
        continue;
      }
      const isRefused = failure.code === 'AUTH_INVALID' || failure.code === 'FORBIDDEN';
      throw isRefused && cidrs.length > 0 ? notFromHere(cidrs, failure) : failure;
    }
  }
}

function notFromHere(cidrs: readonly string[], cause: Failure): Failure {
  return new Failure(
    'COMMAND_FAILED',
    text`it was rejected: it only works from ${cidrs.join(', ')}, and this machine may have another address`,
    {
      hint: text`Run this from an allowed address, or add --skip-verification: its permissions and restrictions are still compared.`,
      cause,
    },
  );
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
  /** Seconds; with neither this nor `at` it does not expire. */
  readonly ttl?: number | undefined;
  /** When it is to stop working, in milliseconds since the epoch. */
  readonly at?: number | undefined;
  /** The networks it is to be accepted from, none for any address. */
  readonly cidrs: readonly string[];
  /** Whether it is tried out. */
  readonly isTried: boolean;
}

/** Milliseconds by which the life of a copy may differ from what was asked for. */
const LIFETIME_TOLERANCE = 5_000;

/** @throws Failure COMMAND_FAILED where the answer shows that a copy lives longer, or shorter, than it is to */
function compareLifetime(
  { created_at, expires_at }: CreatedServiceToken,
  { ttl, at }: Pick<CopyPlan, 'ttl' | 'at'>,
): void {
  if (ttl === undefined && at === undefined) {
    if (expires_at === null) return;
    throw new Failure('COMMAND_FAILED', text`it expires at ${expires_at}, but should not expire`);
  }
  if (expires_at === null) throw new Failure('COMMAND_FAILED', text`it does not expire, but should`);
  // An answer that does not say when it was made cannot be measured.
  if (at === undefined && created_at === null) return;
  const asked = at ?? Date.parse(created_at ?? '') + (ttl ?? 0) * 1_000;
  const tolerance = at === undefined ? LIFETIME_TOLERANCE : NOTABLE_DIFFERENCE;
  if (Math.abs(Date.parse(expires_at) - asked) <= tolerance) return;
  throw new Failure('COMMAND_FAILED', text`it expires at ${expires_at}, which is not what was requested`);
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
  { access, carried }: TokenModel,
  { isTried, ...plan }: CopyPlan,
  organization: Organization,
  work: CopyWork,
  delivery: Omit<IssueSteps, 'verify'>,
): Promise<{ issued: IssuedToken; asNew: Organization }> {
  let asNew = organization;
  const issued = await issueToken({ ...plan, access }, organization, work, {
    verify: async ({ token }) => {
      compareLifetime(token, plan);
      asNew = await work.organizationAs(token);
      const copy = { tokenId: token.id, access, cidrs: plan.cidrs, carried };
      await verifyCopy(copy, organization, isTried ? asNew : undefined, work);
    },
    ...delivery,
  });
  // What it holds was read, and is what it is to hold.
  return { issued: { ...issued, unconfirmed: undefined }, asNew };
}

import { mayBeHidden } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import { accessesAt, describeScope } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, type Text, text, unstyled } from '../text/text.ts';
import { grantedAccesses } from '../tokens/read-grants.ts';
import { canonicalNetwork, isWithin } from '../values/networks.ts';
import { type Change, given, lossesOf } from './access-changes.ts';
import type { MadePlan } from './make-plan.ts';
import { locksOut } from './order.ts';

/** How much a plan may take away, and whether it may lock out whoever applies it. */
export interface Limits {
  readonly deletions: number;
  /** Permissions. */
  readonly removals: number;
  /** Whether the token in use may lose what it needs. */
  readonly self: boolean;
}

/**
 * Refuses what must not be applied, before anything is changed. Sends nothing.
 *
 * @param inUse the id of the token that requests are made with
 * @throws Failure INVALID_USAGE for more than the limits
 */
export function refuseUnsafe(
  plan: MadePlan,
  { deletions, removals, self }: Limits,
  inUse: string | undefined,
): void {
  const losses = lossesOf(plan.changes);
  refuseTooMuch('--max-deletions', losses.deletions, deletions, text`delete`, text`service token`);
  refuseTooMuch('--max-removals', losses.removals, removals, text`take away`, text`permission`);
  const lockout = plan.changes.find(
    (change) => change.id !== null && change.id === inUse && locksOut(change),
  );
  if (lockout && !self) {
    throw new Failure(
      'INVALID_USAGE',
      text`the plan restricts or deletes ${lockout.name} (${lockout.id ?? ''}), the token used to authenticate, or takes from it what it needs`,
      {
        hint: lines(
          ...addressShutOut(plan, inUse).map((address) => shutOut(address)),
          text`Nothing was changed. Anything using it could be locked out. To do it anyway, last of all, add --self.`,
        ),
      },
    );
  }
}

/** The address that the token in use was last used from, if its cidrs are to leave that one out. */
export function addressShutOut({ changes, addresses }: MadePlan, inUse: string | undefined): string[] {
  const address = addresses.get(inUse ?? '');
  const restrict = changes.find(({ action, id }) => action === 'restrict' && id === inUse);
  if (address === undefined || restrict?.action !== 'restrict' || restrict.after.length === 0) return [];
  return isWithin(canonicalNetwork(address), restrict.after) ? [] : [address];
}

/** What becomes of a token whose cidrs leave its own address out. */
export function shutOut(address: string): Text {
  return text`The token was last used from ${address}, which its new cidrs leave out.`;
}

function refuseTooMuch(flag: string, count: number, most: number, verb: Text, what: Text): void {
  if (count <= most) return;
  throw new Failure(
    'INVALID_USAGE',
    text`the plan would ${verb} ${count} ${what}${count === 1 ? text`` : text`s`}; ${unstyled(flag)} allows ${most}`,
    { hint: text`Nothing was changed. If that is what you want, add ${unstyled(`${flag} ${count}`)}.` },
  );
}

/**
 * Refuses a plan that gives what the token in use does not hold: PlanetScale lets nobody give more than one may do.
 * Where what it holds cannot be read, or understood, granting will show.
 *
 * @throws Failure FORBIDDEN
 */
export async function refuseMoreThanHeld(
  changes: readonly Change[],
  { grants, tokenInUse }: Organization,
): Promise<void> {
  const wanted = given(changes);
  if (!tokenInUse || wanted.length === 0) return;
  const held = await grants.list(tokenInUse.value).catch((failure: unknown) => {
    if (mayBeHidden(failure)) return undefined;
    throw failure;
  });
  if (!held || !grantedAccesses(held)) return;
  const missing = wanted.flatMap(({ database, access }) => {
    const own = accessesAt(held, database);
    const left = access.filter((name) => !own.includes(name));
    return left.length === 0 ? [] : [text`${listed(left)} on ${describeScope(database)}`];
  });
  if (missing.length === 0) return;
  throw new Failure(
    'FORBIDDEN',
    lines(text`the service token in use cannot give what it does not hold:`, ...missing),
    {
      hint: text`Nothing was changed. Use a token that holds all that the file grants, or a user's credentials.`,
    },
  );
}

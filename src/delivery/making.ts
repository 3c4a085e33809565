import type { Dated } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import type { COPY_FLAGS } from '../flags/copy.ts';
import type { Expiry } from '../flags/expiry.ts';
import type { Place } from '../flags/place.ts';
import { bar } from '../output/progress.ts';
import { Failure } from '../text/errors.ts';
import { text, unstyled } from '../text/text.ts';
import { copyToken, lifetimeOf, readModel, type TokenModel } from '../tokens/copy-token.ts';
import type { IssuedToken, IssueEvent, IssueSteps, IssueWork } from '../tokens/issue-token.ts';
import { describeDuration } from '../values/duration.ts';
import { openHandOver, type TokenView } from './hand-over.ts';

/** What making a token needs, with its steps shown as progress. */
export function making(organization: Organization, context: Context): IssueWork {
  const { clock, random, interruption, warn, progress, pending } = context;
  const { name } = organization;
  const onEvent = (event: IssueEvent): void => {
    switch (event.step) {
      case 'creating':
        pending({ organization: name, id: undefined });
        progress.start(text`Creating service token in org ${name}`);
        break;
      case 'created':
        pending({ organization: name, id: event.tokenId });
        break;
      case 'granting':
        progress.update(text`Granting permissions ${unstyled(bar(event.done, event.total))}`);
        break;
      case 'verifying':
        progress.update(text`Verifying the new service token`);
        break;
      case 'settled':
        pending(undefined);
        break;
    }
  };
  return { clock, random, interruption, warn, onEvent };
}

/** What a copy is to have of its own. */
export interface CopyFlags {
  /** When it is to stop working; without it, it lives as long as the original was made to. */
  readonly expiry: Expiry | undefined;
  readonly copying: ValueOf<typeof COPY_FLAGS>;
  readonly place: Place;
}

type ValueOf<Flag extends { read: (...given: never[]) => unknown }> = ReturnType<Flag['read']>;

/** What decides beside the flags what a copy is like. */
export interface CopyChoices {
  /** Looks at the original before anything is made; what it throws ends it. */
  readonly inspect?: (source: Dated<ServiceToken>) => Promise<void>;
  /** The copy takes the place of the original. */
  readonly isReplacement?: boolean;
  /** What the copy is called. */
  readonly nameOf: (source: ServiceToken) => Promise<string | undefined> | string | undefined;
  /** Looks, right after a copy was made, whether it may stay. */
  readonly admit?: IssueSteps['admit'];
  /** Whether a copy is kept whose secret may have reached somebody: {@link IssuedToken.doubt} says why then. */
  readonly keepsDoubtful?: boolean;
}

/** A copy that has been delivered, and how to go on. */
export interface DeliveredCopy {
  readonly issued: IssuedToken;
  /** The organization as the copy sees it. */
  readonly asNew: Organization;
  /** What went wrong with telling of it. */
  readonly failure: Failure | undefined;
}

/** What help says of the expiry of a copy. */
export const SAME_LIFETIME = '0: never';

/**
 * Makes a token like another one: its name, its permissions, how long it was made for, unless the flags
 * say otherwise; makes sure that it works, and delivers it.
 *
 * @throws Failure INVALID_USAGE, COMMAND_FAILED where it cannot be copied; nothing has been made then
 */
export async function deliverCopy(
  sourceId: string,
  organization: Organization,
  { expiry, copying, place }: CopyFlags,
  { nameOf, isReplacement, inspect, admit, keepsDoubtful }: CopyChoices,
  context: Context,
  view: TokenView,
): Promise<DeliveredCopy> {
  context.progress.start(text`Fetching service token ${sourceId} from org ${organization.name}`);
  const { restriction, without, skipVerification } = copying;
  const leniency = { without, isRestrictionSaid: restriction !== undefined };
  const model = await readModel(organization, sourceId, leniency);
  await inspect?.(model.read);
  const end = expiry ?? { ttl: await copiedLifetime(model, organization) };
  const name = await nameOf(model.token);
  const future = { name, replaces: isReplacement ? [model.token.id] : [] };
  const handOver = await openHandOver(future, place, context, view);
  try {
    const cidrs = restriction?.kind === 'networks' ? restriction.networks : model.cidrs;
    const plan = { name, ...end, cidrs, isTried: !skipVerification };
    const work = { ...making(organization, context), organizationAs: context.organizationAs };
    const { deliver, announce } = handOver;
    const made = await copyToken(model, plan, organization, work, { admit, deliver, keepsDoubtful });
    return { ...made, failure: made.issued.doubt ?? (await announce(made.issued)) };
  } finally {
    await handOver.close();
  }
}

/** Seconds that a copy lives, as its original. @throws Failure INVALID_USAGE where nobody can tell */
async function copiedLifetime(
  { token }: TokenModel,
  organization: Organization,
): Promise<number | undefined> {
  const lifetime = lifetimeOf(token, await organization.now());
  if (lifetime.kind === 'known') return lifetime.ttl;
  const { span, left } = lifetime;
  const remaining =
    left > 0 ? text`expires in ${unstyled(describeDuration(left * 1_000))}` : text`has expired`;
  const why = token.updated_at
    ? text`token ${token.id} was changed after it was created`
    : text`the API does not show whether token ${token.id} was changed after it was created`;
  throw new Failure('INVALID_USAGE', text`${why}, so the lifetime of a copy is ambiguous`, {
    hint: text`Its full lifetime is ${unstyled(describeDuration(span * 1_000))}; it ${remaining}. Use --ttl or --expires-at.`,
  });
}

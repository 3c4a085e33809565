import type { Dated } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import type { Failure } from '../errors.ts';
import type { Expiry } from '../flags/expiry.ts';
import { openHandOver, type Place, type TokenView } from '../flags/hand-over.ts';
import { copyToken, lifetimeOf, readModel } from '../operations/copy-token.ts';
import type { IssuedToken, IssueEvent, IssueWork } from '../operations/issue-token.ts';
import { bar } from '../output/progress.ts';
import { text, unstyled } from '../text.ts';

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
  /** That of the original without one. */
  readonly name?: string | undefined;
  /** The lifetime of the original without one. */
  readonly expiry: Expiry | undefined;
  readonly place: Place;
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
export const SAME_LIFETIME = '0: never; by default as long as the original was created for';

/**
 * Makes a token like another one: its name, its permissions, how long it was made for, unless the flags
 * say otherwise; makes sure that it works, and delivers it.
 *
 * @param inspect looks at the original before anything is made; what it throws ends it
 */
export async function deliverCopy(
  sourceId: string,
  organization: Organization,
  { name, expiry, place }: CopyFlags,
  context: Context,
  view: TokenView,
  inspect?: (source: Dated<ServiceToken>) => Promise<void>,
): Promise<DeliveredCopy> {
  context.progress.start(text`Fetching service token ${sourceId} from org ${organization.name}`);
  const model = await readModel(organization, sourceId);
  await inspect?.(model.read);
  const handOver = await openHandOver(place, context, view);
  try {
    const ttl = expiry ? expiry.ttl : lifetimeOf(model.token);
    const plan = { name: name ?? model.token.name ?? undefined, ttl };
    const work = { ...making(organization, context), organizationAs: context.organizationAs };
    const { issued, asNew } = await copyToken(model, plan, organization, work, handOver.deliver);
    return { issued, asNew, failure: await handOver.announce(issued) };
  } finally {
    await handOver.close();
  }
}

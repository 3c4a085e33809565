import type { Client } from '../api/client.ts';
import type { Context } from '../context.ts';
import type { Failure } from '../errors.ts';
import { copyToken, lifetimeOf, readModel } from '../operations/copy-token.ts';
import type { IssuedToken } from '../operations/issue-token.ts';
import { text } from '../text.ts';
import { type ExpiryOptions, ttlOf } from './expiry.ts';
import { type HandOverOptions, openHandOver, type TokenView } from './hand-over.ts';
import { issuing } from './issuing.ts';

export interface CopyOptions extends ExpiryOptions, HandOverOptions {
  readonly name?: string;
}

/** A copy that has been handed over, and how to go on. */
export interface HandedOverCopy {
  readonly issued: IssuedToken;
  /** Authenticates with the copy. */
  readonly asNew: Client;
  /** What went wrong with telling of it. */
  readonly failure: Failure | undefined;
}

/** What help says of the expiry of a copy. */
export const SAME_LIFETIME = '0: for ever; by default as long as the old one was made for';

/**
 * Makes a token like another one: its name, what it holds, how long it was made for, unless the options
 * say otherwise; makes sure that it works, and hands it over.
 */
export async function handOverCopy(
  sourceId: string,
  organization: string,
  options: CopyOptions,
  { client, context, view }: { client: Client; context: Context; view: TokenView },
): Promise<HandedOverCopy> {
  context.progress.start(text`Fetching service token ${sourceId} from org ${organization}`);
  const model = await readModel(client, organization, sourceId);
  const ttl = ttlOf(options, context.clock.now(), lifetimeOf(model.token));
  const handOver = await openHandOver(options, context, view);
  try {
    const plan = { organization, name: options.name ?? model.token.name ?? undefined, ttl };
    const dependencies = { ...issuing(organization, client, context), clientAs: context.clientAs };
    const { issued, asNew } = await copyToken(model, plan, handOver.deliver, dependencies);
    return { issued, asNew, failure: await handOver.announce(issued) };
  } finally {
    await handOver.close();
  }
}

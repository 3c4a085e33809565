import type { Client } from '../api/client.ts';
import type { Context } from '../context.ts';
import { lifetimeOf, readModel, type TokenModel, verifyCopy } from '../operations/copy-token.ts';
import { type IssuedToken, issueToken } from '../operations/issue-token.ts';
import { text } from '../text.ts';
import type { Outcome } from './command.ts';
import { type ExpiryOptions, ttlOf } from './expiry.ts';
import { type HandOverOptions, openHandOver, type TokenView } from './hand-over.ts';
import { issuing } from './issuing.ts';

export interface CopyOptions extends ExpiryOptions, HandOverOptions {
  readonly name?: string;
}

/** A copy that has been handed over, and how to go on. */
export interface HandedOverCopy {
  readonly model: TokenModel;
  readonly issued: IssuedToken;
  /** Authenticates with the copy. */
  readonly asNew: Client;
  readonly outcome: Exclude<Outcome, { plainText: string } | { relayedStatus: number }>;
}

/** What help says of the expiry of a copy for which nothing is said. */
export const SAME_LIFETIME = 'by default as long as the old one was made for';

/**
 * Makes a token like another one: its name, what it holds, how long it was made for, unless the options
 * say otherwise; makes sure that it works, and hands it over.
 */
export async function handOverCopy(
  sourceId: string,
  organization: string,
  options: CopyOptions,
  { client, context, view }: { client: Client; context: Context; view: (model: TokenModel) => TokenView },
): Promise<HandedOverCopy> {
  context.progress.start(text`Fetching service token ${sourceId} from org ${organization}`);
  const model = await readModel(client, organization, sourceId);
  const ttl = ttlOf(options, context.clock.now(), lifetimeOf(model.token));
  const handOver = await openHandOver(options, context, view(model));
  try {
    const { access, token } = model;
    const plan = { organization, name: options.name ?? token.name ?? undefined, ttl, access };
    let asNew = client;
    const { signal } = context.interruption;
    const issued = await issueToken(plan, issuing(organization, client, context), {
      verify: async ({ token: { id, token: secret } }) => {
        asNew = await context.clientAs({ id, token: secret });
        const copy = { organization, tokenId: id, access };
        await verifyCopy(copy, { client, asNew, clock: context.clock, signal });
      },
      deliver: handOver.deliver,
    });
    return { model, issued, asNew, outcome: handOver.outcome(issued) };
  } finally {
    await handOver.close();
  }
}

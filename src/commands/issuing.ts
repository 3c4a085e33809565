import type { Client } from '../api/client.ts';
import type { CreatedServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import type { IssueDependencies, IssuedToken, IssueEvent } from '../operations/issue-token.ts';
import { bar } from '../output/progress.ts';
import type { Result } from '../output/result.ts';
import { goTime } from '../output/time.ts';
import type { GrantRow } from '../output/views/grants.ts';
import { createdToken } from '../output/views/tokens.ts';
import { lines, type Text, text, unstyled } from '../text.ts';
import { productionAdvice } from './access-names.ts';
import { gatheredRows } from './grant-rows.ts';

/** What making a token needs, with its steps shown as progress. */
export function issuing(organization: string, client: Client, context: Context): IssueDependencies {
  const { clock, random, interruption, warn, progress, pending } = context;
  const onEvent = (event: IssueEvent): void => {
    switch (event.step) {
      case 'creating':
        pending({ organization, id: undefined });
        progress.start(text`Creating service token in org ${organization}`);
        break;
      case 'created':
        pending({ organization, id: event.tokenId });
        break;
      case 'granting':
        progress.update(text`Granting access ${unstyled(bar(event.done, event.total))}`);
        break;
      case 'verifying':
        progress.update(text`Verifying the new service token`);
        break;
      case 'settled':
        pending(undefined);
        break;
    }
  };
  return { client, clock, random, interruption, warn, onEvent };
}

/** The token's name, or its id where it has none. */
export function labelOf(token: CreatedServiceToken): Text {
  return text`${token.name ?? token.id}`;
}

/** A new token that holds something: what it is, where its secret is, and what to know of it. */
export function issuedTokenView({ token, held }: IssuedToken, place: Text | undefined, before: Text): Result {
  return {
    ...newTokenView(token, place, { before, grants: gatheredRows(held) }),
    notes: productionAdvice(held.map((row) => row.access)),
  };
}

export interface NewTokenWords {
  readonly before: Text;
  /** What to do with it. */
  readonly advice?: readonly Text[];
  readonly grants?: readonly GrantRow[];
}

/** A new token, and what people have to know of it. Its secret is left out where it went to a place. */
export function newTokenView(
  token: CreatedServiceToken,
  place: Text | undefined,
  { before, advice = [], grants }: NewTokenWords,
): Result {
  const shown = place ? { ...token, token: '' } : token;
  return createdToken(shown, { before, after: lines(...secretAdvice(token, place), ...advice), grants });
}

function secretAdvice(token: CreatedServiceToken, place: Text | undefined): Text[] {
  const secret: Text = place
    ? text`Its id and secret are in ${place}; the secret is shown nowhere.`
    : text`The token cannot be shown again: store it now.`;
  const expiry: Text[] = token.expires_at === null ? [] : [text`It expires at ${goTime(token.expires_at)}.`];
  return [secret, ...expiry];
}

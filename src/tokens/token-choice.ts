import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import type { TokenReference } from '../flags/token.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';
import { relativeTime } from '../values/time.ts';

/**
 * The token that a command line names; one that is left out is chosen from the list, where somebody can be asked.
 *
 * @throws Failure INVALID_USAGE where nobody can; CANCELLED; what reading the list fails with
 */
export async function namedOrChosen(
  reference: TokenReference | undefined,
  context: Context,
): Promise<TokenReference> {
  if (reference) return reference;
  if (!context.io.interactive) {
    throw new Failure('INVALID_USAGE', text`missing argument: <token-id>`, {
      hint: text`Name the token by its ID or its name. To see them: ${commandLine('list')}`,
    });
  }
  return { kind: 'id', id: await chooseToken(await context.organization(), context), isWord: false };
}

/** Lets somebody at a terminal choose one of all tokens, and answers its id. @throws Failure NOT_FOUND for none */
async function chooseToken(organization: Organization, context: Context): Promise<string> {
  context.progress.start(text`Fetching service tokens from org ${organization.name}`);
  const tokens = await organization.tokens.list();
  if (tokens.length === 0) {
    throw new Failure('NOT_FOUND', text`organization ${organization.name} has no service tokens`, {
      hint: text`Create one with create.`,
    });
  }
  return chooseAmong(text`Which service token in ${organization.name}?`, tokens, context);
}

/** Lets somebody at a terminal choose one of these tokens, and answers its id. @throws Failure CANCELLED */
export async function chooseAmong(
  question: Text,
  tokens: readonly ServiceToken[],
  { time, prompter }: Pick<Context, 'time' | 'prompter'>,
): Promise<string> {
  const now = time.decisive();
  const ago = (moment: string | null): string =>
    moment === null ? 'never' : relativeTime(Date.parse(moment), now);
  const choices = tokens.map((token) => ({
    id: token.id,
    label: token.name ?? '(no name)',
    detail: `${token.id}  used ${ago(token.last_used_at)}  expires ${ago(token.expires_at)}  created ${ago(token.created_at)}`,
  }));
  return (await prompter()).choose(question, choices);
}

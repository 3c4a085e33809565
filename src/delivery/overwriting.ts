import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, Interrupted } from '../text/errors.ts';
import { lines, type Text, text } from '../text/text.ts';
import type { Sink } from '../values/sink.ts';
import { isSameName } from '../values/token-name.ts';

/** Milliseconds: a token that ends within them can lose its secret. */
const SOON = 30 * 86_400_000;

/**
 * Decides whether the pairs of other tokens in a file may be replaced: its secret may be nowhere else. Nothing has
 * been made.
 *
 * @param name of the new token
 * @throws Failure CONFIRMATION_REQUIRED off a terminal, CANCELLED
 */
export async function admitOverwriting(
  ids: readonly string[],
  { place }: Pick<Sink, 'place'>,
  name: string | undefined,
  isAgreed: boolean,
  context: Context,
): Promise<void> {
  const organization = await context.organization();
  for (const id of ids) {
    context.progress.start(text`Looking up service token ${id}, whose secret is in ${place}`);
    const state = await stateOf(id, organization);
    const pair = text`${place} holds the ID and secret of service token ${id}`;
    if (state.kind === 'out of use') {
      context.note(text`${pair}, which ${state.why}. They are replaced.`);
      continue;
    }
    const { token, now } = state;
    const deletion = commandLine('delete', id, '--org', organization.name);
    const called = token.name ? text` (${token.name})` : text``;
    const end = token.expires_at === null ? text`lives on` : text`works until ${token.expires_at}`;
    const fate = text`${pair}${called}, which ${end}. They are replaced.`;
    const isNamesake = token.name !== null && token.name !== '' && isSameName(token.name, name ?? '');
    const endsSoon = token.expires_at !== null && Date.parse(token.expires_at) - now <= SOON;
    if (!isNamesake && !endsSoon && !isAgreed)
      await ask(text`${pair}${called}, which ${end}.`, deletion, context);
    context.warn(lines(fate, text`To delete that token: ${deletion}`));
  }
}

type State =
  | { readonly kind: 'out of use'; readonly why: Text }
  /** `now` in milliseconds since the epoch, as the API has it. */
  | { readonly kind: 'alive'; readonly token: ServiceToken; readonly now: number };

async function stateOf(id: string, { tokens, now: timeNow }: Organization): Promise<State> {
  let token: ServiceToken;
  try {
    token = await tokens.get(id);
  } catch (failure) {
    if (!(failure instanceof Failure) || failure instanceof Interrupted) throw failure;
    const why = failure.code === 'NOT_FOUND' ? text`does not exist` : text`could not be looked up`;
    return { kind: 'out of use', why };
  }
  const now = await timeNow();
  const isOver = token.expires_at !== null && Date.parse(token.expires_at) <= now;
  return isOver
    ? { kind: 'out of use', why: text`expired at ${token.expires_at ?? ''}` }
    : { kind: 'alive', token, now };
}

/** @throws Failure CONFIRMATION_REQUIRED off a terminal, CANCELLED */
async function ask(pair: Text, deletion: string, context: Context): Promise<void> {
  const lost = text`This may be the only copy of that secret.`;
  if (!context.io.interactive) {
    throw new Failure(
      'CONFIRMATION_REQUIRED',
      text`cannot confirm that the secret of another token is replaced (run with --overwrite to override)`,
      {
        hint: lines(
          text`Nothing was created. ${pair} ${lost}`,
          text`Save the new one to another file, or delete that token first: ${deletion}`,
        ),
        nextSteps: [
          'Ask the user to approve this action',
          'Re-run the same command with --overwrite after approval',
        ],
      },
    );
  }
  const prompter = await context.prompter();
  if (await prompter.confirm(lines(text`${pair} ${lost}`, text`Replace it?`))) return;
  throw new Failure('CANCELLED', text`nothing was changed`);
}

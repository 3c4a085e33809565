import type { Organization } from '../api/organization.ts';
import { checkName } from '../api/path.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { argument, optionalArgument, switchFlag } from '../cli/declaration.ts';
import { PROGRAM } from '../command-line.ts';
import { Failure } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Progress } from '../output/progress.ts';
import { goTime } from '../output/time.ts';
import { shownId } from '../settings/credentials.ts';
import { holdsSecret } from '../settings/redaction.ts';
import { describeSource } from '../settings/source.ts';
import { lines, type Text, text, unstyled } from '../text.ts';

/** A token as it is named on a command line. */
export type TokenReference =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string };

const MEANING = 'ID of the token, as shown by list, or name:<its exact name>';

/** A token that has to be named. */
export const TOKEN = argument('token-id', MEANING, parseTokenReference, 'token');

/** A token that may be left out. */
export const OPTIONAL_TOKEN = optionalArgument(
  'token-id',
  `${MEANING}; without it, choose from a list`,
  parseTokenReference,
  'token',
);

/** The token in use may be meant. */
export const SELF = switchFlag('--self', 'Allow this for the token used to authenticate');

const PREFIX = 'name:';
/** No more tokens of one name are listed in a message. */
const MOST_LISTED = 10;

/**
 * Reads an id, or `name:` and the exact name of a token. Nothing is sent.
 *
 * @throws Failure INVALID_USAGE for what can be neither
 */
export function parseTokenReference(word: string): TokenReference {
  if (!word.startsWith(PREFIX)) return { kind: 'id', id: checkTokenId(word) };
  const name = word.slice(PREFIX.length);
  if (name === '') {
    throw new Failure('INVALID_USAGE', text`${PREFIX} is followed by no name`, {
      hint: text`Use the name shown by list. Perhaps a shell variable is empty.`,
    });
  }
  if (holdsSecret(name)) checkTokenId(name);
  return { kind: 'name', name };
}

/** @throws Failure INVALID_USAGE for what cannot be a token id, or is plainly a secret */
export function checkTokenId(value: string): string {
  if (holdsSecret(value)) {
    throw new Failure('INVALID_USAGE', text`that is the secret of a token, not its ID`, {
      hint: text`Use the 12 letters and digits shown by list. The secret was not sent anywhere.`,
    });
  }
  return checkName(value, 'token id');
}

/** What else is said of several tokens of one name: how to go on, as words and as command lines. */
export type WaysOn = (
  tokens: readonly ServiceToken[],
  organization: Organization,
) => { readonly advice: Text; readonly nextSteps: readonly string[] } | undefined;

/**
 * The id of the token that is meant. Only a name costs a request: the list.
 *
 * @param waysOn asked where several tokens have that name

 * @throws Failure NOT_FOUND where no token has that name, INVALID_USAGE where several have
 */
export async function resolveTokenId(
  reference: TokenReference,
  organization: Organization,
  progress: Progress,
  waysOn?: WaysOn,
): Promise<string> {
  if (reference.kind === 'id') return reference.id;
  const { name } = reference;
  progress.start(text`Looking up service token ${name} in org ${organization.name}`);
  const tokens = await organization.tokens.list();
  const [token, ...others] = tokens.filter((candidate) => candidate.name === name);
  if (!token) throw unknownName(name, organization, tokens);
  if (others.length > 0) throw ambiguousName(name, organization, [token, ...others], waysOn);
  return token.id;
}

/**
 * Refuses to end the service token that requests are made with: what runs next would be locked out.
 * Sends nothing.
 *
 * @param self whether the user said that this is what is wanted
 * @throws Failure INVALID_USAGE
 */
export function refuseTokenInUse(id: string, { tokenInUse }: Organization, self: boolean): void {
  if (self || tokenInUse?.value !== id) return;
  throw new Failure(
    'INVALID_USAGE',
    text`service token ${shownId(id)} is the one used to authenticate (${describeSource(tokenInUse.source)})`,
    { hint: text`Anything using it would be locked out. To do it anyway, add --self.` },
  );
}

function unknownName(name: string, organization: Organization, tokens: readonly ServiceToken[]): Failure {
  const names = tokens.flatMap((token) => token.name ?? []);
  const suggestion = nearest(name, names);
  return new Failure('NOT_FOUND', text`no service token in ${organization.name} is named ${name}`, {
    hint:
      suggestion === undefined
        ? text`Run '${unstyled(PROGRAM)} list' to see the service tokens.`
        : text`Did you mean ${PREFIX + suggestion}?`,
  });
}

function ambiguousName(
  name: string,
  organization: Organization,
  tokens: readonly ServiceToken[],
  waysOn: WaysOn = () => undefined,
): Failure {
  const message = text`${tokens.length} service tokens in ${organization.name} are named ${name}`;
  const shown = tokens.slice(0, MOST_LISTED).map(described);
  const ways = waysOn(tokens, organization);
  const rest: Text[] =
    tokens.length > MOST_LISTED ? [text`and ${unstyled(tokens.length - MOST_LISTED)} more`] : [];
  return new Failure('INVALID_USAGE', message, {
    hint: lines(text`Use the ID of the one you mean:`, ...shown, ...rest, ...(ways ? [ways.advice] : [])),
    nextSteps: ways?.nextSteps ?? ['Re-run with the ID of the token'],
  });
}

function described({ id, created_at, last_used_at }: ServiceToken): Text {
  const used = last_used_at === null ? text`never used` : text`last used ${unstyled(goTime(last_used_at))}`;
  return text`  ${id}  created ${unstyled(goTime(created_at))}, ${used}`;
}

import type { Organization } from '../api/organization.ts';
import { checkName } from '../api/path.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { argument, optionalArgument, switchFlag } from '../cli/declaration.ts';
import { PROGRAM } from '../command-line.ts';
import { Failure, Interrupted, rephrased } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Progress } from '../output/progress.ts';
import { goTime } from '../output/time.ts';
import { shownId } from '../settings/credentials.ts';
import { holdsSecret } from '../settings/redaction.ts';
import { describeSource } from '../settings/source.ts';
import { lines, type Text, text, unstyled } from '../text.ts';

/** A token as it is named on a command line. */
export type TokenReference =
  /** `isWord` where nothing said that it is one: it has the form of an id. */
  | { readonly kind: 'id'; readonly id: string; readonly isWord: boolean }
  | { readonly kind: 'name'; readonly name: string }
  /** An id of another form, or a name: only the list can tell. */
  | { readonly kind: 'word'; readonly word: string };

const MEANING = 'ID or name of the token, as shown by list; also id:<id>, name:<name>';

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

const NAME_PREFIX = 'name:';
const ID_PREFIX = 'id:';
/** What ids of the API look like; a word of another form is looked up before anything is done with it. */
const ID_FORM = /^[a-z0-9]{12}$/;
/** No more tokens of one name are listed in a message. */
const MOST_LISTED = 10;

/**
 * Reads an id, a name, or either with `id:` or `name:` before it. Nothing is sent.
 *
 * @throws Failure INVALID_USAGE for what can be neither
 */
export function parseTokenReference(word: string): TokenReference {
  if (word.startsWith(NAME_PREFIX)) {
    const name = word.slice(NAME_PREFIX.length);
    if (name === '') {
      throw new Failure('INVALID_USAGE', text`${NAME_PREFIX} is followed by no name`, {
        hint: text`Use the name shown by list. Perhaps a shell variable is empty.`,
      });
    }
    if (holdsSecret(name)) checkTokenId(name);
    return { kind: 'name', name };
  }
  if (word.startsWith(ID_PREFIX)) {
    return { kind: 'id', id: checkTokenId(word.slice(ID_PREFIX.length)), isWord: false };
  }
  if (ID_FORM.test(word)) return { kind: 'id', id: word, isWord: true };
  // A name may hold blanks; all else that cannot be an id is no name that somebody would type by itself.
  const isNameWithBlanks = /^[^\p{Cc}/\\]+$/u.test(word) && /\S\s+\S/u.test(word) && !holdsSecret(word);
  if (!isNameWithBlanks) checkTokenId(word);
  return { kind: 'word', word };
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
 * The id of the token that is meant. What has the form of an id costs no request; all else is looked up in the list,
 * once. Where the list may not be read, a word is taken for an id.
 *
 * @param options `waysOn` is asked where several tokens have that name; `noun` is what the official CLI calls one
 *   that is missing
 * @throws Failure NOT_FOUND where there is no such token, INVALID_USAGE where several have that name
 */
export async function resolveTokenId(
  reference: TokenReference,
  organization: Organization,
  progress: Progress,
  { waysOn, noun = 'token' }: { readonly waysOn?: WaysOn; readonly noun?: string } = {},
): Promise<string> {
  if (reference.kind === 'id') return reference.id;
  const name = reference.kind === 'name' ? reference.name : reference.word;
  progress.start(text`Looking up service token ${name} in org ${organization.name}`);
  let tokens: readonly ServiceToken[];
  try {
    tokens = await organization.tokens.list();
  } catch (failure) {
    if (reference.kind === 'word' && mayBeSentAsId(name, failure)) return name;
    throw failure;
  }
  const named = tokens.filter((token) => token.name === name);
  const [byId] = reference.kind === 'word' ? tokens.filter((token) => token.id === name) : [];
  const [token, ...others] = byId ? [byId, ...named.filter(({ id }) => id !== byId.id)] : named;
  if (!token) throw unknownToken(reference, organization, tokens, noun);
  if (others.length > 0) throw ambiguousName(name, organization, [token, ...others], waysOn);
  return token.id;
}

/** Whoever may delete tokens need not be allowed to list them. */
function mayBeSentAsId(word: string, failure: unknown): boolean {
  const isHidden =
    failure instanceof Failure && (failure.code === 'FORBIDDEN' || failure.code === 'NOT_FOUND');
  return isHidden && !/\s/u.test(word);
}

/**
 * Reads a token. A word of the form of an id is an id first, and then a name: nothing is changed by looking.
 *
 * @param read reads by the token's id
 */
export async function readToken<Value>(
  reference: TokenReference,
  organization: Organization,
  progress: Progress,
  read: (id: string) => Promise<Value>,
): Promise<Value> {
  const id = await resolveTokenId(reference, organization, progress, { noun: 'service token' });
  try {
    return await read(id);
  } catch (failure) {
    const named = await namedInstead(reference, organization, failure);
    const [token, ...others] = named;
    if (!token) throw takenForId(reference, failure);
    if (others.length > 0) throw ambiguousName(id, organization, named);
    return read(token.id);
  }
}

/**
 * Changes a token. A word of the form of an id is an id only: where there is no such token, one of that name is
 * mentioned, and not changed.
 */
export async function changeToken<Value>(
  reference: TokenReference,
  organization: Organization,
  change: () => Promise<Value>,
): Promise<Value> {
  try {
    return await change();
  } catch (failure) {
    const [token] = await namedInstead(reference, organization, failure);
    if (!token || !(failure instanceof Failure)) throw takenForId(reference, failure);
    const hint = text`A token is named ${token.name ?? ''}. If that is the one you mean, use ${NAME_PREFIX + (token.name ?? '')}.`;
    throw rephrased(failure, failure.text, {
      hint: failure.hint ? lines(hint, failure.hint) : hint,
      nextSteps: failure.nextSteps,
    });
  }
}

/** The tokens that have a word for their name which was taken for an id, and was none; best effort. */
async function namedInstead(
  reference: TokenReference,
  organization: Organization,
  failure: unknown,
): Promise<readonly ServiceToken[]> {
  const isMissing = failure instanceof Failure && failure.code === 'NOT_FOUND';
  if (!isMissing || reference.kind !== 'id' || !reference.isWord) return [];
  try {
    return (await organization.tokens.list()).filter(({ name }) => name === reference.id);
  } catch (listFailure) {
    if (listFailure instanceof Interrupted) throw listFailure;
    return [];
  }
}

/** A word that could not be looked up was sent as an id: the failure says so. */
function takenForId(reference: TokenReference, failure: unknown): unknown {
  if (reference.kind !== 'word' || !(failure instanceof Failure) || failure.code !== 'NOT_FOUND')
    return failure;
  const hint = text`The list of tokens may not be read with these credentials, so ${reference.word} was taken for an ID.`;
  return rephrased(failure, failure.text, {
    hint: failure.hint ? lines(hint, failure.hint) : hint,
    nextSteps: failure.nextSteps,
  });
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

function unknownToken(
  reference: Exclude<TokenReference, { kind: 'id' }>,
  organization: Organization,
  tokens: readonly ServiceToken[],
  noun: string,
): Failure {
  const isName = reference.kind === 'name';
  const word = isName ? reference.name : reference.word;
  const names = tokens.flatMap(({ name }) => name ?? []);
  const suggestion = nearest(word, names);
  const message = isName
    ? text`no service token in ${organization.name} is named ${word}`
    : text`${unstyled(noun)} ${word} does not exist in organization ${organization.name}`;
  return new Failure('NOT_FOUND', message, {
    hint:
      suggestion === undefined
        ? text`Run '${unstyled(PROGRAM)} list' to see the service tokens.`
        : text`Did you mean ${isName ? NAME_PREFIX + suggestion : suggestion}?`,
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

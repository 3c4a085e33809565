import { mayBeHidden } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import type { ServiceToken } from '../api/schemas.ts';
import type { Context } from '../context.ts';
import { NAME_PREFIX, type TokenReference } from '../flags/token.ts';
import { PROGRAM } from '../text/command-line.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import { goTime } from '../values/time.ts';
import { isSameName } from '../values/token-name.ts';
import { chooseAmong } from './token-choice.ts';

/** No more tokens of one name are listed in a message. */
const MOST_LISTED = 10;

/** What looking a token up needs: it shows progress, and may ask which of several is meant. */
export type Asking = Pick<Context, 'progress' | 'io' | 'prompter' | 'time'>;

/** What else is said of several tokens of one name: how to go on, as words and as command lines. */
export type WaysOn = (
  tokens: readonly ServiceToken[],
  organization: Organization,
) => { readonly advice: Text; readonly nextSteps: readonly string[] } | undefined;

interface LookupOptions {
  /** Asked where several tokens have that name, and nobody can choose. */
  readonly waysOn?: WaysOn;
  /** What the official CLI calls one that is missing. */
  readonly noun?: string;
}

/**
 * The id of the token that is meant. What has the form of an id costs no request; all else is looked up in the list,
 * once. Where the list may not be read, a word is taken for an id. Of several tokens of one name, somebody at a
 * terminal chooses one.
 *
 * @throws Failure NOT_FOUND where there is no such token, INVALID_USAGE where several have that name, CANCELLED
 */
export async function resolveTokenId(
  reference: TokenReference,
  organization: Organization,
  asking: Asking,
  options: LookupOptions = {},
): Promise<string> {
  if (reference.kind === 'id') return reference.id;
  const name = wordOf(reference);
  asking.progress.start(text`Looking up service token ${name} in org ${organization.name}`);
  let tokens: readonly ServiceToken[];
  try {
    tokens = await organization.tokens.list();
  } catch (failure) {
    if (reference.kind === 'word' && mayBeSentAsId(name, failure)) return name;
    throw failure;
  }
  const token = await onlyOne(name, meant(reference, tokens), organization, asking, options);
  if (!token) throw unknownToken(reference, organization, tokens, options.noun ?? 'token');
  return token;
}

/**
 * The tokens that are meant, each once, in the order in which they were first named. All of them are looked up before
 * anything is answered, by one reading of the list.
 *
 * @throws Failure as {@link resolveTokenId}, and what reading the list fails with: of several words, none is sent
 *   without having been seen there
 */
export async function resolveTokens(
  references: readonly TokenReference[],
  organization: Organization,
  asking: Asking,
): Promise<readonly ServiceToken[]> {
  asking.progress.start(text`Looking up service tokens in org ${organization.name}`);
  const tokens = await organization.tokens.list({ mustBeWhole: true });
  const found = new Map<string, ServiceToken>();
  for (const reference of references) {
    const id = await onlyOne(wordOf(reference), meant(reference, tokens), organization, asking, {});
    const token = tokens.find((candidate) => candidate.id === id);
    if (!token) throw unknownToken(reference, organization, tokens, 'token');
    found.set(token.id, token);
  }
  return [...found.values()];
}

function wordOf(reference: TokenReference): string {
  if (reference.kind === 'name') return reference.name;
  return reference.kind === 'id' ? reference.id : reference.word;
}

/** The tokens that a reference may mean; the one of that id first. */
function meant(reference: TokenReference, tokens: readonly ServiceToken[]): readonly ServiceToken[] {
  const word = wordOf(reference);
  const byId = tokens.filter(({ id }) => reference.kind !== 'name' && id === word);
  const byName = tokens.filter(
    ({ id, name }) =>
      reference.kind !== 'id' && name !== null && isSameName(name, word) && id !== byId[0]?.id,
  );
  return [...byId, ...byName];
}

/** The id of the only candidate, or of the one that is chosen; undefined where there is none. */
async function onlyOne(
  name: string,
  candidates: readonly ServiceToken[],
  organization: Organization,
  asking: Asking,
  { waysOn }: LookupOptions,
): Promise<string | undefined> {
  const [first, ...others] = candidates;
  if (others.length === 0) return first?.id;
  if (!asking.io.interactive) throw await ambiguousName(name, organization, candidates, waysOn);
  const question = text`${candidates.length} service tokens in ${organization.name} are named ${name}. Which one?`;
  return chooseAmong(question, candidates, asking);
}

/** Whoever may delete tokens need not be allowed to list them. */
function mayBeSentAsId(word: string, failure: unknown): boolean {
  return mayBeHidden(failure) && !/\s/u.test(word);
}

/**
 * Reads a token. A word of the form of an id is an id first, and then a name: nothing is changed by looking.
 *
 * @param read reads by the token's id
 */
export async function readToken<Value>(
  reference: TokenReference,
  organization: Organization,
  asking: Asking,
  read: (id: string) => Promise<Value>,
): Promise<Value> {
  const id = await resolveTokenId(reference, organization, asking, { noun: 'service token' });
  try {
    return await read(id);
  } catch (failure) {
    const named = await namedInstead(reference, organization, failure);
    const instead = await onlyOne(id, named, organization, asking, {});
    if (instead === undefined) throw takenForId(reference, failure);
    return read(instead);
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
    return (await organization.tokens.list()).filter(
      ({ name }) => name !== null && isSameName(name, reference.id),
    );
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

function unknownToken(
  reference: TokenReference,
  organization: Organization,
  tokens: readonly ServiceToken[],
  noun: string,
): Failure {
  const isName = reference.kind === 'name';
  const word = wordOf(reference);
  const message = isName
    ? text`no service token in ${organization.name} is named ${word}`
    : text`${unstyled(noun)} ${word} does not exist in organization ${organization.name}`;
  return new Failure('NOT_FOUND', message, { hint: nearestToken(reference, tokens) });
}

function nearestToken(reference: TokenReference, tokens: readonly ServiceToken[]): Text {
  const word = wordOf(reference);
  // A word of the form of an id is no name, but a token of that name may be what is meant.
  if (reference.kind === 'id' && tokens.some(({ name }) => name !== null && isSameName(name, word))) {
    return text`A token is named ${word}. If that is the one you mean, use ${NAME_PREFIX + word}.`;
  }
  const suggestion = nearest(
    word,
    tokens.flatMap(({ name }) => name ?? []),
  );
  if (suggestion === undefined) return text`Run '${unstyled(PROGRAM)} list' to see the service tokens.`;
  return text`Did you mean ${reference.kind === 'name' ? NAME_PREFIX + suggestion : suggestion}?`;
}

async function ambiguousName(
  name: string,
  organization: Organization,
  tokens: readonly ServiceToken[],
  waysOn: WaysOn = () => undefined,
): Promise<Failure> {
  const message = text`${tokens.length} service tokens in ${organization.name} are named ${name}`;
  const shown = await Promise.all(
    tokens.slice(0, MOST_LISTED).map(async (token) => described(token, await creatorOf(token, organization))),
  );
  const ways = waysOn(tokens, organization);
  const rest: Text[] =
    tokens.length > MOST_LISTED ? [text`and ${unstyled(tokens.length - MOST_LISTED)} more`] : [];
  return new Failure('INVALID_USAGE', message, {
    hint: lines(text`Use the ID of the one you mean:`, ...shown, ...rest, ...(ways ? [ways.advice] : [])),
    nextSteps: ways?.nextSteps ?? ['Re-run with the ID of the token'],
  });
}

/** Only the token itself tells who created it, which helps to choose and is no reason to fail. */
async function creatorOf({ id }: ServiceToken, { tokens }: Organization): Promise<string | undefined> {
  try {
    return (await tokens.get(id)).actor_display_name ?? undefined;
  } catch (failure) {
    if (failure instanceof Interrupted) throw failure;
    return undefined;
  }
}

function described({ id, created_at, last_used_at }: ServiceToken, creator: string | undefined): Text {
  const by = creator === undefined ? text`` : text` by ${creator}`;
  const used = last_used_at === null ? text`never used` : text`last used ${unstyled(goTime(last_used_at))}`;
  return text`  ${id}  created ${unstyled(goTime(created_at))}${by}, ${used}`;
}

import type { Organization } from '../api/organization.ts';
import { checkName } from '../api/path.ts';
import { argument, argumentList, optionalArgument, switchFlag } from '../cli/declaration.ts';
import { isTokenId, shownId } from '../settings/credentials.ts';
import { holdsSecret } from '../settings/redaction.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { describeSource } from '../values/source.ts';

/** A token as it is named on a command line. */
export type TokenReference =
  /** `isWord` where nothing said that it is one: it has the form of an id. */
  | { readonly kind: 'id'; readonly id: string; readonly isWord: boolean }
  | { readonly kind: 'name'; readonly name: string }
  /** An id of another form, or a name: only the list can tell. */
  | { readonly kind: 'word'; readonly word: string };

const MEANING = 'ID or name, as shown by list; also id:<id>, name:<name>';

/** A token that has to be named. */
export const TOKEN = argument('token-id', MEANING, parseTokenReference, 'token');

/** A token that may be left out. */
export const OPTIONAL_TOKEN = optionalArgument(
  'token-id',
  `${MEANING}; without it, choose from a list`,
  parseTokenReference,
  'token',
);

/** Stands for IDs that are read from stdin. */
export const STDIN_WORD = '-';

/** Tokens as a command line names them: its words, or what stdin holds. */
export type TokenWords =
  | { readonly kind: 'words'; readonly references: readonly TokenReference[] }
  | { readonly kind: 'stdin' };

/** Any number of tokens, each word once; `-` for IDs from stdin. */
export const TOKENS = argumentList(
  'token-id',
  'IDs or names of the tokens, as shown by list; - reads IDs from stdin',
  'any number',
  parseTokenWords,
  'token',
);

/** The token in use may be meant. */
export const SELF = switchFlag('--self', 'Allow this for the token used to authenticate');

export const NAME_PREFIX = 'name:';
const ID_PREFIX = 'id:';

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
  // A word of another form is looked up before anything is done with it.
  if (isTokenId(word)) return { kind: 'id', id: word, isWord: true };
  // A name may hold blanks; all else that cannot be an id is no name that somebody would type by itself.
  const isNameWithBlanks = /^[^\p{Cc}/\\]+$/u.test(word) && /\S\s+\S/u.test(word) && !holdsSecret(word);
  if (!isNameWithBlanks) checkTokenId(word);
  return { kind: 'word', word };
}

/** @throws Failure INVALID_USAGE */
function parseTokenWords(words: readonly string[]): TokenWords {
  if (!words.includes(STDIN_WORD))
    return { kind: 'words', references: [...new Set(words)].map(parseTokenReference) };
  if (words.length === 1) return { kind: 'stdin' };
  throw new Failure('INVALID_USAGE', text`- reads the tokens from stdin, so no others can be named`, {
    hint: text`Name all of them, or use - alone. A token that is named - is ${`${NAME_PREFIX}-`}.`,
  });
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

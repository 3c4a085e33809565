import type { Client } from '../api/client.ts';
import type { ServiceToken } from '../api/schemas.ts';
import { PROGRAM } from '../command-line.ts';
import { Failure } from '../errors.ts';
import type { Progress } from '../output/progress.ts';
import { goTime } from '../output/time.ts';
import { nearest } from '../permissions/nearest.ts';
import { holdsSecret } from '../settings/redaction.ts';
import { lines, type Text, text, unstyled } from '../text.ts';
import { checkTokenId } from './arguments.ts';

/** A token as it is named on a command line. */
export type TokenReference =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string };

/** What help says of an argument that takes one. */
export const TOKEN_ARGUMENT = 'ID of the token, as list shows it, or name:<its exact name>';

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
      hint: text`Give the name that list shows. Is a variable of your shell not set?`,
    });
  }
  if (holdsSecret(name)) checkTokenId(name);
  return { kind: 'name', name };
}

/**
 * The id of the token that is meant. Only a name costs a request: the list.
 *
 * @throws Failure NOT_FOUND where no token has that name, INVALID_USAGE where several have
 */
export async function resolveTokenId(
  reference: TokenReference,
  organization: string,
  client: Client,
  progress: Progress,
): Promise<string> {
  if (reference.kind === 'id') return reference.id;
  const { name } = reference;
  progress.start(text`Looking up service token ${name} in org ${organization}`);
  const tokens = await client.listServiceTokens(organization);
  const [token, ...others] = tokens.filter((candidate) => candidate.name === name);
  if (!token) throw unknownName(name, organization, tokens);
  if (others.length > 0) throw ambiguousName(name, organization, [token, ...others]);
  return token.id;
}

function unknownName(name: string, organization: string, tokens: readonly ServiceToken[]): Failure {
  const names = tokens.flatMap((token) => token.name ?? []);
  const suggestion = nearest(name, names);
  return new Failure('NOT_FOUND', text`no service token of organization ${organization} is named ${name}`, {
    hint:
      suggestion === undefined
        ? text`Please run '${unstyled(PROGRAM)} list' to see a list of tokens`
        : text`Did you mean ${PREFIX + suggestion}?`,
  });
}

function ambiguousName(name: string, organization: string, tokens: readonly ServiceToken[]): Failure {
  const message = text`${tokens.length} service tokens of organization ${organization} are named ${name}`;
  const listed = tokens.slice(0, MOST_LISTED).map(described);
  const rest: Text[] =
    tokens.length > MOST_LISTED ? [text`and ${unstyled(tokens.length - MOST_LISTED)} more`] : [];
  return new Failure('INVALID_USAGE', message, {
    hint: lines(text`Name the one that is meant by its id:`, ...listed, ...rest),
    nextSteps: ['Re-run with the id of the token that is meant'],
  });
}

function described({ id, created_at, last_used_at }: ServiceToken): Text {
  const used = last_used_at === null ? 'never used' : `last used ${goTime(last_used_at)}`;
  return text`  ${id}  created ${unstyled(goTime(created_at))}, ${unstyled(used)}`;
}

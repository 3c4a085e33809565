import { join } from 'node:path';
import { displayPath } from '../files/paths.ts';
import { Failure } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import { badValue } from '../values/bad-value.ts';
import type { Environment } from '../values/environment.ts';
import { describeSource, type Resolved } from '../values/source.ts';
import { configDirectory, looseModeWarnings, readIfPresent } from './files.ts';
import { readKeychainToken } from './keychain.ts';
import { holdsSecret } from './redaction.ts';

/** What requests authenticate with. The secret parts are never put into a message. */
export type Credentials =
  | { readonly kind: 'service-token'; readonly id: Resolved<string>; readonly secret: Resolved<string> }
  | { readonly kind: 'user'; readonly token: Resolved<string> };

export interface CredentialCandidates {
  readonly id: Resolved<string> | undefined;
  readonly secret: Resolved<string> | undefined;
  readonly userToken: Resolved<string> | undefined;
}

/** What finding a saved sign-in may need. */
export interface CredentialMeans {
  readonly warn: (warning: Text) => void;
  /** Ends waiting for the keychain, where a person may have to type a password. */
  readonly signal: AbortSignal;
  /** Asks the keychain; this machine's unless said otherwise. */
  readonly readKeychain?: typeof readKeychainToken;
}

const LOGIN_WAYS: Text = lines(
  text`Set PLANETSCALE_SERVICE_TOKEN_ID and PLANETSCALE_SERVICE_TOKEN (a token made in the dashboard),`,
  text`set PLANETSCALE_API_TOKEN, or run 'pscale auth login'. The README's "First credential" tells how.`,
);

/**
 * Chooses what to authenticate with: a service token beats a user token, as in the official CLI, and
 * half a pair or a swapped one is refused even where a user token could step in, because it is a
 * mistake that would otherwise act as somebody else.
 *
 * @throws Failure NO_AUTH
 */
export async function chooseCredentials(
  candidates: CredentialCandidates,
  environment: Environment,
  means: CredentialMeans,
): Promise<Credentials> {
  const { id, secret } = candidates;
  if (id && secret) return servicePair(id, secret);
  if (id ?? secret) throw halfPair(id, secret);
  const token = candidates.userToken ?? (await savedLogin(environment, means));
  if (token) return { kind: 'user', token: userToken(token) };
  throw new Failure('NO_AUTH', text`not authenticated: no service token and no user access token found`, {
    hint: LOGIN_WAYS,
  });
}

/** The `Authorization` header: `ID:SECRET` for a service token, a bearer token for a user. */
export function authorizationHeader(credentials: Credentials): string {
  return credentials.kind === 'service-token'
    ? `${credentials.id.value}:${credentials.secret.value}`
    : `Bearer ${credentials.token.value}`;
}

/**
 * The parts that no output may hold: the secret, and an id that has not the shape of one, because it may well
 * be something else that was pasted there.
 */
export function secretsOf(credentials: Credentials): string[] {
  if (credentials.kind === 'user') return [credentials.token.value];
  const { id, secret } = credentials;
  return isTokenId(id.value) ? [secret.value] : [secret.value, id.value];
}

/** The id of credentials as messages may show it: whole if it has the shape of one, else how it begins. */
export function shownId(id: string): string {
  return isTokenId(id) ? id : `${id.slice(0, 4)}…`;
}

/** Whether a word has the form of an id of the API. */
export function isTokenId(id: string): boolean {
  return /^[a-z0-9]{12}$/.test(id);
}

/** Whose credentials these are, and where they came from. */
export function describeCredentials(credentials: Credentials): Text {
  return credentials.kind === 'service-token'
    ? text`service token ${shownId(credentials.id.value)} (${describeSource(credentials.id.source)})`
    : text`user access token (${describeSource(credentials.token.source)})`;
}

function servicePair(id: Resolved<string>, secret: Resolved<string>): Credentials {
  if (holdsSecret(id.value) && !holdsSecret(secret.value)) {
    throw new Failure(
      'NO_AUTH',
      text`it looks like you swapped the --service-token and --service-token-id values`,
      {
        hint: text`${describeSource(id.source)} holds a secret (pscale_tkn_…), ${describeSource(secret.source)} holds what looks like an id: exchange them.`,
      },
    );
  }
  return { kind: 'service-token', id: tokenId(id), secret: tokenSecret(secret) };
}

/** The ID of a service token, if it can be one. @throws Failure INVALID_USAGE, INVALID_CONFIG */
export function tokenId(id: Resolved<string>): Resolved<string> {
  if (!holdsSecret(id.value)) return headerSafe(id);
  throw badValue(
    id,
    text`${describeSource(id.source)} holds a secret, not the ID of a service token`,
    text`Set it to the 12 letters and digits that identify the token.`,
  );
}

/** The secret of a service token, if it can be one. @throws Failure INVALID_USAGE, INVALID_CONFIG */
export function tokenSecret(secret: Resolved<string>): Resolved<string> {
  if (!PAIR.test(secret.value)) return headerSafe(secret);
  throw badValue(
    secret,
    text`${describeSource(secret.source)} contains an ID and a secret, not the secret alone`,
    text`Set it to the part after the colon.`,
  );
}

/**
 * A user's token, if it is one: set-ups of PlanetScale's hosted MCP server leave a service token's secret in its
 * place, and a pair pasted as `id:secret` is another token's.
 *
 * @throws Failure INVALID_USAGE, INVALID_CONFIG
 */
export function userToken(token: Resolved<string>): Resolved<string> {
  const isPair = PAIR.test(token.value);
  if (isPair || /pscale_tkn_/i.test(token.value)) {
    const where = describeSource(token.source);
    throw badValue(
      token,
      isPair
        ? text`${where} holds the ID and secret of a service token, not a user's access token`
        : text`${where} holds the secret of a service token, not a user's access token`,
      text`Set PLANETSCALE_SERVICE_TOKEN_ID and PLANETSCALE_SERVICE_TOKEN to its ID and secret instead.`,
    );
  }
  return headerSafe(token);
}

/** An id and a secret in one. */
const PAIR = /^["']?[a-z0-9]{12}:\S/;

function halfPair(id: Resolved<string> | undefined, secret: Resolved<string> | undefined): Failure {
  const present = id ?? secret;
  const missing = id ? 'secret' : 'id';
  const mend = id
    ? '--service-token or PLANETSCALE_SERVICE_TOKEN'
    : '--service-token-id or PLANETSCALE_SERVICE_TOKEN_ID';
  return new Failure(
    'NO_AUTH',
    text`both --service-token and --service-token-id are required for service token authentication`,
    {
      hint: text`${present ? describeSource(present.source) : text``} is set, its ${unstyled(missing)} is not: set ${unstyled(mend)} as well.`,
    },
  );
}

/** A line break at the end of a pasted secret would otherwise fail deep in the HTTP library, value included. */
function headerSafe(credential: Resolved<string>): Resolved<string> {
  const { value, source } = credential;
  const where = describeSource(source);
  if (/^bearer\b/i.test(value.replace(/^["']/, ''))) {
    throw badValue(
      credential,
      text`${where} starts with Bearer, which is not part of the credential`,
      text`Remove Bearer.`,
    );
  }
  if (/^["']|["']$/.test(value)) {
    throw badValue(
      credential,
      text`${where} has quotes around its value`,
      text`Remove the quotes; docker --env-file and others keep them.`,
    );
  }
  if (/^[\x21-\x7e]+$/.test(value)) return credential;
  throw badValue(
    credential,
    text`${where} contains white space or a character that no credential has`,
    text`Copy the value again; a line break at its end counts too.`,
  );
}

async function savedLogin(
  environment: Environment,
  { warn, signal, readKeychain = readKeychainToken }: CredentialMeans,
): Promise<Resolved<string> | undefined> {
  const fromKeychain = await readKeychain(environment, signal);
  if (fromKeychain) {
    return {
      value: fromKeychain,
      source: { kind: 'keychain', name: "the keychain entry of 'pscale auth login'" },
    };
  }
  const directory = configDirectory(environment);
  if (directory === undefined) return undefined;
  const path = join(directory, 'access-token');
  const found = readIfPresent(path, environment);
  const value = found?.content.trim();
  if (!found || !value) return undefined;
  const shown = displayPath(path, environment);
  for (const warning of looseModeWarnings(found, shown, environment)) warn(warning);
  return { value, source: { kind: 'file', path: shown } };
}

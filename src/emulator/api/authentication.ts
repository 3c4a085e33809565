import { ADMINISTRATOR } from '../state/administrator.ts';
import { digestOf, isSecret, stableId } from '../state/secrets.ts';
import type { Actor, ServiceToken, State } from '../state/state.ts';
import { invalidUserToken, unauthorized } from './api-failure.ts';

/** Whose request it is: an administrator may do everything, a made token what it was given. */
export type Caller =
  | { readonly kind: 'administrator'; readonly actor: Actor }
  | { readonly kind: 'service token'; readonly actor: Actor; readonly token: ServiceToken };

/** A credential as it was presented, unchecked. */
export type PresentedCredential =
  | { readonly kind: 'service token'; readonly id: string; readonly secret: string }
  | { readonly kind: 'user'; readonly token: string };

const ADMINISTRATOR_SECRET_DIGEST = digestOf(ADMINISTRATOR.serviceToken);
const ADMINISTRATOR_USER_DIGEST = digestOf(ADMINISTRATOR.userToken);

/** Reads `Authorization: ID:SECRET` (no scheme word) or `Authorization: Bearer TOKEN`. */
export function presentedCredential(authorization: string | undefined): PresentedCredential | undefined {
  if (authorization === undefined) return undefined;
  const bearer = /^Bearer +(.*)$/i.exec(authorization);
  if (bearer) return { kind: 'user', token: bearer[1] ?? '' };
  const colon = authorization.indexOf(':');
  if (colon === -1) return undefined;
  return {
    kind: 'service token',
    id: authorization.slice(0, colon).trim(),
    secret: authorization.slice(colon + 1).trim(),
  };
}

/**
 * @param now epoch milliseconds, against which expiry is measured
 * @throws ApiFailure 401; its body depends on the kind of credential
 */
export function authenticate(credential: PresentedCredential | undefined, state: State, now: number): Caller {
  if (credential?.kind === 'user') return authenticateUser(credential.token, state);
  if (!credential) throw unauthorized();
  const { id, secret } = credential;
  if (id === ADMINISTRATOR.serviceTokenId && isSecret(secret, ADMINISTRATOR_SECRET_DIGEST)) {
    return { kind: 'administrator', actor: { id, display_name: id, type: 'ServiceToken' } };
  }
  const token = state.service_tokens.find((one) => one.id === id);
  if (!token?.secret_sha256 || !isSecret(secret, token.secret_sha256)) throw unauthorized();
  if (token.expires_at !== null && Date.parse(token.expires_at) <= now) throw unauthorized();
  const actor: Actor = { id, display_name: token.name ?? id, type: 'ServiceToken' };
  return { kind: 'service token', actor, token };
}

function authenticateUser(presented: string, state: State): Caller {
  const robin = {
    id: stableId('user', ADMINISTRATOR.userName),
    name: ADMINISTRATOR.userName,
    token_sha256: ADMINISTRATOR_USER_DIGEST,
  };
  const user = [robin, ...state.users].find(({ token_sha256 }) => isSecret(presented, token_sha256));
  if (!user) throw invalidUserToken();
  return { kind: 'administrator', actor: { id: user.id, display_name: user.name, type: 'User' } };
}

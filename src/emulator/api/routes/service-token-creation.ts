import * as z from 'zod/mini';
import { ADMINISTRATOR } from '../../state/administrator.ts';
import { digestOf } from '../../state/secrets.ts';
import { type ServiceToken, timeOf } from '../../state/state.ts';
import { unprocessable } from '../api-failure.ts';
import { type Call, unusedId } from '../call.ts';
import { parseBody } from '../request-body.ts';
import { cidrsField, nameField, ttlField } from './service-token-fields.ts';

/** The last moment that RFC 3339 can write; a longer life is refused. */
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const newServiceToken = z.object({
  name: z.optional(z.nullable(nameField)),
  ttl: z.optional(z.nullable(ttlField)),
});

const newRestrictedToken = z.extend(newServiceToken, { cidrs: z.optional(z.nullable(cidrsField)) });

/**
 * Makes a token. Its secret is handed out here and nowhere else: only a digest is kept.
 *
 * @throws ApiFailure 422 for a refused value
 */
export function createServiceToken(call: Call): { token: ServiceToken; secret: string } {
  const wanted: z.infer<typeof newRestrictedToken> = parseBody(
    call.body,
    call.edition === '2026-08' ? newServiceToken : newRestrictedToken,
  );
  const expiresAt = wanted.ttl ? call.now + wanted.ttl * 1_000 : null;
  if (expiresAt !== null && expiresAt > LAST_MOMENT) throw unprocessable('Ttl is too large');

  const { service_tokens: tokens } = call.state;
  const isUsed = (id: string) =>
    id === ADMINISTRATOR.serviceTokenId || tokens.some((token) => token.id === id);
  const secret = call.randomSecret();
  const token: ServiceToken = {
    id: unusedId(call, isUsed),
    name: wanted.name || null,
    secret_sha256: digestOf(secret),
    created_at: timeOf(call.now),
    updated_at: timeOf(call.now),
    expires_at: expiresAt === null || call.ignores.has('POST ttl') ? null : timeOf(expiresAt),
    last_used_at: null,
    last_used_ip: null,
    last_used_location: null,
    last_used_asn: null,
    last_used_asn_organization: null,
    cidrs: call.ignores.has('POST cidrs') ? [] : (wanted.cidrs ?? []),
    actor: call.caller.actor,
    grants: [],
  };
  tokens.push(token);
  return { token, secret };
}

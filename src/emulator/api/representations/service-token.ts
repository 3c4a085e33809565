import type { ServiceToken } from '../../state/state.ts';
import type { Edition } from '../edition.ts';

/** A service token as lists print it. The secret is null everywhere but in the answer to its creation. */
export function serviceTokenBody(token: ServiceToken, edition: Edition) {
  return {
    id: token.id,
    type: 'ServiceToken',
    name: token.name,
    display_name: token.name ?? token.id,
    token: null,
    plain_text_refresh_token: null,
    avatar_url: 'https://example.com/avatar.png',
    created_at: token.created_at,
    updated_at: token.updated_at,
    expires_at: token.expires_at,
    last_used_at: token.last_used_at,
    ...(edition !== '2026-08' && {
      last_used_ip: token.last_used_ip,
      last_used_location: token.last_used_location,
      last_used_asn: token.last_used_asn,
      last_used_asn_organization: token.last_used_asn_organization,
      cidrs: token.cidrs,
    }),
    actor_id: token.actor.id,
    actor_display_name: token.actor.display_name,
    actor_type: token.actor.type,
    service_token_accesses: null,
    oauth_accesses_by_resource: null,
  };
}

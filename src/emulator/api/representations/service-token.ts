import type { ServiceToken } from '../../state/state.ts';

/** A service token as lists print it. The secret is null everywhere but in the answer to its creation. */
export function serviceTokenBody(token: ServiceToken) {
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
    actor_id: token.actor.id,
    actor_display_name: token.actor.display_name,
    actor_type: token.actor.type,
    service_token_accesses: null,
    oauth_accesses_by_resource: null,
  };
}

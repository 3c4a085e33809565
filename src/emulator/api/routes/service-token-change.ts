import * as z from 'zod/mini';
import { type ServiceToken, timeOf } from '../../state/state.ts';
import type { Call } from '../call.ts';
import { parseBody } from '../request-body.ts';
import { boundedTtlField, cidrsField, nameField } from './service-token-fields.ts';

const changes = z.object({
  name: z.optional(z.nullable(nameField)),
  ttl: z.optional(z.nullable(boundedTtlField)),
  cidrs: z.optional(z.nullable(cidrsField)),
});

/**
 * Changes what the body names; what it leaves out stays. An end is counted from now.
 *
 * @throws ApiFailure 422 for a refused value; nothing is changed then
 */
export function changeServiceToken(call: Call, token: ServiceToken): void {
  const { name, ttl, cidrs } = parseBody(call.body, changes);
  const { ignores } = call;
  if (name !== undefined && !ignores.has('PATCH name')) token.name = name || null;
  if (ttl !== undefined && !ignores.has('PATCH ttl')) {
    token.expires_at = ttl === null ? null : timeOf(call.now + ttl * 1_000);
  }
  if (cidrs !== undefined && !ignores.has('PATCH cidrs')) token.cidrs = cidrs ?? [];
  token.updated_at = timeOf(call.now);
}

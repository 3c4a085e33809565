import type { ServiceToken } from '../../state/state.ts';
import { notFound } from '../api-failure.ts';
import { type Call, ok } from '../call.ts';
import type { Operation } from '../operation.ts';
import { listPage } from '../paging.ts';
import { accessRowsInToken } from '../representations/access.ts';
import { serviceTokenBody } from '../representations/service-token.ts';
import { changeServiceToken } from './service-token-change.ts';
import { createServiceToken } from './service-token-creation.ts';

const COLLECTION = '/v1/organizations/{organization}/service-tokens';

export const serviceTokenOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: COLLECTION,
    access: { on: 'organization', anyOf: ['read_service_tokens'] },
    handle: (call) =>
      listPage(call, call.state.service_tokens, (token) => serviceTokenBody(token, call.edition)),
  },
  {
    method: 'POST',
    path: COLLECTION,
    access: { on: 'organization', anyOf: ['write_service_tokens'] },
    handle: (call) => {
      const { token, secret } = createServiceToken(call);
      return ok({ ...serviceTokenBody(token, call.edition), token: secret, service_token_accesses: [] });
    },
  },
  {
    method: 'GET',
    path: `${COLLECTION}/{id}`,
    access: { on: 'organization', anyOf: ['read_service_tokens'] },
    handle: (call) => {
      const token = namedToken(call);
      return ok({
        ...serviceTokenBody(token, call.edition),
        service_token_accesses: accessRowsInToken(call.state, token),
      });
    },
  },
  {
    method: 'PATCH',
    path: `${COLLECTION}/{id}`,
    since: '2026-11',
    access: { on: 'organization', anyOf: ['write_service_tokens'] },
    handle: (call) => {
      const token = namedToken(call);
      changeServiceToken(call, token);
      return ok({
        ...serviceTokenBody(token, call.edition),
        service_token_accesses: accessRowsInToken(call.state, token),
      });
    },
  },
  {
    method: 'DELETE',
    path: `${COLLECTION}/{id}`,
    access: { on: 'organization', anyOf: ['delete_service_tokens'] },
    handle: (call) => {
      const { service_tokens: tokens } = call.state;
      tokens.splice(tokens.indexOf(namedToken(call)), 1);
      return { status: 204 };
    },
  },
];

/** @throws ApiFailure 404 if the path names no token that was made here */
export function namedToken(call: Call): ServiceToken {
  const id = call.parameter('id');
  const token = call.state.service_tokens.find((one) => one.id === id);
  if (!token) throw notFound();
  return token;
}

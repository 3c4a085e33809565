import type { TokenPair } from './sink.ts';

/** A pair under the names that this program and the official one read it by. */
export function tokenVariables({ id, token }: TokenPair): ReadonlyMap<string, string> {
  return new Map([
    ['PLANETSCALE_SERVICE_TOKEN_ID', id],
    ['PLANETSCALE_SERVICE_TOKEN', token],
  ]);
}

import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import type { TokenPair } from './sink.ts';

/** A pair under the names that this program and the official one read it by. */
export function tokenVariables({ id, token }: TokenPair): ReadonlyMap<string, string> {
  return new Map([
    ['PLANETSCALE_SERVICE_TOKEN_ID', id],
    ['PLANETSCALE_SERVICE_TOKEN', token],
  ]);
}

/** Whether a value holds what no place for it takes: a line break would begin something nobody asked for. */
export function hasControlCharacters(value: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(value) || !value.isWellFormed();
}

/** @throws Failure COMMAND_FAILED that names the variable, not its value */
export function refuseControlCharacters(variables: ReadonlyMap<string, string>): void {
  for (const [name, value] of variables) {
    if (!hasControlCharacters(value)) continue;
    throw new Failure('COMMAND_FAILED', text`the value of ${name} contains control characters`);
  }
}

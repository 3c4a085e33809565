import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import type { TokenPair } from './sink.ts';

/** What a pair is called where it becomes variables. */
export interface VariableNames {
  readonly id: string;
  readonly secret: string;
}

/** The names that this program and the official one read it by. */
export const USUAL_NAMES: VariableNames = {
  id: 'PLANETSCALE_SERVICE_TOKEN_ID',
  secret: 'PLANETSCALE_SERVICE_TOKEN',
};

/** A pair as variables. */
export function tokenVariables(
  { id, token }: TokenPair,
  names: VariableNames = USUAL_NAMES,
): ReadonlyMap<string, string> {
  return new Map([
    [names.id, id],
    [names.secret, token],
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

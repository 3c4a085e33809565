import * as z from 'zod/mini';
import { addTo, type Variables } from './runner.ts';

/**
 * What the first half of the action leaves to the second one, which runs at the end of the job, whatever has become of
 * the first. Each value is written as soon as it is known. The second half reads nothing else: inputs are evaluated
 * again there, wrongly in nested composites, and the environment holds what steps have put into it meanwhile.
 */
export interface LeftBehind {
  /** The settings and credentials that the token was created with. */
  readonly variables: Readonly<Record<string, string>>;
  /** The token's name, which no other one has. */
  readonly name: string;
  /** Undefined where the API had not answered. */
  readonly id: string | undefined;
  readonly expiresAt: string | undefined;
  /** The first half came to its end: what it could take back, it has. */
  readonly hasEnded: boolean;
}

const KEYS = {
  variables: 'variables',
  name: 'name',
  id: 'id',
  expiresAt: 'expires',
  ended: 'ended',
} as const;

export function leave(key: keyof typeof KEYS, value: string, env: Variables): void {
  addTo('GITHUB_STATE', KEYS[key], value, env);
}

const variablesOf = z.record(z.string(), z.string());

/** What is left; undefined where the first half came to nothing. */
export function readLeftBehind(env: Variables): LeftBehind | undefined {
  const state = (key: keyof typeof KEYS): string | undefined => env[`STATE_${KEYS[key]}`] || undefined;
  const variables = state('variables');
  const name = state('name');
  if (variables === undefined || name === undefined) return undefined;
  return {
    variables: variablesOf.parse(JSON.parse(variables)),
    name,
    id: state('id'),
    expiresAt: state('expiresAt'),
    hasEnded: state('ended') !== undefined,
  };
}

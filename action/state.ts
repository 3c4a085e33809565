import * as z from 'zod/mini';
import { holdsSecret } from '../src/settings/redaction.ts';
import { Failure } from '../src/text/errors.ts';
import { text } from '../src/text/text.ts';
import { NONCE, VARIABLES } from './inputs.ts';
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

const plain = z.string().check(z.refine((value) => !holdsSecret(value)));
const parsedVariables = z.record(z.string().check(z.refine((name) => VARIABLES.includes(name))), z.string());
const leftBehind = z.object({
  variables: z.pipe(z.string(), z.transform(fromJson)),
  name: plain.check(z.regex(NONCE)),
  id: z.optional(plain.check(z.regex(/^[\w-]+$/))),
  expiresAt: z.optional(plain.check(z.refine((time) => !Number.isNaN(Date.parse(time))))),
  hasEnded: z.boolean(),
});

/** Never throws: the message of a parser would quote the state. */
function fromJson(content: string, context: z.core.ParsePayload): Record<string, string> {
  try {
    const parsed = parsedVariables.safeParse(JSON.parse(content));
    if (parsed.success) return parsed.data;
  } catch {}
  context.issues.push({ code: 'custom', input: content });
  return z.NEVER;
}

/**
 * What is left; undefined where the first half came to nothing.
 *
 * @throws Failure COMMAND_FAILED for a state that the first half has not written so; nothing of it is quoted
 */
export function readLeftBehind(env: Variables): LeftBehind | undefined {
  const state = (key: keyof typeof KEYS): string | undefined => env[`STATE_${KEYS[key]}`] || undefined;
  // The name is left last of what is known before there is a token.
  if (state('name') === undefined && state('id') === undefined) return undefined;
  const left = leftBehind.safeParse({
    variables: state('variables'),
    name: state('name'),
    id: state('id'),
    expiresAt: state('expiresAt'),
    hasEnded: state('ended') !== undefined,
  });
  if (left.success) return { ...left.data, id: left.data.id, expiresAt: left.data.expiresAt };
  throw new Failure(
    'COMMAND_FAILED',
    text`the state of the step was cut or changed: the job's service token may still exist; it ends by its ttl`,
    { hint: text`Look for it by its name, which is the name in the inputs or begins with github.` },
  );
}

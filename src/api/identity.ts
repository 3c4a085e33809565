import * as z from 'zod/mini';
import { excerpt } from '../text/excerpt.ts';
import { text, unstyled } from '../text/text.ts';
import type { Call } from './explain.ts';
import { invalidResponse } from './failures.ts';
import type { MadeToken } from './schemas.ts';
import type { ApiAnswer } from './transport.ts';

/** How each thing that a path ends in is named in an answer about it. */
const SUBJECTS: Readonly<Record<string, { readonly noun: string; readonly fields: readonly string[] }>> = {
  id: { noun: 'token', fields: ['id'] },
  database: { noun: 'database', fields: ['name', 'id'] },
  branch: { noun: 'branch', fields: ['name', 'id'] },
};

/**
 * An operation whose path ends in a name, or that makes something of a name, is about that one thing, and so its
 * answer has to be. An answer that names nothing is the schema's to refuse.
 *
 * @throws Failure INVALID_RESPONSE for an answer about another one
 */
export function refuseAnother({ operation, parameters, makes }: Call, { body }: ApiAnswer): void {
  const last = makes === undefined ? (/\{(\w+)\}$/.exec(operation)?.[1] ?? '') : 'branch';
  const subject = SUBJECTS[last];
  const asked = makes ?? parameters[last];
  if (subject === undefined || asked === undefined) return;
  const answered = z.record(z.string(), z.unknown()).safeParse(looseJson(body)).data ?? {};
  const [name, ...others] = subject.fields.map((field) => answered[field]);
  if (typeof name !== 'string' || name === asked || others.includes(asked)) return;
  throw invalidResponse(
    text`the PlanetScale API answered about ${unstyled(subject.noun)} ${excerpt(name)} instead of ${asked}`,
  );
}

/** Milliseconds by which a new token may seem older than its request: two clocks of the API may differ. */
const AGE_TOLERANCE = 60_000;

/**
 * A token is the caller's own only if it is new: by the API's own time of its creation and of the answer or, where one
 * of them is missing, by its secret, which no other answer holds.
 *
 * @param known ids of tokens that were there before
 * @throws Failure INVALID_RESPONSE for one that is not known to be new
 */
export function refuseOld(
  { id, token, created_at }: MadeToken,
  { date, elapsed }: ApiAnswer,
  known: ReadonlySet<string>,
): void {
  const age = created_at === null || date === undefined ? undefined : date - elapsed - Date.parse(created_at);
  const isNew = age === undefined ? typeof token === 'string' : age <= AGE_TOLERANCE;
  if (isNew && !known.has(id)) return;
  const why =
    age === undefined && !known.has(id)
      ? text`which has no secret and might not be new`
      : text`which already existed${created_at === null ? '' : text` (created at ${created_at})`}`;
  throw invalidResponse(
    text`the PlanetScale API answered the creation of a token with ${excerpt(id)}, ${why}: that token was not touched`,
  );
}

/** Undefined for what is not JSON. */
export function looseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

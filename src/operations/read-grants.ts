import type { Organization } from '../api/organization.ts';
import type { Grant } from '../api/schemas.ts';
import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import type { Work } from './work.ts';

/** Tokens whose grants are read at once: enough to hide latency, few enough for a limit of 600 requests a minute. */
const AT_ONCE = 8;

/** What a token holds; `gone` where it has been deleted since it was listed, `unreadable` where that cannot be read. */
export type GrantsRead =
  | { readonly kind: 'read'; readonly grants: readonly Grant[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable'; readonly failure: Failure };

/** @property done how many tokens have been read */
export interface ReadEvent {
  readonly done: number;
  readonly total: number;
}

/**
 * Reads what each of the tokens holds, a few at a time. One that cannot be read is no reason to leave out the others;
 * refused credentials and a signal are.
 *
 * @throws Failure AUTH_INVALID, Interrupted
 */
export async function readGrants(
  ids: readonly string[],
  { grants, tokens }: Organization,
  { onEvent }: Pick<Work<ReadEvent>, 'onEvent'>,
): Promise<ReadonlyMap<string, GrantsRead>> {
  const waiting = [...ids];
  const all = new Map<string, GrantsRead>();
  const readSome = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      all.set(id, await read(() => grants.list(id ?? '')));
      onEvent({ done: all.size, total: ids.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readSome));
  const missing = [...all].filter(([, { kind }]) => kind === 'gone');
  if (missing.length === 0) return all;
  // A missing permission looks like a missing token: only the list tells them apart.
  const left = new Set((await tokens.list()).map(({ id }) => id));
  for (const [id] of missing) {
    if (left.has(id)) all.set(id, { kind: 'unreadable', failure: HIDDEN });
  }
  return all;
}

const HIDDEN = new Failure('NOT_FOUND', text`the API does not show its permissions`);

async function read(list: () => Promise<readonly Grant[]>): Promise<GrantsRead> {
  try {
    return { kind: 'read', grants: await list() };
  } catch (failure) {
    if (!(failure instanceof Failure) || ENDING.includes(failure.code)) throw failure;
    return failure.code === 'NOT_FOUND' ? { kind: 'gone' } : { kind: 'unreadable', failure };
  }
}

/** What no other token would be spared. */
const ENDING: readonly Failure['code'][] = ['INTERRUPTED', 'AUTH_INVALID'];

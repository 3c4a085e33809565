import type { AccessChange } from '../api/client.ts';
import type { Organization } from '../api/organization.ts';
import type { Grant } from '../api/schemas.ts';
import { findPermission } from '../permissions/catalogue.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import type { Clock } from '../values/clock.ts';
import type { Work } from './work.ts';

/**
 * What would have to be granted to hold the same; undefined for a kind of grant that nobody has published, such as
 * one on all databases, now and later.
 */
export function grantedAccess({
  accesses,
  resource_type: type,
  resource_name: name,
}: Grant): AccessChange | undefined {
  if (name === null) return undefined;
  const access = accesses.map((row) => row.access);
  if (type === 'Database') return { database: name, access };
  const isOfAllDatabases = access.some((one) => findPermission(one)?.scope === 'database');
  return type === 'Organization' && !isOfAllDatabases ? { database: '', access } : undefined;
}

/**
 * What would have to be granted to hold all of it; undefined where there is a grant of which that is not known.
 * Nothing on a resource is nothing held, and a grant of nothing is refused.
 */
export function grantedAccesses(grants: readonly Grant[]): AccessChange[] | undefined {
  const all = grants.filter(({ accesses }) => accesses.length > 0).map(grantedAccess);
  return all.every((change) => change !== undefined) ? all : undefined;
}

/** Tokens whose grants are read at once: enough to hide latency, few enough for a limit of 600 requests a minute. */
const AT_ONCE = 8;

/** Requests in any minute of reading: the API takes 600, and there are others. */
const MOST_A_MINUTE = 500;
const MINUTE = 60_000;

/** What a token holds; `gone` where it has been deleted since it was listed, `unreadable` where that cannot be read. */
export type GrantsRead =
  | { readonly kind: 'read'; readonly grants: readonly Grant[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable'; readonly failure: Failure };

/** @property done how many tokens have been read */
export interface ReadEvent {
  readonly done: number;
  readonly total: number;
  /** Milliseconds until more can be read. */
  readonly wait?: number;
}

export interface ReadWork extends Pick<Work<ReadEvent>, 'onEvent' | 'clock' | 'interruption'> {
  /** Of all reading in one run. */
  readonly pace: Pace;
}

/** Answers how many milliseconds the next request has to wait, where it would be too many for a minute. */
export type Pace = () => number;

/**
 * Reads something of each of many tokens, a few at a time, and no more in a minute than the API takes.
 *
 * @param read of one token
 */
export async function readEach<Value>(
  ids: readonly string[],
  { onEvent, clock, interruption, pace }: ReadWork,
  read: (id: string) => Promise<Value>,
): Promise<Map<string, Value>> {
  const waiting = [...ids];
  const all = new Map<string, Value>();
  const readSome = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const wait = pace();
      if (wait > 0) {
        onEvent({ done: all.size, total: ids.length, wait });
        await clock.sleep(wait, interruption.signal);
      }
      all.set(id, await read(id));
      onEvent({ done: all.size, total: ids.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readSome));
  return all;
}

export function createPace(clock: Clock): Pace {
  const times: number[] = [];
  return () => {
    const now = clock.elapsed();
    const time = Math.max(now, (times.at(-MOST_A_MINUTE) ?? Number.NEGATIVE_INFINITY) + MINUTE);
    times.push(time);
    return time - now;
  };
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
  work: ReadWork,
): Promise<ReadonlyMap<string, GrantsRead>> {
  const all = await readEach(ids, work, (id) => read(() => grants.list(id)));
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

import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { readCached, removeCached, writeCached } from '../settings/cache-file.ts';
import { authorizationHeader, type Credentials } from '../settings/credentials.ts';
import type { Clock } from '../values/clock.ts';
import type { Environment } from '../values/environment.ts';

/** A name that completion offers, and what is shown beside it. */
export interface RememberedName {
  readonly value: string;
  readonly description: string;
}

/** Whose names, and which. */
export interface NamesAbout {
  readonly apiUrl: URL;
  readonly organization: string;
  readonly credentials: Credentials;
  readonly kind: string;
}

/** Milliseconds that names count as fresh. */
const FRESH_FOR = 5 * 60_000;

const cached = z.object({
  at: z.number(),
  names: z.array(z.object({ value: z.string(), description: z.string() })),
});

/**
 * Names that were fetched within the last five minutes with the same credentials; else what is fetched now, or,
 * where that fails, what there was before. They are kept in the user's cache folder, for the user alone; no secret
 * is, and what a credential may not see is not shown to it.
 *
 * @throws what fetching fails with, where nothing is remembered
 */
export async function rememberedNames(
  about: NamesAbout,
  { environment, clock }: { readonly environment: Environment; readonly clock: Clock },
  fetch: () => Promise<readonly RememberedName[]>,
): Promise<readonly RememberedName[]> {
  const file = `${prefixOf(about)}${digest(authorizationHeader(about.credentials))}-${digest(about.kind)}.json`;
  const found = parsed(readCached(file, environment));
  const age = found && clock.now() - found.at;
  if (found && age !== undefined && age >= 0 && age < FRESH_FOR) return found.names;
  try {
    const names = await fetch();
    writeCached(file, JSON.stringify({ at: clock.now(), names }), environment);
    return names;
  } catch (error) {
    if (found) return found.names;
    throw error;
  }
}

/** Forgets the names of an organization: something of it has changed, or may have. Never fails. */
export function forgetNames(
  about: Pick<NamesAbout, 'apiUrl' | 'organization'>,
  environment: Environment,
): void {
  removeCached(prefixOf(about), environment);
}

function prefixOf({ apiUrl, organization }: Pick<NamesAbout, 'apiUrl' | 'organization'>): string {
  return `names-${digest(`${apiUrl.href} ${organization}`)}-`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function parsed(content: string | undefined): z.infer<typeof cached> | undefined {
  if (content === undefined) return undefined;
  try {
    return cached.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

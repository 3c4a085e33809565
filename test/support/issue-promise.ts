import { expect } from 'vitest';
import * as z from 'zod/mini';
import type { Emulator, State } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';

/** The token that rotate is to replace, and one of the same name that is nobody's business. */
export const OLD = 'tokold000001';
const OTHER = 'tokother0001';

/** What a new token is to hold, and the old one holds, in the order in which it is granted. */
export const GRANTS = [
  { database: 'shop', access: ['read_branch', 'create_branch'] },
  { database: 'blog', access: ['connect_branch'] },
  { database: null, access: ['read_databases'] },
];

/** The flags that ask for it. */
export const ACCESS = GRANTS.flatMap(({ database, access }) => [
  '--access',
  `${database === null ? '' : `${database}=`}${access.join(',')}`,
]);

export const ISSUE_SEED = {
  tokens: [
    {
      id: OTHER,
      name: 'ci',
      secret: 'pscale_tkn_other',
      created_at: '2026-03-01T00:00:00Z',
      last_used_at: '2026-04-30T00:00:00Z',
      access: [{ access: ['read_organization'] }],
    },
    {
      id: OLD,
      name: 'ci',
      secret: 'pscale_tkn_old',
      created_at: '2026-04-01T00:00:00Z',
      last_used_at: '2026-04-30T00:00:00Z',
      access: GRANTS.map(({ database, access }) => ({ ...(database !== null && { database }), access })),
    },
  ],
};

export function issueVariables({ url, administrator }: Emulator): Record<string, string> {
  return {
    PLANETSCALE_API_URL: url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: administrator.userToken,
  };
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Token = State['service_tokens'][number];

/** What became of the new token, and of the old ones. */
export interface Fate {
  /** Its secret is on stdout, and it works. */
  readonly handedOver: Token | undefined;
  /** There, and named in the output with the command that deletes it. */
  readonly reported: readonly Token[];
  /** There, and known from nothing but the word that one may have been created. */
  readonly unknown: readonly Token[];
  readonly isOldThere: boolean;
}

const SECRET = /pscale_\w+_[\w-]+/g;
const envelope = z.object({ status: z.string(), error: z.string(), issues: z.array(z.object({})) });

/**
 * Holds what a command that makes a token printed against what there is now: a secret is on stdout for a
 * live token with all that was planned and nowhere else, every other new token is told of, and what was
 * there before is as it was.
 */
export function checkIssuePromise({ status, stdout, stderr }: Ended, emulator: Emulator): Fate {
  const tokens = emulator.snapshot().service_tokens;
  const fresh = tokens.filter(({ id }) => id !== OLD && id !== OTHER);
  const output = stdout + stderr;

  expect(stderr).not.toMatch(SECRET);
  const secrets = [...new Set(stdout.match(SECRET))];
  expect(secrets.length).toBeLessThanOrEqual(1);
  const [handedOver] = secrets.map((secret) => tokens.find((one) => one.secret_sha256 === digestOf(secret)));
  expect(handedOver === undefined).toBe(secrets.length === 0);
  if (handedOver) {
    expect(fresh).toContain(handedOver);
    expect(handedOver.grants).toEqual(GRANTS);
  }

  const others = fresh.filter((token) => token !== handedOver);
  const reported = others.filter(({ id }) => output.includes(`delete ${id} --org acme --force`));
  const unknown = others.filter((token) => !reported.includes(token));
  const mayExist = /A token may have been created/.test(output);
  if (unknown.length > 0) expect(mayExist, `told of ${unknown[0]?.id}: ${output}`).toBe(true);
  expect(unknown.length).toBeLessThanOrEqual(1);
  if (mayExist) expect(output).toContain('pscale-service-token list --org acme');
  for (const [, id = ''] of output.matchAll(/token (\w+) was created and then rolled back/g))
    expect(fresh.map((token) => token.id)).not.toContain(id);

  // One creation at most, and nothing behind one whose answer is lost.
  const posts = emulator.requests.filter(({ method }) => method === 'POST');
  const isCreation = ({ url }: { url: string }): boolean => url.endsWith('/service-tokens');
  expect(posts.filter(isCreation).length).toBeLessThanOrEqual(1);
  if (mayExist) expect(posts.at(-1)?.url).toMatch(/\/service-tokens$/);

  const seeded = ISSUE_SEED.tokens.map(({ id }) => tokens.find((token) => token.id === id));
  const [other, old] = seeded;
  expect(other?.grants).toEqual([{ database: null, access: ['read_organization'] }]);
  if (old) expect(old.grants).toEqual(GRANTS);
  if (handedOver === undefined) expect(status).not.toBe(0);
  return { handedOver, reported, unknown, isOldThere: old !== undefined };
}

/** One JSON object that tells of a failure, and no error text beside it. */
export function expectEnvelope({ status, stdout, stderr }: Ended): void {
  const output: unknown = JSON.parse(stdout);
  expect(envelope.safeParse(output).error, stdout).toBeUndefined();
  expect(output).toMatchObject({ status: status === 1 ? 'action_required' : 'error' });
  expect(stderr).not.toContain('Error:');
}

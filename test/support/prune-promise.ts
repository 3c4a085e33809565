import { expect } from 'vitest';
import * as z from 'zod/mini';
import type { Emulator } from '../../src/emulator/index.ts';

/** Eight tokens to prune, in the midst of others; one of them is what the command authenticates with. */
export const PLAN = Array.from({ length: 8 }, (_, i) => `tokprune000${i}`);
export const IN_USE = 'tokinuse0000';
const OTHERS = ['tokother0001', 'tokother0002'];

export const PRUNE_SEED = {
  tokens: [
    { id: 'tokother0001', name: 'kept' },
    ...PLAN.slice(0, 4).map((id) => ({ id, name: 'old' })),
    {
      id: IN_USE,
      name: 'old',
      secret: 'pscale_tkn_inuse',
      access: [{ access: ['read_service_tokens', 'delete_service_tokens'] }],
    },
    ...PLAN.slice(4).map((id) => ({ id, name: 'old' })),
    { id: 'tokother0002', name: 'older' },
  ],
};

export const PRUNE = ['prune', '--name', 'old', '--apply', '--force', '--format', 'json'];

export function pruneVariables({ url }: Emulator): Record<string, string> {
  return {
    PLANETSCALE_API_URL: url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_SERVICE_TOKEN_ID: IN_USE,
    PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_inuse',
  };
}

const outcomes = z.enum(['deleted', 'already_gone', 'no_longer_matches', 'failed', 'unknown', 'not_tried']);
const printed = z.object({
  applied: z.literal(true),
  tokens: z.array(z.object({ id: z.string(), outcome: outcomes, error: z.optional(z.object({})) })),
  summary: z.record(z.string(), z.number()),
});
const envelope = z.object({ status: z.string(), issues: z.array(z.object({ code: z.string() })) });

/**
 * Holds what a prune printed against what there is now. Answers the outcome of each token, in the order
 * of the plan; without one, the command said that it failed before anything was deleted.
 */
export function checkPrunePromise(
  { status, stdout, stderr }: { status: number | null; stdout: string; stderr: string },
  emulator: Emulator,
): string[] | undefined {
  const there = new Set(emulator.snapshot().service_tokens.map(({ id }) => id));
  for (const id of [IN_USE, ...OTHERS]) expect(there).toContain(id);
  const output: unknown = JSON.parse(stdout);
  const parsed = printed.safeParse(output);
  if (!parsed.success) {
    expect(envelope.safeParse(output).error).toBeUndefined();
    expect([...there]).toEqual(expect.arrayContaining(PLAN));
    expect(status).not.toBe(0);
    return undefined;
  }
  const { tokens, summary } = parsed.data;
  expect(tokens.map(({ id }) => id)).toEqual(PLAN);
  for (const { id, outcome, error } of tokens) {
    if (outcome === 'deleted' || outcome === 'already_gone') expect(there).not.toContain(id);
    if (outcome === 'failed' || outcome === 'not_tried') expect(there).toContain(id);
    expect(error !== undefined).toBe(outcome === 'failed' || outcome === 'unknown');
  }
  const counted = Object.fromEntries(
    outcomes.options.map((outcome) => [outcome, tokens.filter((token) => token.outcome === outcome).length]),
  );
  expect(summary).toEqual({ planned: PLAN.length, ...counted });
  const isDone = tokens.every(({ outcome }) => outcome === 'deleted' || outcome === 'already_gone');
  expect(status === 0).toBe(isDone);
  expect(stderr.includes('may still exist')).toBe(!isDone);
  return tokens.map(({ outcome }) => outcome);
}

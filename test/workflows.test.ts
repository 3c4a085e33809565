import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';

const folder = new URL('../.github/workflows/', import.meta.url);
const NAMES = readdirSync(folder);
const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8');

const workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      steps: z.array(
        z.object({ uses: z.optional(z.string()), with: z.optional(z.record(z.string(), z.unknown())) }),
      ),
      strategy: z.optional(z.object({ matrix: z.record(z.string(), z.unknown()) })),
    }),
  ),
});
const parsed = (name: string) => workflow.parse(parse(textOf(name)));

describe.each(NAMES)('%s', (name) => {
  test('takes each action by its commit, and names its version', () => {
    const lines = textOf(name)
      .split('\n')
      // But for this repository's own, which is what is checked out.
      .filter((line) => /^\s*(- )?uses:/.test(line) && !/uses: \.\/$/.test(line));
    expect(lines).not.toEqual([]);
    for (const line of lines) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('may only read where a job does not say more, and leaves no credentials in its copy', () => {
    const { permissions, jobs } = parsed(name);
    expect(permissions).toEqual({ contents: 'read' });
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });
});

test('one action has one commit everywhere', () => {
  const used = NAMES.flatMap((name) => textOf(name).match(/uses: \S+ # \S+/g) ?? []);
  const actions = new Set(used);
  const names = [...actions].map((line) => line.replace(/@.*/, ''));
  expect(new Set(names).size).toBe(names.length);
});

test('the tests run on the oldest Node that is promised, each line since, and the current one', () => {
  const { jobs } = parsed('ci.yml');
  const versions = Object.values(jobs).flatMap(({ steps, strategy }) => [
    ...z.array(z.unknown()).parse(strategy?.matrix.node ?? []),
    ...steps.flatMap((step) => step.with?.['node-version'] ?? []),
  ]);
  expect(versions).toEqual(expect.arrayContaining([20, 22, 24, 'latest']));
  const { engines } = z
    .object({ engines: z.object({ node: z.string() }) })
    .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));
  expect(engines.node).toMatch(/^>=20\./);
});

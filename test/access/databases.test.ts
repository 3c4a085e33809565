import { describe, expect, test } from 'vitest';
import { runInMemory } from '../support/host.ts';
import { inWorld, type World } from './world.ts';

const OLD = '2026-04-01T00:00:00Z';
const FILE = `version: 1
organization: acme
owns: ["ci-*"]
tokens:
  ci-a:
    access:
      databases:
        shpo: [read_branch]
absent: [ci-b]
`;

function tokens(...access: readonly string[]) {
  return [
    { id: 'tok1', name: 'ci-a', created_at: OLD },
    { id: 'tok2', name: 'ci-b', created_at: OLD },
    { id: 'tokself00001', name: 'self', secret: 'pscale_tkn_self', access: [{ access }] },
  ];
}

const SELF = { PLANETSCALE_SERVICE_TOKEN_ID: 'tokself00001', PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_self' };

function runAsToken(world: World, ...argv: readonly string[]) {
  const variables = { ...world.options.variables, ...SELF };
  return runInMemory(['access', ...argv], { ...world.options, variables });
}

const MANAGING = ['read_service_tokens', 'write_service_tokens', 'delete_service_tokens'];
const MISSING = 'database shpo does not exist. Did you mean shop?';

describe('a database that does not exist', () => {
  test.each([
    ["a user's credentials", (world: World, ...argv: readonly string[]) => world.run(...argv), MANAGING],
    ['a token that sees all databases', runAsToken, [...MANAGING, 'read_databases']],
  ])('is an error with %s, and leaves out that token alone', (_, run, held) =>
    inWorld(tokens(...held), async (world) => {
      world.folder.write(FILE);
      const plan = await run(world, 'plan', 'tokens.yml');
      expect(plan).toMatchObject({ status: 2 });
      expect(plan.stderr).toContain(MISSING);
      expect(plan.stdout).toContain(`Needs a decision: ci-a (tokens.yml:8:9): ${MISSING}`);
      expect(plan.stdout).toContain('ci-b (tok2)\n  deleted\n');
      expect(await run(world, 'apply', 'tokens.yml', '--force')).toMatchObject({ status: 2 });
      expect(world.changesSent()).toEqual(['DELETE /tok2 null']);
      const validated = await run(world, 'validate', 'tokens.yml', '--online');
      expect(validated).toMatchObject({ status: 1, stdout: '' });
      expect(validated.stderr).toContain(`tokens.yml:8:9: ${MISSING}`);
    }),
  );

  test('is only noted for a token that may not see all of them', () =>
    inWorld(tokens(...MANAGING), async (world) => {
      // It is shown the one that it holds something on.
      const granted = ['add-access', 'tokself00001', 'read_branch', '--database', 'blog'];
      expect(await runInMemory(granted, world.options)).toMatchObject({ status: 0 });
      world.folder.write(FILE);
      const plan = await runAsToken(world, 'plan', 'tokens.yml');
      expect(plan, plan.stderr).toMatchObject({ status: 0 });
      expect(plan.stdout).toContain(
        'Not checked: whether shpo exists. Listing all databases takes read_databases.',
      );
      const validated = await runAsToken(world, 'validate', 'tokens.yml', '--online');
      expect(validated).toMatchObject({ status: 0 });
      expect(validated.stderr).toContain('Note: whether the databases exist was not checked.');
    }));
});

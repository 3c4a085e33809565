import { expect, test } from 'vitest';
import { runInMemory } from '../support/host.ts';
import { inWorld } from './world.ts';

const CREATED = '2026-04-01T00:00:00Z';
const TOKENS = [
  { id: 'tokfirst0001', name: 'ci-a', created_at: CREATED, access: [{ access: ['read_databases'] }] },
  { id: 'toksecond001', name: 'ci-b', created_at: CREATED },
];

test('names tokens, and owns a pattern a line', () =>
  inWorld(TOKENS, async (world) => {
    const { stdout } = await world.run('export');
    expect(stdout).toContain('owns:\n  - ci-a\n  - ci-b\ntokens:\n');
    expect(stdout).not.toContain('    id: ');
    expect((await world.run('export', '--ids')).stdout).toContain('  ci-a:\n    id: tokfirst0001\n');
  }));

test.each([[[]], [['--ids']]])('of what a rotation replaces, the file goes on to hold: export %j', (flags) =>
  inWorld(TOKENS, async (world) => {
    world.folder.write((await world.run('export', ...flags)).stdout);
    const rotated = await runInMemory(
      ['rotate', 'tokfirst0001', '--delete-old-after', '24h', '-e', '.env'],
      world.options,
    );
    expect(rotated, rotated.stderr).toMatchObject({ status: 0 });
    const id = world.tokenOf('.env')?.id ?? '';
    expect(rotated.stderr).toContain(`If an access file has id: tokfirst0001, change it to id: ${id}.`);
    const plan = await world.run('plan', 'tokens.yml', '--fail-if-any');
    expect(plan, plan.stdout).toMatchObject({ status: 0 });
    const advice = `change id: tokfirst0001 to id: ${id}.`;
    expect(plan.stdout.includes(advice)).toBe(flags.length > 0);
  }),
);

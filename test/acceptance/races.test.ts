import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createFolder, World } from '../access/world.ts';
import { holdAt } from '../support/faults.ts';
import { NOW, type Ran, runInMemory } from '../support/host.ts';
import { WHENS } from '../support/interrupted.ts';
import { issueVariables } from '../support/issue-promise.ts';

type Play = (emulator: Emulator) => Promise<Ran>;

/**
 * Plays two runs at once: the first waits at its n-th request until the second is over, for each n. Answers how many
 * requests the first one had.
 */
async function interleaved(
  seed: unknown,
  when: (typeof WHENS)[number],
  [first, second]: readonly [Play, Play],
  prepare: (emulator: Emulator) => Promise<void>,
  check: (ends: readonly [Ran, Ran], emulator: Emulator, index: number) => void,
): Promise<number> {
  for (let index = 1; ; index += 1) {
    let passed = 0;
    const emulator = await startEmulator({ seed, clock: { now: () => NOW + passed++ } });
    try {
      await prepare(emulator);
      const held = holdAt(emulator, index, when);
      const ended = first(emulator);
      const isReached = await Promise.race([held.reached.then(() => true), ended.then(() => false)]);
      if (!isReached) return index - 1;
      const other = await second(emulator);
      held.release();
      check([await ended, other], emulator, index);
    } finally {
      await emulator.close();
    }
  }
}

const OLD = 'tokold000001';
const CREATED = '2026-04-01T00:00:00Z';

describe('two rotations of one token at once', () => {
  const seed = {
    tokens: [{ id: OLD, name: 'ci', created_at: CREATED, access: [{ access: ['read_databases'] }] }],
  };
  const rotate = (...flags: readonly string[]): Play => {
    return (emulator) =>
      runInMemory(['rotate', OLD, '--format', 'json', ...flags], { variables: issueVariables(emulator) });
  };

  describe.each([{ flags: [] }, { flags: ['--delete-old-after', '1h'] }])('with $flags', ({ flags }) => {
    test.each(WHENS)('leave one new token, whatever one waits for that has %s', async (when) => {
      const runs = [rotate(...flags), rotate(...flags)] as const;
      const played = await interleaved(
        seed,
        when,
        runs,
        async () => {},
        (ends, emulator, index) => {
          const left = emulator.snapshot().service_tokens.filter(({ name }) => name === 'ci');
          const told = ends.map(({ stderr }) => stderr).join('\n');
          expect(left, `${index}: ${told}`).toHaveLength(1);
          expect(left[0]?.id).not.toBe(OLD);
          const winners = ends.filter(
            ({ stdout }) => stdout.startsWith('{"id"') || JSON.parse(stdout || '{}').id,
          );
          expect(winners.map(({ status }) => status)).toEqual([0]);
          expect(JSON.parse(winners[0]?.stdout ?? '')).toMatchObject({ id: left[0]?.id });
          const [loser] = ends.filter((end) => end !== winners[0]);
          expect(loser?.status).not.toBe(0);
          expect(loser?.stderr).not.toMatch(/service-token delete /);
        },
      );
      expect(played).toBeGreaterThan(6);
    });

    test('name no token to delete that something else has deleted meanwhile', async () => {
      const remove: Play = (emulator) =>
        runInMemory(['delete', OLD, '--force'], { variables: issueVariables(emulator) });
      const runs = [rotate(...flags), remove] as const;
      let delivered = 0;
      await interleaved(
        seed,
        'arrived',
        runs,
        async () => {},
        ([{ status, stdout, stderr }], emulator) => {
          expect(status).toBe(2);
          expect(stderr).not.toMatch(/service-token delete /);
          const ids = emulator.snapshot().service_tokens.map(({ id }) => id);
          const { id } = JSON.parse(stdout);
          expect(ids).toEqual(id ? [id] : []);
          if (!id) return;
          delivered += 1;
          expect(stderr).toContain(`the old one, ${OLD}, is gone, and this run did not delete it`);
        },
      );
      expect(delivered).toBeGreaterThan(0);
    });
  });
});

describe('two applies of one digest at once', () => {
  const FILE =
    'version: 1\norganization: acme\nowns: ["ci-*"]\ntokens: {ci-a: {access: {organization: [read_databases]}}}\n';

  test.each(WHENS)('make one token, whatever one waits for that has %s', async (when) => {
    const folder = createFolder();
    try {
      folder.write(FILE);
      let digest = '';
      const plan = async (emulator: Emulator): Promise<void> => {
        for (const name of ['first.env', 'second.env']) rmSync(join(folder.path, name), { force: true });
        const { stdout } = await new World(emulator, folder).run('plan', 'tokens.yml', '--format', 'json');
        digest = JSON.parse(stdout).digest;
      };
      const apply = (place: string): Play => {
        return (emulator) =>
          new World(emulator, folder).run('apply', 'tokens.yml', '--plan', digest, '-e', place);
      };
      const runs = [apply('first.env'), apply('second.env')] as const;
      const played = await interleaved({ tokens: [] }, when, runs, plan, (ends, emulator, index) => {
        const told = ends.map(({ stderr }) => stderr).join('\n');
        const names = emulator.snapshot().service_tokens.map(({ name }) => name);
        expect(names, `${index}: ${told}`).toEqual(['ci-a']);
        const statuses = ends.map(({ status }) => status);
        expect(statuses.filter((status) => status === 0)).toHaveLength(1);
        const place = statuses[0] === 0 ? 'first.env' : 'second.env';
        expect(new World(emulator, folder).tokenOf(place)?.name).toBe('ci-a');
        expect(told).not.toMatch(/service-token delete /);
      });
      expect(played).toBe(5);
    } finally {
      folder.remove();
    }
  });
});

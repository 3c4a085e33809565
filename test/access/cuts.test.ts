import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { FAULT_NAMES, faultAt, RETRIES } from '../support/faults.ts';
import { NOW } from '../support/host.ts';
import { runInterrupted, SIGNAL_PLANS } from '../support/interrupted.ts';
import { createFolder, EVERY_CHANGE, expectEveryChange, World } from './world.ts';

/** Longer than an unfinished token may be one that another apply is making. */
const LATER = 11 * 60_000;

/** The API's time, which passes between a cut and what follows. */
interface Time {
  now: number;
}

/** Plays a cut at request 1, then 2, and so on, and has the rest applied each time; answers how many there were. */
async function cutAtEveryRequest(cut: (world: World, index: number) => Promise<boolean>): Promise<number> {
  for (let index = 1; ; index += 1) {
    const time: Time = { now: NOW };
    const folder = createFolder();
    const emulator = await startEmulator({ seed: EVERY_CHANGE.seed, clock: { now: () => time.now } });
    try {
      const world = new World(emulator, folder);
      folder.write(EVERY_CHANGE.file);
      const isCut = await cut(world, index);
      if (!isCut) return index - 1;
      time.now += LATER;
      const rest = await world.run(...EVERY_CHANGE.apply);
      expect(rest, `${index}: ${rest.stderr}`).toMatchObject({ status: 0 });
      expectEveryChange(world);
      const plan = await world.run('plan', 'tokens.yml', '--fail-if-any');
      expect(plan, plan.stdout).toMatchObject({ status: 0 });
    } finally {
      await emulator.close();
      folder.remove();
    }
  }
}

test.each(FAULT_NAMES)('%s at any request: the next apply goes on from there', async (name) => {
  const played = await cutAtEveryRequest(async (world, index) => {
    world.emulator.inject(faultAt(index, name));
    const ran = await world.run(...EVERY_CHANGE.apply);
    expect(ran.stdout + ran.stderr).not.toMatch(/pscale_tkn_/);
    return world.emulator.faultsMet > 0;
  });
  expect(played).toBeGreaterThan(15);
});

test('a request that has no luck at all is the same', async () => {
  const played = await cutAtEveryRequest(async (world, index) => {
    world.emulator.inject(faultAt(index, 'lost', RETRIES));
    const ran = await world.run(...EVERY_CHANGE.apply);
    const isMet = world.emulator.faultsMet > 0;
    // What is left of the fault is not for the next run.
    while (isMet && world.emulator.faultsMet < RETRIES) await world.run('plan', 'tokens.yml');
    if (ran.status !== 0) expect(ran.stderr).toContain('Error:');
    return isMet;
  });
  expect(played).toBeGreaterThan(15);
});

test.each(SIGNAL_PLANS)('a signal while a request has $when and the user then: $reaction', async (plan) => {
  const played = await cutAtEveryRequest(async (world, index) => {
    const ended = await runInterrupted(
      ['access', ...EVERY_CHANGE.apply],
      world.emulator,
      { ...plan, index, signal: index % 2 === 0 ? 'SIGINT' : 'SIGTERM' },
      world.options,
    );
    if (ended && ended.status !== 0) {
      expect(ended.status).toBe(index % 2 === 0 ? 130 : 143);
      expect(ended.stdout + ended.stderr).not.toMatch(/pscale_tkn_/);
    }
    return ended !== undefined;
  });
  expect(played).toBeGreaterThan(15);
});

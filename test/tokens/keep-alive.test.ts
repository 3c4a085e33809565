import { describe, expect, test } from 'vitest';
import { plain } from '../../src/text/text.ts';
import { type KeepAlive, type KeepAlivePlan, keepAlive } from '../../src/tokens/keep-alive.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import {
  type Answer,
  createTestOrganization,
  failureOf,
  interceptApi,
  json,
  laterAnswer,
  status,
  tokenWithActor,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';

const api = interceptApi();

const TOKEN = '/v1/organizations/acme/service-tokens/k3j9x0q2m7ab';
const PATCH = `PATCH ${TOKEN}`;
const GET = `GET ${TOKEN}`;
const MINUTE = 60_000;
const PLAN: KeepAlivePlan = { ttl: 900, longest: 60 * MINUTE };

interface Kept {
  readonly clock: FakeClock;
  readonly warnings: string[];
  readonly alive: KeepAlive;
  readonly ttls: () => unknown[];
  /** Lets time pass to the next extension, and waits for what comes of it. */
  readonly pass: (minutes: number, requests: number) => Promise<void>;
}

/** An API that does as it is told: the end that it shows is the one that was asked for. */
function obedient(clock: FakeClock): Answer {
  return (request) => {
    const seconds = Number(/"ttl":(\d+)/.exec(request.body)?.[1]);
    const end = new Date(clock.now() + seconds * 1_000).toISOString();
    return json({ ...tokenWithActor, expires_at: end })(request);
  };
}

/** A token that has just been made for its ttl. */
function created(clock: FakeClock, { ttl } = PLAN) {
  return { id: 'k3j9x0q2m7ab', expires_at: new Date(clock.now() + (ttl - 1) * 1_000).toISOString() };
}

async function kept(plan = PLAN): Promise<Kept> {
  const clock = new FakeClock({ held: true });
  const warnings: string[] = [];
  api().always(obedient(clock));
  const asleep = clock.nextSleep();
  const organization = createTestOrganization({ clock });
  const work = {
    clock,
    interruption: createInterruption(),
    warn: (warning: Parameters<typeof plain>[0]) => void warnings.push(plain(warning)),
  };
  const alive = await keepAlive(created(clock, plan), plan, organization, work);
  await asleep;
  return {
    clock,
    warnings,
    alive,
    ttls: () => api().requests.flatMap(({ body }) => /"ttl":(\d+)/.exec(body)?.[1] ?? []),
    pass: async (minutes, requests) => {
      const received = api().received(api().requests.length + requests);
      const next = clock.nextSleep();
      clock.advance(minutes * MINUTE);
      await received;
      await next;
    },
  };
}

describe('keeping a token alive', () => {
  test('extends it at once, and at two thirds of its life, again and again', async () => {
    const { alive, pass, ttls, warnings } = await kept();
    expect(ttls()).toEqual(['900']);
    await pass(10, 1);
    await pass(10, 1);
    expect(ttls()).toEqual(['900', '900', '900']);
    await alive.stop();
    expect(warnings).toEqual([]);
  });

  test('goes no further than the longest time, and says so', async () => {
    const { alive, pass, clock, ttls, warnings } = await kept({ ttl: 900, longest: 20 * MINUTE });
    await pass(10, 1);
    expect(ttls()).toEqual(['900', '600']);
    clock.advance(7 * MINUTE);
    await alive.stop();
    expect(warnings).toEqual([expect.stringContaining('--keep-alive-max')]);
    expect(ttls()).toHaveLength(2);
  });

  test('fails before anything runs where the first extension is refused', async () => {
    const clock = new FakeClock({ held: true });
    api().answers(status(403));
    const work = { clock, interruption: createInterruption(), warn: () => {} };
    const failure = await failureOf(keepAlive(created(clock), PLAN, createTestOrganization({ clock }), work));
    expect(failure.code).toBe('FORBIDDEN');
  });

  test.each<[string, Answer[]]>([
    ['answers with 500', [status(500)]],
    ['answers with {}', [json({})]],
    ['takes no notice', []],
  ])(
    'fails before anything runs where the API %s, and its end is still that of its creation',
    async (_, answers) => {
      const clock = new FakeClock();
      const token = created(clock);
      const untouched = json({ ...tokenWithActor, expires_at: token.expires_at });
      api().answers(...answers);
      api().always(untouched);
      const work = { clock, interruption: createInterruption(), warn: () => {} };
      const failure = await failureOf(keepAlive(token, PLAN, createTestOrganization({ clock }), work));
      expect(failure.message).toContain(`its expiry (it shows ${token.expires_at} instead of`);
    },
  );

  test('warns of an extension that leaves the end of the one before', async () => {
    const { alive, pass, clock, warnings } = await kept();
    const end = new Date(clock.now() + 900_000).toISOString();
    api().always(json({ ...tokenWithActor, expires_at: end }));
    await pass(10, 2);
    expect(warnings).toEqual([expect.stringContaining('could not be extended')]);
    await alive.stop();
  });

  test('takes an end in whole seconds for a new one, in the second of its creation', async () => {
    const clock = new FakeClock({ held: true });
    api().always((request) => {
      const seconds = Number(/"ttl":(\d+)/.exec(request.body)?.[1]);
      const end = Math.floor((clock.now() + seconds * 1_000) / 1_000) * 1_000;
      return json({ ...tokenWithActor, expires_at: new Date(end).toISOString() })(request);
    });
    const work = { clock, interruption: createInterruption(), warn: () => {} };
    const alive = await keepAlive(created(clock), PLAN, createTestOrganization({ clock }), work);
    await alive.stop();
  });

  test('warns once of what fails, and goes on trying', async () => {
    const { alive, pass, clock, ttls, warnings } = await kept();
    api().answers(status(500), status(500), status(500), status(500));
    await pass(10, 2);
    expect(warnings).toEqual([expect.stringContaining('could not be extended')]);
    await pass(0.1, 2);
    expect(warnings).toHaveLength(1);
    await pass(0.1, 1);
    expect(warnings).toEqual([expect.anything(), expect.stringContaining('extended again')]);
    expect(clock.sleeping).toBe(1);
    await alive.stop();
    expect(ttls()).toHaveLength(4);
  });

  test('does not extend a token whose end passed while the machine slept', async () => {
    const { alive, clock, warnings } = await kept();
    const end = new Date(clock.now() + 15 * MINUTE).toISOString();
    clock.setForward(60 * MINUTE);
    api().answers(json({ ...tokenWithActor, expires_at: end }));
    const looked = api().received(2);
    clock.advance(10 * MINUTE);
    await looked;
    await alive.stop();
    expect(api().log).toEqual([PATCH, GET]);
    expect(warnings).toEqual([expect.stringContaining('has expired')]);
  });

  test('goes on where only the clock was set', async () => {
    const { alive, clock, pass, warnings } = await kept();
    clock.setForward(60 * MINUTE);
    api().answers(
      json({ ...tokenWithActor, expires_at: new Date(clock.now() + 5 * MINUTE + 10 * MINUTE).toISOString() }),
    );
    await pass(10, 2);
    await alive.stop();
    expect(api().log).toEqual([PATCH, GET, PATCH]);
    expect(warnings).toEqual([]);
  });

  test('has no extension under way once it is stopped', async () => {
    const { alive, clock } = await kept();
    const later = laterAnswer(obedient(clock));
    api().answers(later.answer);
    const received = api().received(2);
    clock.advance(10 * MINUTE);
    await received;
    let isStopped = false;
    const stopped = alive.stop().then(() => {
      isStopped = true;
    });
    await new Promise(setImmediate);
    expect(isStopped).toBe(false);
    later.release();
    await stopped;
  });

  test('gives an extension that hangs up when stopping', async () => {
    const { alive, clock } = await kept();
    api().answers(() => new Promise<never>(() => {}));
    const received = api().received(2);
    clock.advance(10 * MINUTE);
    await received;
    const stopped = alive.stop();
    clock.advance(5_000);
    await stopped;
    expect(api().log).toHaveLength(2);
  });
});

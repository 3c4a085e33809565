import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { atEveryRequest, FAULT_NAMES, faultAt, RETRIES } from '../support/faults.ts';
import { createHost, runInMemory } from '../support/host.ts';
import { SIGNAL_PLANS, signalAtEveryRequest } from '../support/interrupted.ts';
import {
  checkIssuePromise,
  type Ended,
  type Fate,
  GRANTS,
  ISSUE_SEED,
  issueVariables,
  OLD,
} from '../support/issue-promise.ts';
import { run } from '../support/program.ts';

/**
 * The clock of a command in memory stands still in May 2026, that of the emulator does not: what is said of the
 * API's time has to hold by the API's clock.
 */
let emulator: Emulator;
async function emulate(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator({ seed: ISSUE_SEED, ...options });
}
beforeEach(() => emulate());
afterEach(() => emulator.close());

const token = (id: string) => emulator.snapshot().service_tokens.find((one) => one.id === id);
const rotate = (...flags: readonly string[]) => play('rotate', OLD, ...flags);

function play(...argv: readonly string[]) {
  return runInMemory(argv, { variables: issueVariables(emulator) });
}

/** Runs it on a clock that goes on while it waits: what waits for an hour ends, and tells of it. */
async function playWaiting(variables: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const clock = new FakeClock();
  const host = { ...createHost({ variables }), clock };
  const status = await run(argv, host);
  return { status, ...host.written, waited: clock.waited };
}

async function seeded(tokens: readonly Record<string, unknown>[], options: EmulatorOptions = {}) {
  await emulator.close();
  await emulate({ ...options, seed: { tokens } });
}

const changing = () => emulator.requests.filter(({ method }) => method !== 'GET');
const hours = (count: number) => count * 3_600_000;

const MARK = /^ci \(until (\S+), before never, replaced by (\w+)\)$/;

/** The end and the replacement that the old one's name tells of. */
function markOfOld(): { until: number; by: string } {
  const [, until = '', by = ''] = MARK.exec(token(OLD)?.name ?? '') ?? [];
  return { until: Date.parse(until), by };
}

describe('rotate --delete-old-after', () => {
  test('hands the new one over, gives the old one its end, and is done', async () => {
    const ran = await rotate('--delete-old-after', '24h', '--format', 'json');
    expect(ran.status).toBe(0);
    const printed: { id: string } = JSON.parse(ran.stdout);
    const end = token(OLD)?.expires_at ?? '';
    expect(Math.abs(Date.parse(end) - (Date.now() + hours(24)))).toBeLessThan(60_000);
    const { until, by } = markOfOld();
    expect(by).toBe(printed.id);
    expect(Math.abs(until - Date.parse(end))).toBeLessThan(60_000);
    expect(ran.stderr).toContain(`Both ${OLD} and ${printed.id} work until ${end}`);
    expect(ran.stderr).toContain('prune --expired --apply --org acme');
    expect(ran.stderr).toContain(`rotate ${OLD} --undo --org acme`);
    expect(token(OLD)?.grants).toEqual(GRANTS);
    expect(changing().map(({ method }) => method)).not.toContain('DELETE');
  });

  test('leaves an end that comes sooner as it is', async () => {
    const sooner = new Date(Date.now() + hours(2)).toISOString();
    const created = new Date(Date.now() - hours(2)).toISOString();
    await seeded([{ id: OLD, name: 'ci', created_at: created, expires_at: sooner }]);
    const ran = await rotate('--delete-old-after', '24h');
    expect(ran.status).toBe(0);
    expect(token(OLD)?.expires_at).toBe(sooner);
    const second = sooner.replace(/\.\d+/, '');
    expect(token(OLD)?.name).toContain(`(until ${second}, before ${second}, replaced by `);
    expect(ran.stderr).toContain(`work until ${sooner}`);
  });

  test('gives a token without a name a mark alone', async () => {
    await seeded([{ id: OLD }]);
    expect((await rotate('--delete-old-after', '1h')).status).toBe(0);
    expect(token(OLD)?.name).toMatch(/^\(until \S+, before never, replaced by \w{12}\)$/);
  });

  test.each([403, 500])(
    'status %i to the change leaves both, waits for nothing, and says so',
    async (status) => {
      emulator.inject({ answer: status, count: 20, method: 'PATCH' });
      const argv = ['rotate', OLD, '--delete-old-after', '1h', '--format', 'json'];
      const ran = await playWaiting(issueVariables(emulator), ...argv);
      const printed: { id: string } = JSON.parse(ran.stdout);
      expect(token(printed.id)?.grants).toEqual(GRANTS);
      expect(ran).toMatchObject({ status: 2, waited: 0 });
      expect(ran.stderr).toContain(`delete ${OLD} --org acme`);
      expect(token(OLD)).toMatchObject({ name: 'ci', expires_at: null });
    },
  );

  test('status 404 under a service token may be a missing permission: both are left, and nothing waits', async () => {
    const { serviceTokenId, serviceToken } = emulator.administrator;
    emulator.inject({ answer: 404, count: 1, method: 'PATCH' });
    const variables = {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_SERVICE_TOKEN_ID: serviceTokenId,
      PLANETSCALE_SERVICE_TOKEN: serviceToken,
    };
    const ran = await playWaiting(variables, 'rotate', OLD, '--delete-old-after', '1h');
    expect(ran).toMatchObject({ status: 2, waited: 0 });
    expect(ran.stderr).toContain(`delete ${OLD} --org acme`);
    expect(token(OLD)).toMatchObject({ name: 'ci', expires_at: null });
  });

  test.each(['PATCH name', 'PATCH ttl'] as const)(
    'does not believe an API that ignores: %s',
    async (field) => {
      await emulator.close();
      await emulate({ ignores: [field] });
      const ran = await rotate('--delete-old-after', '1h', '--format', 'json');
      expect(ran.status).toBe(2);
      expect(ran.stderr).toContain('it is not known whether');
      expect(ran.stderr).not.toContain('work until');
    },
  );

  test('of a token that has been replaced already is refused before anything is made', async () => {
    await rotate('--delete-old-after', '24h');
    const sent = changing().length;
    for (const flags of [[], ['--keep-old'], ['--delete-old-after', '1h']]) {
      const again = await rotate(...flags);
      expect(again.status).toBe(1);
      expect(again.stderr).toContain('was already replaced by');
    }
    expect(changing()).toHaveLength(sent);
  });

  test('of a name that leaves no room for the mark is refused before anything is made', async () => {
    await seeded([{ id: OLD, name: 'x'.repeat(200) }]);
    const ran = await rotate('--delete-old-after', '1h');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('at most');
    expect(changing()).toEqual([]);
    expect((await rotate()).status).toBe(0);
  });

  test('a name that two have is refused, with both ways out of a rotation that was cut', async () => {
    await seeded([
      { id: OLD, name: 'ci', created_at: '2026-01-01T00:00:00Z' },
      { id: 'toknew000001', name: 'ci', created_at: '2026-02-01T00:00:00Z' },
    ]);
    const ran = await play('rotate', 'name:ci');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(`update ${OLD} --ttl 24h --org acme`);
    expect(ran.stderr).toContain('delete toknew000001 --org acme');
    expect(changing()).toEqual([]);
  });
});

describe('a marked token', () => {
  beforeEach(async () => {
    await rotate('--delete-old-after', '24h');
  });

  test('is listed, and is no alarm', async () => {
    const check = await play('list', '--expires-within', '9000d', '--fail-if-any', '--format', 'json');
    expect(check.status).toBe(0);
    expect(check.stdout).toContain(OLD);
    const other = await play('list', '--name', 'ci*', '--fail-if-any', '--format', 'json');
    expect(other.status).toBe(3);
  });

  test('is ordinary, and an alarm, once its replacement is gone', async () => {
    await play('delete', markOfOld().by, '--force');
    const check = await play('list', '--expires-within', '9000d', '--fail-if-any');
    expect(check.status).toBe(3);
    const undo = await rotate('--undo');
    expect(undo.status).toBe(1);
    expect(undo.stderr).toContain(`update ${OLD} --name ci --no-expiry --org acme`);
  });

  test('is not deleted for being marked', async () => {
    const ran = await play('prune', '--expired', '--apply', '--force', '--format', 'json');
    expect(ran.status).toBe(0);
    expect(token(OLD)).toBeDefined();
  });
});

describe('rotate --undo', () => {
  test.each([
    ['its id', (): string => OLD],
    ['the name it had', (): string => 'name:ci'],
    ['the name it has', (): string => `name:${token(OLD)?.name}`],
  ])('restores the token named by %s, and deletes nothing', async (_, reference) => {
    await rotate('--delete-old-after', '24h');
    const { by } = markOfOld();
    const ran = await play('rotate', reference(), '--undo', '--format', 'json');
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ id: OLD, name: 'ci', expires_at: null });
    expect(token(OLD)).toMatchObject({ name: 'ci', expires_at: null, grants: GRANTS });
    expect(token(by)).toBeDefined();
    expect(ran.stderr).toContain(`delete ${by} --org acme`);
  });

  test('restores the end that it had', async () => {
    const created = new Date(Date.now() - hours(1)).toISOString();
    const end = new Date(Date.now() + hours(240)).toISOString();
    await seeded([{ id: OLD, name: 'ci', created_at: created, expires_at: end }]);
    await rotate('--delete-old-after', '24h');
    expect((await rotate('--undo')).status).toBe(0);
    expect(Math.abs(Date.parse(token(OLD)?.expires_at ?? '') - Date.parse(end))).toBeLessThan(10_000);
  });

  test('gives a year where the end was further away, and says so', async () => {
    const created = new Date(Date.now() - hours(1)).toISOString();
    const end = new Date(Date.now() + hours(24 * 800)).toISOString();
    await seeded([{ id: OLD, name: 'ci', created_at: created, expires_at: end }]);
    await rotate('--delete-old-after', '24h');
    const ran = await rotate('--undo');
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain('expires in a year');
    const left = Date.parse(token(OLD)?.expires_at ?? '') - Date.now();
    expect(Math.abs(left - hours(24 * 365))).toBeLessThan(60_000);
  });

  test('takes the name away again from a token that had none', async () => {
    await seeded([{ id: OLD }]);
    await rotate('--delete-old-after', '24h');
    expect((await rotate('--undo')).status).toBe(0);
    expect(token(OLD)).toMatchObject({ name: null, expires_at: null });
  });

  test.each([
    ['is not marked', [OLD, '--undo'], 'There is nothing to undo'],
    ['does not exist', ['name:nobody', '--undo'], 'no replaced service token'],
    ['is not to be made', [OLD, '--undo', '--ttl', '1h'], 'does not create a token'],
    ['is to be kept as well', [OLD, '--undo', '--keep-old'], 'only one of'],
  ])('of a token that %s changes nothing', async (_, argv, message) => {
    const ran = await play('rotate', ...argv);
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).toContain(message);
    expect(changing()).toEqual([]);
  });

  test('of one that has stopped working says that it is too late', async () => {
    const end = '2026-11-01T00:00:00Z';
    await seeded([
      { id: OLD, name: `ci (until ${end}, before never, replaced by toknew000001)`, expires_at: end },
      { id: 'toknew000001', name: 'ci' },
    ]);
    const ran = await rotate('--undo');
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('stopped working at');
    expect(changing()).toEqual([]);
  });
});

const OVERLAP = ['rotate', OLD, '--delete-old-after', '24h', '--format', 'json'];

/** Both work, or it is said until when, or what ends the one that is too many. */
function checkOverlap(ended: Ended, fate: Fate, of: Emulator): void {
  expect(fate.isOldThere).toBe(true);
  const old = of.snapshot().service_tokens.find(({ id }) => id === OLD);
  const isMarked = MARK.test(old?.name ?? '');
  expect(isMarked).toBe(old?.expires_at !== null);
  if (!fate.handedOver) {
    expect(isMarked).toBe(false);
    return;
  }
  if (isMarked) expect(MARK.exec(old?.name ?? '')?.[2]).toBe(fate.handedOver.id);
  if (ended.status === 0) {
    expect(ended.stderr).toContain(`work until ${old?.expires_at}`);
    expect(isMarked).toBe(true);
  } else {
    expect(ended.stderr).toContain(`delete ${OLD} --org acme`);
  }
}

describe('rotate --delete-old-after with something wrong at every request in turn', () => {
  test.each(FAULT_NAMES)('%s, once and for all tries', async (name) => {
    for (const times of [1, RETRIES]) {
      await atEveryRequest({ seed: ISSUE_SEED }, async (one, index) => {
        one.inject(faultAt(index, name, times));
        const ended = await runInMemory(OVERLAP, { variables: issueVariables(one) });
        expect([0, 1, 2]).toContain(ended.status);
        checkOverlap(ended, checkIssuePromise(ended, one), one);
      });
    }
  });

  test.each(SIGNAL_PLANS)('a signal, $when, $reaction', async (plan) => {
    const surroundings = { seed: ISSUE_SEED, variablesOf: issueVariables };
    await signalAtEveryRequest(OVERLAP, surroundings, plan, ({ ended, emulator: one, status }) => {
      expect(ended.status).toBe(status);
      checkOverlap(ended, checkIssuePromise(ended, one), one);
    });
  });
});

describe('rotate --undo with something wrong at every request in turn', () => {
  const end = new Date(Date.now() + hours(24)).toISOString().replace(/\.\d+/, '');
  const MARKED = {
    tokens: [
      { id: OLD, name: `ci (until ${end}, before never, replaced by toknew000001)`, expires_at: end },
      { id: 'toknew000001', name: 'ci' },
    ],
  };

  test.each(FAULT_NAMES)('%s: it is done, or said not to be, or not to be known', async (name) => {
    for (const times of [1, RETRIES]) {
      await atEveryRequest({ seed: MARKED }, async (one, index) => {
        one.inject(faultAt(index, name, times));
        const ended = await runInMemory(['rotate', OLD, '--undo', '--format', 'json'], {
          variables: issueVariables(one),
        });
        const tokens = one.snapshot().service_tokens;
        const old = tokens.find(({ id }) => id === OLD);
        expect(tokens.map(({ id }) => id)).toEqual([OLD, 'toknew000001']);
        const isRestored = old?.name === 'ci' && old.expires_at === null;
        if (ended.status === 0) expect(isRestored).toBe(true);
        else if (isRestored) expect(ended.stdout).toMatch(/may have been changed|not confirmed/);
      });
    }
  });
});

import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createHost, type HostOptions, NOW, runInMemory } from '../support/host.ts';
import { GRANTS, ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';
import { run } from '../support/program.ts';

let emulator: Emulator;
async function emulate(options: EmulatorOptions = { seed: ISSUE_SEED }): Promise<void> {
  emulator = await startEmulator({ clock: { now: () => NOW }, ...options });
}
beforeEach(() => emulate());
afterEach(() => emulator.close());

const ids = (): string[] => emulator.snapshot().service_tokens.map(({ id }) => id);
const tokens = () => emulator.snapshot().service_tokens;

/** What is said where an API has no PATCH. */
const CANNOT =
  'Warning: this API cannot update service tokens: it answered PATCH with 404: waiting to delete the old token instead\n';

const pinned = (id: string): string => `If an access file has id: ${OLD}, change it to id: ${id}.\n`;

/** A rotation that has started, on a clock that stands still. */
function rotating(flags: readonly string[], options: Partial<HostOptions> = {}) {
  const clock = new FakeClock({ held: true });
  const host = { ...createHost({ variables: issueVariables(emulator), ...options }), clock };
  const asleep = clock.nextSleep();
  const ended = run(['rotate', OLD, ...flags], host);
  return { clock, host, asleep, ended };
}

describe('rotate --delete-old-after where the API cannot give the old one an end', () => {
  beforeEach(async () => {
    await emulator.close();
    await emulate({ seed: ISSUE_SEED, edition: '2026-08' });
  });

  test('hands the new one over at once, and lets the old one live until then', async () => {
    const { clock, host, asleep, ended } = rotating(['--delete-old-after', '1m', '--format', 'json']);
    await asleep;
    const printed: { id: string } = JSON.parse(host.written.stdout);
    const before = host.written.stdout;
    expect(ids()).toEqual(expect.arrayContaining([OLD, printed.id]));
    for (let second = 1; second < 60; second += 1) {
      const next = clock.nextSleep();
      clock.advance(1_000);
      await next;
      expect(ids()).toContain(OLD);
    }
    clock.advance(1_000);
    expect(await ended).toBe(0);
    expect(ids()).not.toContain(OLD);
    expect(clock.waited).toBe(60_000);
    expect(host.written).toEqual({
      stdout: before,
      stderr: expect.stringContaining(`${OLD}, the old one, was deleted`),
    });
  });

  test('goes by what has passed, however long one sleep takes', async () => {
    const { clock, asleep, ended } = rotating(['--delete-old-after', '24h']);
    await asleep;
    clock.advance(86_400_000);
    expect(await ended).toBe(0);
    expect(clock.slept).toEqual([1_000]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s while it waits keeps the old one, says so, and ends with %i', async (signal, status) => {
    const { clock, host, asleep, ended } = rotating(['--delete-old-after', '10m', '--format', 'json']);
    await asleep;
    const before = host.written.stdout;
    host.interruption.interrupt(signal);
    expect(await ended).toBe(status);
    expect(tokens().find(({ id }) => id === OLD)?.grants).toEqual(GRANTS);
    const printed: { id: string } = JSON.parse(host.written.stdout);
    expect(host.written.stdout).toBe(before);
    expect(ids()).toContain(printed.id);
    expect(host.written.stderr).toBe(
      `${pinned(printed.id)}${CANNOT}Error: the new token ${printed.id} was delivered; the old one, ${OLD}, was kept\ninterrupted by ${signal}\nDelete it with: pscale-service-token delete ${OLD} --org acme\n`,
    );
    expect(clock.sleeping).toBe(0);
  });

  test('says in a terminal what it waits for, and that Ctrl-C keeps it', async () => {
    const terminal = { stdin: true, stderr: true };
    const { clock, host, asleep, ended } = rotating(['--delete-old-after', '90s'], { terminal });
    await asleep;
    // Progress is drawn in its own time.
    await vi.waitFor(() => expect(host.written.stderr).toContain(', the old one, in 90 s; Ctrl-C keeps it'));
    clock.advance(90_000);
    expect(await ended).toBe(0);
  });

  test('waits for nothing where nothing was handed over', async () => {
    emulator.inject({ answer: 403, count: 1, method: 'POST', path: /access$/ });
    const { clock, ended } = rotating(['--delete-old-after', '10m']);
    expect(await ended).toBe(2);
    expect(clock.slept).toEqual([]);
    expect(ids()).toEqual(ISSUE_SEED.tokens.map(({ id }) => id));
  });

  test('is one that answers 405 as well', async () => {
    emulator.inject({ answer: 405, count: 1, method: 'PATCH' });
    const { clock, asleep, ended } = rotating(['--delete-old-after', '1m']);
    await asleep;
    clock.advance(60_000);
    expect(await ended).toBe(0);
    expect(ids()).not.toContain(OLD);
  });

  test('waits for no more than what is left of a second', async () => {
    const { clock, asleep, ended } = rotating(['--delete-old-after', '60500ms']);
    await asleep;
    const next = clock.nextSleep();
    clock.advance(60_000);
    await next;
    expect(clock.slept).toEqual([1_000, 500]);
    clock.advance(500);
    expect(await ended).toBe(0);
  });

  test.each(['soon', '10', '-1m', '', '366d', '0', '0s', '500ms', '1s', '59s'])(
    '%j is no length of time: nothing is sent',
    async (value) => {
      const ran = await runInMemory(['rotate', OLD, '--delete-old-after', value], {
        variables: issueVariables(emulator),
      });
      expect(ran.status).toBe(1);
      expect(ran.stderr).toContain('--delete-old-after');
      expect(emulator.requests).toEqual([]);
    },
  );

  test('and --keep-old are not both meant: nothing is sent', async () => {
    const ran = await runInMemory(['rotate', OLD, '--delete-old-after', '1m', '--keep-old'], {
      variables: issueVariables(emulator),
    });
    expect([ran.status, emulator.requests]).toEqual([1, []]);
  });
});

test('rotate --keep-old keeps the old one as it is', async () => {
  const ran = await runInMemory(['rotate', OLD, '--keep-old', '--format', 'json'], {
    variables: issueVariables(emulator),
  });
  const { id }: { id: string } = JSON.parse(ran.stdout);
  expect(ran).toMatchObject({ status: 0, stderr: pinned(id) });
  expect(tokens().find(({ id }) => id === OLD)?.grants).toEqual(GRANTS);
  expect(emulator.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
});

describe('what the new token cannot be handed over to', () => {
  test.each([
    ['a closed stdout', 'EPIPE'],
    ['a full disk', 'ENOSPC'],
  ])('%s takes it back, and the old one stays', async (_, code) => {
    const host = createHost({ variables: issueVariables(emulator) });
    const stream = new PassThrough();
    stream.write = (_chunk: unknown, ...rest: unknown[]): boolean => {
      const done = rest.at(-1);
      if (typeof done === 'function') done(Object.assign(new Error(`write ${code}`), { code }));
      return false;
    };
    const io = { ...host.io, stdout: { ...host.io.stdout, stream } };
    const status = await run(['rotate', OLD, '--format', 'json'], { ...host, io });
    expect(status).toBe(2);
    expect(host.written.stderr).toMatch(/token \w+ was created and then rolled back/);
    expect(host.written.stderr).not.toMatch(/pscale_tkn_/);
    expect(ids()).toEqual(ISSUE_SEED.tokens.map(({ id }) => id));
  });
});

describe('rotate of the token in use', () => {
  const inUse = {
    ...ISSUE_SEED,
    tokens: [
      {
        id: OLD,
        name: 'rotator',
        secret: 'pscale_tkn_old',
        access: [{ access: ['read_service_tokens', 'write_service_tokens', 'delete_service_tokens'] }],
      },
    ],
  };

  function variables(): Record<string, string> {
    return {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_SERVICE_TOKEN_ID: OLD,
      PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_old',
    };
  }

  beforeEach(async () => {
    await emulator.close();
    await emulate({ seed: inUse });
  });

  test('is refused: nothing is sent', async () => {
    const ran = await runInMemory(['rotate', OLD], { variables: variables() });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('--self');
    expect(emulator.requests).toEqual([]);
  });

  test('is done with --self, the old one deleted by the new one', async () => {
    const ran = await runInMemory(['rotate', OLD, '--self', '--format', 'json'], { variables: variables() });
    expect(ran.status).toBe(0);
    const printed: { id: string; token: string } = JSON.parse(ran.stdout);
    expect(ids()).toEqual([printed.id]);
    expect(emulator.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      credential: { kind: 'service token', id: printed.id, secret: printed.token },
    });
    expect(ran.stderr).not.toContain(printed.token);
  });

  test('does not show the new secret in --debug either', async () => {
    const ran = await runInMemory(['rotate', OLD, '--self', '--debug', '--format', 'csv'], {
      variables: variables(),
    });
    expect(ran.status).toBe(0);
    expect(ran.stdout.match(/pscale_tkn_/g)).toHaveLength(1);
    expect(ran.stderr).toContain('> DELETE');
    expect(ran.stderr).not.toMatch(/pscale_tkn_/);
  });

  test('whose deletion loses its answer is settled by a look with the new one', async () => {
    emulator.inject({ answer: 'drop', count: 1, method: 'DELETE' });
    const ran = await runInMemory(['rotate', OLD, '--self', '--format', 'json'], { variables: variables() });
    expect(ran.status).toBe(0);
    expect(ids()).not.toContain(OLD);
  });
});

test('a grant of a kind that is not known stops it before anything is made', async () => {
  const row = {
    id: 'x',
    type: 'ServiceTokenGrant',
    resource_name: 'main',
    resource_type: 'Branch',
    resource_id: 'x',
    accesses: [{ access: 'read_branch' }],
  };
  const body = JSON.stringify({ type: 'list', next_page: null, prev_page: null, data: [row] });
  for (const command of ['rotate', 'duplicate']) {
    emulator.inject({ answer: 200, count: 1, path: /\/grants$/, body });
    const ran = await runInMemory([command, OLD, '--format', 'json'], {
      variables: issueVariables(emulator),
    });
    expect(ran.status).toBe(2);
    expect(ran.stdout).toContain(`token ${OLD} holds read_branch on Branch main`);
  }
  expect(new Set(emulator.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
});

test('a copy that does not hold the same is not handed over', async () => {
  const body = JSON.stringify({ type: 'list', next_page: null, prev_page: null, data: [] });
  emulator.inject({ answer: 200, count: 1, after: 1, path: /\/grants$/, body });
  const ran = await runInMemory(['rotate', OLD, '--format', 'json'], { variables: issueVariables(emulator) });
  expect(ran.status).toBe(2);
  expect(ran.stdout).toContain('verifying the new token failed: it does not hold shop=read_branch');
  expect(ids()).toEqual(ISSUE_SEED.tokens.map(({ id }) => id));
});

describe('how long a copy lives', () => {
  const DAY = 86_400;
  const limited = {
    tokens: [{ id: OLD, created_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-31T00:00:00Z' }],
  };

  test.each<[string, unknown, string[], number | undefined]>([
    ['as long as the old one was made for', limited, [], 30 * DAY],
    ['for ever, as the old one', ISSUE_SEED, [], undefined],
    ['for ever, with --ttl 0', limited, ['--ttl', '0'], undefined],
    ['as long as --ttl says', limited, ['--ttl', '12h'], DAY / 2],
    ['as long as --ttl says, whatever the old one did', ISSUE_SEED, ['--ttl', '60'], 60],
  ])('%s', async (_, seed, flags, seconds) => {
    for (const command of ['rotate', 'duplicate']) {
      await emulator.close();
      await emulate({ seed });
      const ran = await runInMemory([command, OLD, ...flags, '--format', 'json'], {
        variables: issueVariables(emulator),
      });
      expect(ran.status).toBe(0);
      const printed: { id: string } = JSON.parse(ran.stdout);
      const made = tokens().find(({ id }) => id === printed.id);
      const { created_at = '', expires_at = null } = made ?? {};
      const life =
        expires_at === null ? undefined : (Date.parse(expires_at) - Date.parse(created_at)) / 1_000;
      expect(life).toBe(seconds);
    }
  });
});

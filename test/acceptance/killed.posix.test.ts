import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, type State, startEmulator } from '../../src/emulator/index.ts';
import { createHome, finished, type Home, startCli } from '../support/cli.ts';
import { holdAt } from '../support/faults.ts';
import { runInMemory } from '../support/host.ts';
import { ISSUE_SEED, issueVariables, OLD } from '../support/issue-promise.ts';

/** Few scopes, since each request costs a process. */
const ACCESS = ['--access', 'shop=read_branch,create_branch', '--access', 'read_databases'];
const SEED = {
  tokens: ISSUE_SEED.tokens.map((token) =>
    token.id === OLD
      ? { ...token, access: token.access.filter((one) => !('database' in one) || one.database !== 'blog') }
      : token,
  ),
};

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

interface Left {
  readonly method: string;
  readonly url: string;
  /** New tokens that nothing printed tells of. */
  readonly orphans: State['service_tokens'];
  /** The secret of a new one was printed. */
  readonly isHandedOver: boolean;
  readonly isOldThere: boolean;
  /** The name of the old one. */
  readonly markedAs: string | null | undefined;
}

/** Kills the executable at its n-th request; undefined where it was over before that. */
async function killAt(
  args: readonly string[],
  index: number,
  when: 'arrived' | 'carried out',
  pattern: string,
): Promise<Left | undefined> {
  const emulator = await startEmulator({ seed: SEED });
  try {
    const held = holdAt(emulator, index, when);
    const child = startCli(args, { home, env: issueVariables(emulator) });
    const end = finished(child);
    const isReached = await Promise.race([held.reached.then(() => true), end.then(() => false)]);
    const request = emulator.requests[index - 1];
    if (!isReached || !request) return undefined;
    child.kill('SIGKILL');
    const { signal, stdout } = await end;
    expect(signal).toBe('SIGKILL');
    return await leftIn(emulator, stdout, pattern, request);
  } finally {
    await emulator.close();
  }
}

async function leftIn(
  emulator: Emulator,
  stdout: string,
  pattern: string,
  { method, url }: { method: string; url: string },
): Promise<Left> {
  const tokens = emulator.snapshot().service_tokens;
  const seeded = SEED.tokens.map(({ id }) => id);
  const fresh = tokens.filter(({ id }) => !seeded.includes(id));
  const orphans = fresh.filter(({ id }) => !stdout.includes(id));
  expect(orphans.length).toBeLessThanOrEqual(1);
  expect(tokens.map(({ id }) => id)).toContain(seeded[0]);
  const prune = ['prune', '--never-used', '--name', pattern, '--format', 'json'];
  const planned: { tokens: { id: string }[] } = JSON.parse(
    (await runInMemory(prune, { variables: issueVariables(emulator) })).stdout,
  );
  expect(planned.tokens.map(({ id }) => id)).toEqual(orphans.map(({ id }) => id));
  return {
    method,
    url,
    orphans,
    isHandedOver: /pscale_tkn_/.test(stdout),
    isOldThere: tokens.some(({ id }) => id === OLD),
    markedAs: tokens.find(({ id }) => id === OLD)?.name,
  };
}

/** What is left at every request in turn; one that changes nothing needs no second look. */
async function killAtEvery(args: readonly string[], pattern: string): Promise<Left[]> {
  const all: Left[] = [];
  for (let index = 1; ; index += 1) {
    const arrived = await killAt(args, index, 'arrived', pattern);
    if (!arrived) return all;
    all.push(arrived);
    const done = arrived.method === 'GET' ? undefined : await killAt(args, index, 'carried out', pattern);
    if (done) all.push(done);
  }
}

describe('kill -9 at every request leaves one token at most, and prune finds that one', () => {
  test('of create: it expires', async () => {
    const left = await killAtEvery(['create', '--name', 'ci', '--ttl', '1h', ...ACCESS], 'ci');
    expect(left.map(({ orphans }) => orphans.length)).toEqual([0, 0, 1, 1, 1, 1, 1]);
    for (const token of left.flatMap(({ orphans }) => orphans)) expect(token.expires_at).not.toBeNull();
    for (const { isHandedOver, isOldThere } of left)
      expect([isHandedOver, isOldThere]).toEqual([false, true]);
  });

  test('of rotate: the old one works until the new one is handed over', async () => {
    const left = await killAtEvery(['rotate', OLD, '--format', 'json'], 'ci');
    // Two looks at the old one, the creation and two grants twice each; the list, its grants, a try; the deletion.
    expect(left.map(({ orphans }) => orphans.length)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    const isDeletion = ({ method }: Left): boolean => method === 'DELETE';
    for (const one of left) expect(one.isHandedOver).toBe(isDeletion(one));
    expect(left.map(({ isOldThere }) => isOldThere)).toEqual([...Array(12).fill(true), false]);
  });

  test('of rotate with an overlap: the old one works, and has its end once it is given one', async () => {
    const left = await killAtEvery(['rotate', OLD, '--delete-old-after', '24h', '--format', 'json'], 'ci');
    const isChange = ({ method }: Left): boolean => method === 'PATCH';
    for (const one of left) {
      expect(one.isOldThere).toBe(true);
      expect(one.isHandedOver).toBe(isChange(one));
    }
    expect(left.filter(isChange)).toHaveLength(2);
    expect(left.at(-1)?.markedAs).toMatch(/^ci \(until \S+, before never, replaced by \w+\)$/);
  });

  test('of duplicate with restrictions: what is left is restricted as asked', async () => {
    const copy = ['duplicate', OLD, '--name', 'copy', '--cidrs', '127.0.0.0/8', '--format', 'json'];
    const left = await killAtEvery(copy, 'copy');
    const orphans = left.flatMap((one) => one.orphans);
    expect(orphans.length).toBeGreaterThan(3);
    for (const { cidrs } of orphans) expect(cidrs).toEqual(['127.0.0.0/8']);
    for (const one of left) expect([one.isHandedOver, one.isOldThere]).toEqual([false, true]);
  });

  test('of --undo: the old one works, with its mark or without', async () => {
    const seen: string[] = [];
    for (const when of ['arrived', 'carried out'] as const) {
      for (let index = 1; ; index += 1) {
        const emulator = await startEmulator({ seed: SEED });
        const variables = issueVariables(emulator);
        await runInMemory(['rotate', OLD, '--delete-old-after', '24h', '--format', 'json'], { variables });
        const before = emulator.snapshot().service_tokens;
        const held = holdAt(emulator, index, when);
        const child = startCli(['rotate', OLD, '--undo', '--format', 'json'], { home, env: variables });
        const end = finished(child);
        const isReached = await Promise.race([held.reached.then(() => true), end.then(() => false)]);
        child.kill('SIGKILL');
        await end;
        const tokens = emulator.snapshot().service_tokens;
        const { method } = emulator.requests.at(-1) ?? {};
        await emulator.close();
        if (!isReached) break;
        expect(tokens.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
        const old = tokens.find(({ id }) => id === OLD);
        const isRestored = method === 'PATCH' && when === 'carried out';
        if (isRestored) expect([old?.name, old?.expires_at]).toEqual(['ci', null]);
        else expect(old).toEqual(before.find(({ id }) => id === OLD));
        seen.push(`${when} ${method}`);
      }
    }
    expect(seen).toContain('arrived PATCH');
    expect(seen).toContain('carried out PATCH');
  });

  test('of exec: it expires', async () => {
    const left = await killAtEvery(['exec', ...ACCESS, '--', 'true'], 'pscale-service-token exec *');
    expect(left.map(({ orphans }) => orphans.length)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 0]);
    for (const token of left.flatMap(({ orphans }) => orphans)) {
      expect(token.name).toBe('pscale-service-token exec true');
      expect(Date.parse(token.expires_at ?? '') - Date.parse(token.created_at)).toBe(3_600_000);
    }
  });
});

import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { holdAt } from '../support/faults.ts';
import { createHost, type Ran, runInMemory } from '../support/host.ts';
import { issueVariables } from '../support/issue-promise.ts';
import { run } from '../support/program.ts';

const COUNT = 250;
const IDS = Array.from({ length: COUNT }, (_, index) => `tok${String(index).padStart(9, '0')}`);
const [FIRST = '', SECOND = '', THIRD = ''] = IDS;

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ seed: { tokens: IDS.map((id) => ({ id, name: 'old' })) } });
});
afterEach(() => emulator.close());

const ids = (): string[] => emulator.snapshot().service_tokens.map(({ id }) => id);

/** What somebody else does meanwhile. */
async function request(method: string, path: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${emulator.url}/v1/organizations/acme/service-tokens${path}`, {
    method,
    headers: {
      authorization: `Bearer ${emulator.administrator.userToken}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.ok).toBe(true);
}

describe('a list that shrinks while it is read', () => {
  const LIST = ['list', '--format', 'json'];

  function listed({ stdout }: Ran): string[] {
    return z
      .array(z.object({ id: z.string() }))
      .parse(JSON.parse(stdout))
      .map(({ id }) => id);
  }

  test('is read again, and whole then', async () => {
    const host = createHost({ variables: issueVariables(emulator) });
    // A page behind the first one: what stands at the edge between them moves to where nobody looks again.
    const pages = [holdAt(emulator, 2, 'arrived'), holdAt(emulator, 2, 'arrived')];
    const ended = run(LIST, host);
    await Promise.all(pages.map(({ reached }) => reached));
    await request('DELETE', `/${FIRST}`);
    for (const page of pages) page.release();
    const ran = { status: await ended, ...host.written };
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(listed(ran)).toEqual(IDS.slice(1));
  });

  test('and never holds still is printed as far as it is known, with a warning', async () => {
    const page = { type: 'list', next_page: null, total_count: 2, data: [row(FIRST)] };
    emulator.inject({ answer: 200, count: 3, body: JSON.stringify(page) });
    const ran = await runInMemory(LIST, { variables: issueVariables(emulator) });
    expect(ran.status).toBe(0);
    expect(listed(ran)).toEqual([FIRST]);
    expect(ran.stderr).toBe(
      'Warning: the list of service tokens in acme changed each time it was read: entries may be missing, and some of those shown may be gone\n',
    );
    expect(emulator.requests).toHaveLength(3);
  });
});

function row(id: string): Record<string, unknown> {
  return { id, name: null, created_at: '2026-05-01T10:00:00Z', last_used_at: null, expires_at: null };
}

describe('prune, while somebody thinks about what it shows', () => {
  const PRUNE = ['prune', '--name', 'old', '--apply'];

  beforeEach(async () => {
    await emulator.close();
    emulator = await startEmulator({
      seed: { tokens: [FIRST, SECOND, THIRD].map((id) => ({ id, name: 'old', secret: `pscale_tkn_${id}` })) },
    });
  });

  /** Runs it until it asks, lets something happen, and says yes. */
  async function pruning(argv: readonly string[], meanwhile: () => Promise<void>): Promise<Ran> {
    const terminal = { stdin: true, stderr: true };
    const host = createHost({ variables: issueVariables(emulator), terminal, width: 200 });
    const ended = run(argv, host);
    await vi.waitFor(() => expect(host.written.stderr).toContain('Esc cancel'), { timeout: 5_000 });
    await meanwhile();
    const { stdin } = host.io;
    if (!(stdin instanceof PassThrough)) throw new Error('nobody can type');
    stdin.write('y\r');
    return { status: await ended, ...host.written };
  }

  function outcomes({ stdout }: Ran): [string, string][] {
    const schema = z.object({ tokens: z.array(z.object({ id: z.string(), outcome: z.string() })) });
    return schema.parse(JSON.parse(stdout)).tokens.map(({ id, outcome }) => [id, outcome]);
  }

  test('deletes what was shown and still matches, and nothing else', async () => {
    const ran = await pruning([...PRUNE, '--never-used', '--format', 'json'], async () => {
      // One is used, one is deleted, and one that nobody saw is made.
      await useOnce(FIRST);
      await request('DELETE', `/${SECOND}`);
      await request('POST', '', { name: 'old' });
    });
    expect(outcomes(ran)).toEqual([
      [FIRST, 'no_longer_matches'],
      [SECOND, 'already_gone'],
      [THIRD, 'deleted'],
    ]);
    expect(ran.status).toBe(0);
    expect(ids()).toContain(FIRST);
    expect(ids()).toHaveLength(2);
    expect(JSON.parse(ran.stdout).summary).toMatchObject({
      planned: 3,
      deleted: 1,
      no_longer_matches: 1,
      already_gone: 1,
    });
  });

  test('says so to people, too', async () => {
    const ran = await pruning([...PRUNE, '--never-used'], () => useOnce(FIRST));
    expect(ran.stdout).toContain('no longer matches');
    expect(ran.stdout).toContain('Of 3 service tokens: 2 deleted, 1 no longer matches.');
  });

  test('deletes nothing where it cannot look again', async () => {
    const ran = await pruning([...PRUNE, '--format', 'json'], async () => {
      emulator.inject({ answer: 500, count: 1, method: 'GET' });
    });
    expect(ran.status).toBe(2);
    expect(ids()).toHaveLength(3);
  });

  test('reads one list with --force, where nobody thinks', async () => {
    await runInMemory([...PRUNE, '--force'], { variables: issueVariables(emulator) });
    expect(emulator.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
    expect(ids()).toEqual([]);
  });

  async function useOnce(id: string): Promise<void> {
    const answer = await fetch(`${emulator.url}/v1/organizations`, {
      headers: { authorization: `${id}:pscale_tkn_${id}` },
    });
    await answer.text();
  }
});

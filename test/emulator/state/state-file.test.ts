import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { StateFile } from '../../../src/emulator/state/state-file.ts';
import { StateLock } from '../../../src/emulator/state/state-lock.ts';
import { BRANCHES, column, startApi, TestApi, TOKENS } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const stateIn = (folder: string) => join(folder, 'state.json');

test('another emulator goes on where the first one ended', async () => {
  const stateFile = stateIn(temporaryFolder());
  const seed = { organization: 'umbrella', branch_ready_after: 60, users: [{ name: 'Kim', token: 'kim' }] };
  const first = await startEmulator({ stateFile, seed });
  expect(first.seedApplied).toBe(true);
  const api = new TestApi(first);
  const tokens = '/organizations/umbrella/service-tokens';
  await api.call('POST', tokens, { json: { name: 'kept', ttl: 60 }, as: 'Bearer kim' });
  await api.call('POST', '/organizations/umbrella/databases/shop/branches', { json: { name: 'dev' } });
  const paths = [tokens, '/organizations/umbrella/databases/shop/branches', '/organizations'];
  const before = await bodies(api, paths);
  await first.close();

  const second = await startApi({ stateFile });
  expect(second.emulator).toMatchObject({ organization: 'umbrella', seedApplied: false });
  // Links name the port, which is another one.
  const after = (await bodies(second, paths)).replaceAll(second.emulator.url, first.url);
  expect(after).toBe(before);
  expect(await second.call('GET', tokens, { as: 'Bearer kim' })).toMatchObject({ status: 200 });
});

async function bodies(api: TestApi, paths: readonly string[]): Promise<string> {
  const answers = [];
  for (const path of paths) answers.push((await api.call('GET', path)).text);
  return answers.join('\n');
}

test('a made token still gets in, though its secret is nowhere in the file', async () => {
  const stateFile = stateIn(temporaryFolder());
  const first = await startEmulator({
    stateFile,
    seed: { users: [{ name: 'Kim', token: 'secret-of-kim' }] },
  });
  const { as } = await new TestApi(first).tokenWith({ database: 'shop', access: ['read_branch'] });
  await first.close();
  const text = readFileSync(stateFile, 'utf8');
  expect(text).not.toContain(as.split(':')[1]);
  expect(text).not.toContain('secret-of-kim');
  const second = await startApi({ stateFile });
  expect(await second.call('GET', BRANCHES, { as })).toMatchObject({ status: 200 });
});

test('a file of August 2026 is read: its tokens are not restricted, and nobody knows where they were used', async () => {
  const stateFile = stateIn(temporaryFolder());
  await (
    await startEmulator({ stateFile, seed: { tokens: [{ id: 'one', secret: 'pscale_tkn_one' }] } })
  ).close();
  const written = readFileSync(stateFile, 'utf8');
  const older = written.replace(/"last_used_ip":.*?"cidrs":\[\],/, '');
  expect(older).not.toBe(written);
  writeFileSync(stateFile, older);
  const api = await startApi({ stateFile });
  expect((await api.call('GET', TOKENS)).body).toMatchObject({
    data: [{ id: 'one', cidrs: [], last_used_ip: null, last_used_asn: null }],
  });
});

test('a seed is not even looked at where there is a state', async () => {
  const stateFile = stateIn(temporaryFolder());
  await (await startEmulator({ stateFile, seed: { tokens: [{ id: 'one' }] } })).close();
  const api = await startApi({ stateFile, seedFile: 'no such file' });
  expect(api.emulator.seedApplied).toBe(false);
  expect(column(await api.call('GET', TOKENS), 'id')).toEqual(['one']);
});

test('a change is in the file when its answer arrives', async () => {
  const stateFile = stateIn(temporaryFolder());
  const api = await startApi({ stateFile });
  const { id } = await api.tokenWith();
  expect(readFileSync(stateFile, 'utf8')).toContain(id);
  await api.call('DELETE', `${TOKENS}/${id}`);
  expect(readFileSync(stateFile, 'utf8')).not.toContain(id);
});

test('the time of a mere look is written with the next change, and at the end', async () => {
  const stateFile = stateIn(temporaryFolder());
  let now = Date.parse('2026-05-01T10:00:00.000Z');
  const emulator = await startEmulator({ stateFile, clock: { now: () => now } });
  const api = new TestApi(emulator);
  const { as } = await api.tokenWith();
  const saved = () => readFileSync(stateFile, 'utf8');
  const before = saved();
  const look = async () => {
    now += 1_000;
    await api.call('GET', '/organizations', { as });
  };

  await look();
  expect(saved()).toBe(before);
  await api.call('POST', TOKENS);
  expect(saved()).toContain('"last_used_at":"2026-05-01T10:00:01.000Z"');
  await look();
  await emulator.close();
  expect(saved()).toContain('"last_used_at":"2026-05-01T10:00:02.000Z"');
});

test('a burst of changes is all there', async () => {
  const stateFile = stateIn(temporaryFolder());
  const api = await startApi({ stateFile });
  const names = Array.from({ length: 200 }, (_, i) => `token-${i}`);
  await Promise.all(names.map((name) => api.call('POST', TOKENS, { json: { name } })));
  const saved = readFileSync(stateFile, 'utf8');
  for (const name of names) expect(saved).toContain(`"${name}"`);
});

test('what a killed process left half written does no harm', async () => {
  const stateFile = stateIn(temporaryFolder());
  await (await startEmulator({ stateFile, seed: { tokens: [{ id: 'one' }] } })).close();
  writeFileSync(`${stateFile}.tmp`, '{"version":1,"organi', { mode: 0o644 });
  const api = await startApi({ stateFile });
  expect(column(await api.call('GET', TOKENS), 'id')).toEqual(['one']);
  await api.call('POST', TOKENS);
  expect(existsSync(`${stateFile}.tmp`)).toBe(false);
});

describe('a file that cannot be used is left as it is', () => {
  const state = async (): Promise<Record<string, unknown>> => {
    const stateFile = stateIn(temporaryFolder());
    await (await startEmulator({ stateFile, seed: { tokens: [{ id: 'one' }, { id: 'two' }] } })).close();
    return JSON.parse(readFileSync(stateFile, 'utf8'));
  };

  test.each([
    ['is empty', async () => '', /is not JSON/],
    ['is torn', async () => JSON.stringify(await state()).slice(0, -20), /is not JSON/],
    [
      'is of another version',
      async () => JSON.stringify({ ...(await state()), version: 2 }),
      /is of version 2, this emulator reads 1/,
    ],
    ['holds something else', async () => '{"name":"package"}', /does not hold a state: version/],
    [
      'has a key too many',
      async () => JSON.stringify({ ...(await state()), extra: 1 }),
      /Unrecognized key: "extra"/,
    ],
    [
      'has a token twice',
      async () => JSON.stringify(await state()).replace('"two"', '"one"'),
      /two tokens with the id one/,
    ],
  ])('when it %s', async (_, content, message) => {
    const stateFile = stateIn(temporaryFolder());
    const text = await content();
    writeFileSync(stateFile, text);
    const failure = startEmulator({ stateFile });
    await expect(failure).rejects.toMatchObject({ name: 'EmulatorError', code: 'STATE_INVALID' });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(`${stateFile} `);
    await expect(failure).rejects.toThrow('Remove it to start afresh, or name another one.');
    expect(readFileSync(stateFile, 'utf8')).toBe(text);
  });

  test('when it is a folder', async () => {
    await expect(startEmulator({ stateFile: temporaryFolder() })).rejects.toMatchObject({
      code: 'STATE_INVALID',
    });
  });

  test('when it holds more than 64 MB', async () => {
    const stateFile = stateIn(temporaryFolder());
    writeFileSync(stateFile, '');
    truncateSync(stateFile, 64_000_001);
    await expect(startEmulator({ stateFile })).rejects.toThrow(
      `the state file ${stateFile} holds more than 64 MB. Name another one.`,
    );
  });

  test('when it would hold more than 64 MB, which could not be read again', async () => {
    const stateFile = stateIn(temporaryFolder());
    const lock = new StateLock(stateFile);
    await lock.acquire('http://127.0.0.1:1');
    const file = new StateFile(lock);
    await file.write('before');
    await expect(file.write('x'.repeat(64_000_001))).rejects.toThrow(
      `the state file ${stateFile} would hold more than 64 MB. Delete some tokens or branches.`,
    );
    expect(readFileSync(stateFile, 'utf8')).toBe('before');
  });

  test('when its folder does not exist', async () => {
    const stateFile = join(temporaryFolder(), 'nope', 'state.json');
    const failure = startEmulator({ stateFile });
    await expect(failure).rejects.toMatchObject({ code: 'STATE_INVALID' });
    await expect(failure).rejects.toThrow(
      `cannot lock the state file ${stateFile}: no such file or directory.`,
    );
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { column, startApi, TOKENS } from '../support/api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A folder with somebody's file in it, which must stay as it is. */
function folderWithVictim(): { folder: string; path: string; victim: string } {
  const folder = temporaryFolder();
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious', { mode: 0o644 });
  return { folder, path: join(folder, 'state.json'), victim };
}

async function makeFifo(path: string): Promise<void> {
  const [status] = await once(spawn('mkfifo', [path]), 'exit');
  expect(status).toBe(0);
}

describe('a link that was planted', () => {
  test('in the place of the state file is not followed', async () => {
    const { path, victim } = folderWithVictim();
    symlinkSync(victim, path);
    await expect(startEmulator({ stateFile: path })).rejects.toThrow(
      `the state file ${path} is a link. Name another one.`,
    );
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  test('in the place of the state file, leading nowhere, makes nothing there', async () => {
    const { folder, path } = folderWithVictim();
    symlinkSync(join(folder, 'nowhere'), path);
    await expect(startEmulator({ stateFile: path })).rejects.toMatchObject({ code: 'STATE_INVALID' });
    expect(readdirSync(folder).sort()).toEqual(['state.json', 'victim']);
  });

  test('in the place of the lock is not followed', async () => {
    const { path, victim, folder } = folderWithVictim();
    symlinkSync(victim, `${path}.lock`);
    await expect(startEmulator({ stateFile: path })).rejects.toThrow(
      `the lock file ${path}.lock is a link. Remove it, or name another state file.`,
    );
    symlinkSync(join(folder, 'nowhere'), `${path}2.lock`);
    await expect(startEmulator({ stateFile: `${path}2` })).rejects.toThrow('is a link');
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  test('in the place of the temporary file is removed, not followed', async () => {
    const { path, victim } = folderWithVictim();
    symlinkSync(victim, `${path}.tmp`);
    const api = await startApi({ stateFile: path });
    symlinkSync(victim, `${path}.tmp`);
    expect(await api.call('POST', TOKENS)).toMatchObject({ status: 200 });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(statSync(victim).mode & 0o777).toBe(0o644);
    expect(lstatSync(path).isFile()).toBe(true);
  });

  test('in the place of the state file while the emulator runs is replaced, not followed', async () => {
    const { path, victim } = folderWithVictim();
    const api = await startApi({ stateFile: path });
    await api.call('POST', TOKENS);
    rmSync(path);
    symlinkSync(victim, path);
    expect(await api.call('POST', TOKENS)).toMatchObject({ status: 200 });
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(lstatSync(path).isFile()).toBe(true);
  });
});

test('lock and temporary file are for their owner only', async () => {
  const { path } = folderWithVictim();
  await startApi({ stateFile: path });
  expect(statSync(`${path}.lock`).mode & 0o777).toBe(0o600);
});

describe('what is no regular file', () => {
  test('is not waited for in the place of the state file or the lock', async () => {
    const { folder } = folderWithVictim();
    await makeFifo(join(folder, 'pipe'));
    await expect(startEmulator({ stateFile: join(folder, 'pipe') })).rejects.toThrow('is not a regular file');
    await makeFifo(join(folder, 'state.json.lock'));
    await expect(startEmulator({ stateFile: join(folder, 'state.json') })).rejects.toThrow(
      'state.json.lock is not a regular file',
    );
  });

  test('is read as a seed, up to its bound', async () => {
    await expect(startEmulator({ seedFile: '/dev/zero' })).rejects.toThrow(
      'cannot read the seed file /dev/zero: it holds more than 4 MB',
    );
    const path = join(temporaryFolder(), 'pipe');
    await makeFifo(path);
    const started = startApi({ seedFile: path });
    // Waits for a reader, which the emulator is long before there is something to read.
    const writer = spawn('sh', ['-c', 'exec 3> "$0"; read -r seed; printf %s "$seed" >&3', path]);
    writer.stdin.end('{"tokens":[{"id":"one"}]}\n');
    expect(column(await (await started).call('GET', TOKENS), 'id')).toEqual(['one']);
  });
});

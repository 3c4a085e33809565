import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGithubFile } from '../../src/delivery/github-file.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, failureOf } from '../support/host.ts';
import { canMountSmallDisk, createSmallDisk, type SmallDisk } from '../support/small-disk.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const PAIR = { id: 'k3j9x0q2m7ab', token: 'pscale_tkn_new' };

function open(path: string) {
  const environment = createEnvironment({ home: home.path, variables: { GITHUB_ENV: path } });
  return openGithubFile('env', environment, async () => {});
}

test('a file that has to be made is for its owner alone', async () => {
  await (await open(join(home.path, 'env'))).deliver(PAIR);
  expect(statSync(join(home.path, 'env')).mode & 0o777).toBe(0o600);
});

test.each(['/dev/null', '/dev/full'])('%s is no file to put a secret in', async (path) => {
  expect((await failureOf(() => open(path))).message).toContain('it is not a regular file');
});

test('a pipe is refused, without waiting for its other end', async () => {
  const path = join(home.path, 'pipe');
  execFileSync('mkfifo', [path]);
  expect((await failureOf(() => open(path))).message).toContain('it is not a regular file');
});

describe.runIf(canMountSmallDisk())('on a disk that is full', () => {
  let disk: SmallDisk;
  beforeEach(() => {
    disk = createSmallDisk();
  });
  afterEach(() => disk.remove());

  test.each([0, 10, 60])(
    'no part of the pair stays in the file, though %i bytes of it had room',
    async (room) => {
      const path = join(disk.path, 'env');
      const before = `A=${'x'.repeat(4096 - room - 3)}\n`;
      writeFileSync(path, before);
      disk.fillUp();
      const sink = await open(path);
      const failure = await failureOf(() => sink.deliver(PAIR));
      expect(failure.code).toBe('COMMAND_FAILED');
      expect(failure.message).toBe('cannot write to GITHUB_ENV: no space is left on the device');
      expect(readFileSync(path, 'utf8')).toBe(before);
    },
  );
});

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfigFiles } from '../../src/settings/files.ts';
import { plain } from '../../src/text/text.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, createPatience } from '../support/host.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const USER_CONFIG = '.config/planetscale/pscale.yml';

function write(path: string, content: string, mode: number): string {
  const full = join(home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  chmodSync(full, mode);
  return full;
}

async function warnings(config?: string, platform: NodeJS.Platform = 'linux'): Promise<string[]> {
  const environment = createEnvironment({ home: home.path, platform });
  const files = await readConfigFiles(config === undefined ? {} : { config }, environment, createPatience());
  return files.warnings.map(plain);
}

describe('a user config that holds a secret', () => {
  test.each([0o644, 0o640, 0o604, 0o660, 0o666, 0o601])('brings a warning with the mode %o', async (mode) => {
    write(USER_CONFIG, 'service-token: pscale_tkn_x\n', mode);
    expect(await warnings()).toEqual([
      `~/${USER_CONFIG} holds a secret and other users can read it; run: chmod 600 ~/${USER_CONFIG}`,
    ]);
  });

  test.each([0o600, 0o400, 0o700])('brings none with the mode %o', async (mode) => {
    write(USER_CONFIG, 'service-token: pscale_tkn_x\n', mode);
    expect(await warnings()).toEqual([]);
  });

  test('is told of wherever --config finds it', async () => {
    const path = write('ci.yml', 'service-token: pscale_tkn_x\n', 0o644);
    expect(await warnings(path)).toEqual([expect.stringContaining('chmod 600 ~/ci.yml')]);
  });

  test('brings no warning on Windows, which has no such mode', async () => {
    write(USER_CONFIG, 'service-token: pscale_tkn_x\n', 0o644);
    expect(await warnings(undefined, 'win32')).toEqual([]);
  });
});

test.each(['org: acme\n', 'service-token-id: k3j9x0q2m7ab\n', 'service-token: ""\n', ''])(
  'a file without a secret brings no warning, whoever can read it: %j',
  async (content) => {
    write(USER_CONFIG, content, 0o644);
    expect(await warnings()).toEqual([]);
  },
);

test('the mode that counts is that of the file behind a symbolic link', async () => {
  const target = write('secrets/pscale.yml', 'service-token: pscale_tkn_x\n', 0o600);
  const link = join(home.path, 'ci.yml');
  symlinkSync(target, link);
  expect(await warnings(link)).toEqual([]);
  chmodSync(target, 0o644);
  expect(await warnings(link)).toHaveLength(1);
});

test('a .git that leads nowhere does not keep the program from working', async () => {
  symlinkSync('.git', join(home.path, '.git'));
  write('.pscale.yml', 'org: acme\n', 0o644);
  const files = await readConfigFiles({}, createEnvironment({ home: home.path }), createPatience());
  expect(files.project?.values).toEqual({ org: 'acme' });
});

test('a project file holds no secret that is read, and so no warning is due for its mode', async () => {
  write('.git/HEAD', '', 0o644);
  write('.pscale.yml', 'service-token: pscale_tkn_x\n', 0o644);
  const { warnings: told } = await readConfigFiles(
    {},
    createEnvironment({ home: home.path }),
    createPatience(),
  );
  expect(told.map(plain)).toEqual([expect.stringContaining('non-allowlisted keys')]);
});

test('waiting for a pipe that was named ends with the reason of whoever ends it, and no other', async () => {
  const pipe = join(home.path, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const ending = new AbortController();
  const reason = new Error('interrupted');
  const patience = { ...createPatience(), signal: ending.signal };
  const work = readConfigFiles({ config: pipe }, createEnvironment({ home: home.path }), patience);
  ending.abort(reason);
  await expect(work).rejects.toBe(reason);
});

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createHome, type Home } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
/** npm.cmd is a script, which Windows starts through a shell only. */
const shell = process.platform === 'win32';

/** What `npm pack` makes is what is published: it is installed into an empty folder and run there. */
describe('the published package', () => {
  let home: Home;
  let installed: string;
  let files: string[];
  beforeAll(async () => {
    home = createHome();
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', home.path];
    const { stdout } = await run(npm, pack, { cwd: root, shell });
    const [packed] = z
      .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
      .parse(JSON.parse(stdout));
    files = packed?.files.map(({ path }) => path) ?? [];
    const env = { ...process.env, HOME: home.path, npm_config_cache: join(home.path, 'cache') };
    const install = ['install', '--offline', '--no-audit', '--no-fund', '--prefix', home.path];
    await run(npm, [...install, join(home.path, packed?.filename ?? '')], { cwd: home.path, env, shell });
    installed = join(home.path, 'node_modules', 'pscale-service-token');
  });
  afterAll(() => home.remove());

  test('installs without a registry: it depends on nothing', () => {
    expect(readdirSync(join(home.path, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'pscale-service-token',
    ]);
  });

  test('runs', async () => {
    const { stdout } = await run(process.execPath, [
      join(installed, 'bin', 'pscale-service-token.cjs'),
      '--version',
    ]);
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(stdout).toBe(`pscale-service-token version ${version}\n`);
  });

  test('is put on the PATH under its name', () => {
    const name = process.platform === 'win32' ? 'pscale-service-token.cmd' : 'pscale-service-token';
    expect(existsSync(join(home.path, 'node_modules', '.bin', name))).toBe(true);
  });

  test('plays a command on its own emulator', async () => {
    const executable = join(installed, 'bin', 'pscale-service-token.cjs');
    const inner = [process.execPath, executable, 'create', '--name', 'ci', '--format', 'json'];
    const { stdout } = await run(process.execPath, [executable, 'emulator', 'exec', '--', ...inner]);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'ci', type: 'ServiceToken' });
  });

  test('holds what it needs, its licences, and nothing else', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'dist/main.cjs',
        'dist/THIRD-PARTY-LICENSES.txt',
      ]),
    );
    const odd = files.filter(
      (path) => !/^(bin|dist)\/|^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(path),
    );
    expect(odd).toEqual([]);
    expect(files).not.toContain('dist/meta.json');
  });
});

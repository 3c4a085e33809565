import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { startEmulator } from '../../src/emulator/index.ts';
import { cleanEnvironment, createHome, EXECUTABLE } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The source files that ended up in each file of the build. */
const inputs = z
  .record(z.string(), z.array(z.string()))
  .parse(JSON.parse(readFileSync(join(root, 'build', 'inputs.json'), 'utf8')));

const loadedModules = z.object({ files: z.array(z.string()), builtins: z.array(z.string()) });

/**
 * What a command line loads: source files and libraries, and Node's own parts as Node lists them
 * (`NativeModule net`).
 */
async function loadedBy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const home = createHome();
  try {
    const witness = join(home.path, 'witness.cjs');
    const log = join(home.path, 'loaded.json');
    writeFileSync(
      witness,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(log)}, JSON.stringify({
        files: Object.keys(require.cache).map((file) => file.replaceAll(require('node:path').sep, '/')),
        builtins: process.moduleLoadList,
      })));`,
    );
    const words = ['--require', witness, EXECUTABLE, ...args];
    await run(process.execPath, words, {
      // Loaded by Node itself, which then tells what it has loaded.
      env: cleanEnvironment({ home, env: { NODE_DISABLE_COMPILE_CACHE: '1', ...env } }),
    }).catch(() => {});
    const { files, builtins } = loadedModules.parse(JSON.parse(readFileSync(log, 'utf8')));
    const sources = files.flatMap((file) => {
      const output = Object.keys(inputs).find((path) => file.endsWith(`/dist/${path}`));
      return output === undefined ? [] : (inputs[output] ?? []);
    });
    return [...sources, ...builtins];
  } finally {
    home.remove();
  }
}

/** What takes long to load: libraries, and parts of Node, its `fetch` (undici) and HTTP among them. */
const HEAVY =
  /^src\/(emulator|prompts|api\/(client|schemas|transport|http\.\w+))\b|node_modules\/(undici|zod|yaml|cli-table3|cross-spawn)\/|^NativeModule (internal\/deps\/undici\/undici|child_process|http|tls)$/;

test.each([
  [['--version']],
  [['--help']],
  [['add-access', '--help']],
  [['lsit']],
  [['list', '--wat']],
  [['permissions', '--format', 'json']],
])('%j loads neither the emulator, prompts, zod nor anything of HTTP', async (args) => {
  const loaded = await loadedBy(args);
  expect(loaded).toContain('src/cli/program.ts');
  expect(loaded.filter((path) => HEAVY.test(path))).toEqual([]);
});

test('list loads the client, and neither the emulator, prompts nor fetch', async () => {
  const emulator = await startEmulator();
  const loaded = await loadedBy(['list', '--format', 'json'], {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: emulator.organization,
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  });
  await emulator.close();
  expect(loaded).toContain('src/api/client.ts');
  expect(loaded).toContain('NativeModule http');
  const heavy =
    /^src\/(emulator|prompts)\/|node_modules\/(undici|yaml|cli-table3)\/|^NativeModule (internal\/deps\/undici\/undici|child_process|https|tls)$/;
  expect(loaded.filter((path) => heavy.test(path))).toEqual([]);
});

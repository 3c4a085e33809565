import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { startEmulator } from '../../src/emulator/index.ts';
import { cleanEnvironment, createHome, EXECUTABLE } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** esbuild's account of which source files ended up in which file of the build. */
const outputs = z
  .object({ outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.unknown()) })) })
  .parse(JSON.parse(readFileSync(join(root, 'build', 'meta.json'), 'utf8'))).outputs;

/** The source files and libraries that a command line loads, by asking Node which files it loads. */
async function loadedBy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const home = createHome();
  try {
    const hook = join(home.path, 'hook.mjs');
    const log = join(home.path, 'loaded.txt');
    writeFileSync(
      hook,
      `import { appendFileSync } from 'node:fs';
       export async function load(url, context, next) { appendFileSync(${JSON.stringify(log)}, url + '\\n'); return next(url, context); }`,
    );
    const register = join(home.path, 'register.mjs');
    const hookUrl = JSON.stringify(pathToFileURL(hook).href);
    writeFileSync(register, `import { register } from 'node:module'; register(${hookUrl});`);
    const words = ['--import', pathToFileURL(register).href, EXECUTABLE, ...args];
    await run(process.execPath, words, { env: cleanEnvironment({ home, env }) }).catch(() => {});
    const chunks = readFileSync(log, 'utf8').trim().split('\n');
    return chunks.flatMap((url) => {
      const output = Object.keys(outputs).find((path) => url.endsWith(`/${path}`));
      return output === undefined ? [] : Object.keys(outputs[output]?.inputs ?? {});
    });
  } finally {
    home.remove();
  }
}

const HEAVY =
  /^src\/emulator\/|^src\/prompts\/|^src\/api\/schemas|node_modules\/(@inquirer|undici|zod|yaml|cli-table3|csv-stringify|cross-spawn)\//;

test.each([
  [['--version']],
  [['--help']],
  [['add-access', '--help']],
  [['lsit']],
  [['list', '--wat']],
  [['permissions', '--format', 'json']],
])('%j loads neither the emulator, prompts, undici nor zod', async (args) => {
  const loaded = await loadedBy(args);
  expect(loaded).toContain('src/program.ts');
  expect(loaded.filter((path) => HEAVY.test(path))).toEqual([]);
});

test('list loads the client, and neither the emulator, prompts nor undici', async () => {
  const emulator = await startEmulator();
  const loaded = await loadedBy(['list', '--format', 'json'], {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: emulator.organization,
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  });
  await emulator.close();
  expect(loaded).toContain('src/api/client.ts');
  const heavy =
    /^src\/emulator\/|^src\/prompts\/|node_modules\/(@inquirer|undici|yaml|cli-table3|csv-stringify)\//;
  expect(loaded.filter((path) => heavy.test(path))).toEqual([]);
});

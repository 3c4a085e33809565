import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAFEGUARDS } from './list.ts';

/** Turns each safeguard off in a copy of the tree, and sees its tests fail: `npm run safeguards`. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What a copy does not need, or must not share. */
const LEFT_OUT = ['node_modules', 'dist', 'build', 'coverage', '.git'];
/** Milliseconds. A promise that is broken may well be that something ends. */
const PATIENCE = 300_000;

let copy = '';
beforeAll(() => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), 'safeguards-')));
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(SAFEGUARDS.map((safeguard) => [safeguard.name, safeguard] as const))(
  '%s',
  (_, { changes, tests }) => {
    for (const file of tests) expect(isPassing(file), `${file} passes as long as all is well`).toBe(true);
    const originals = new Map<string, string>();
    try {
      for (const { file, search, replacement } of changes) {
        const path = join(copy, file);
        const before = readFileSync(path, 'utf8');
        if (!originals.has(path)) originals.set(path, before);
        // By a function: a replacement may hold what `replace` would take for a pattern.
        writeFileSync(
          path,
          before.replace(search, () => replacement),
        );
      }
      expect(failures(tests), 'nothing noticed that it was gone').toBeGreaterThan(0);
    } finally {
      for (const [path, before] of originals) writeFileSync(path, before);
    }
  },
);

const passing = new Map<string, boolean>();

/** A test that fails anyway would prove nothing. */
function isPassing(file: string): boolean {
  const known = passing.get(file) ?? failures([file]) === 0;
  passing.set(file, known);
  return known;
}

/**
 * How many tests of these files fail in the copy as it is, one that does not end in time included.
 *
 * @throws Error where the files could not even be loaded: that says nothing about a safeguard
 */
function failures(files: readonly string[]): number {
  // The executable is what acceptance tests are about.
  if (files.some((file) => file.startsWith('test/acceptance/'))) {
    const built = spawnSync(process.execPath, ['scripts/build.js'], { cwd: copy, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`it cannot be built: ${built.stderr}`);
  }
  // The bundles are what tests of the action run.
  if (files.some((file) => file.startsWith('test/action/'))) {
    const built = spawnSync(process.execPath, ['scripts/build-action.js'], { cwd: copy, encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`the action cannot be built: ${built.stderr}`);
  }
  const report = join(copy, 'build-report.json');
  rmSync(report, { force: true });
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  const words = [vitest, 'run', ...files, '--bail=1', '--reporter=json', `--outputFile=${report}`];
  const env = { ...process.env, NODE_OPTIONS: '', VITEST: undefined, VITEST_MODE: undefined };
  const ran = spawnSync(process.execPath, words, {
    cwd: copy,
    env,
    encoding: 'utf8',
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  if (ran.error && 'code' in ran.error && ran.error.code === 'ETIMEDOUT') return 1;
  const { numTotalTests, numFailedTests }: { numTotalTests: number; numFailedTests: number } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  if (numTotalTests === 0) throw new Error(`no test could be run: ${ran.stdout}${ran.stderr}`);
  return numFailedTests;
}

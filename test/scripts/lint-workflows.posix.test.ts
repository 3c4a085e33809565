import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliResult, createHome, finished, type Home } from '../support/cli.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/lint-workflows.js', import.meta.url));

let home: Home;
/** A project of the test's own, since the script keeps what Go builds in the project. */
let script: string;
/** The whole PATH: a machine with Node, and what a test puts there. */
let bin: string;
beforeEach(() => {
  home = createHome();
  const workflows = join(home.path, '.github', 'workflows');
  mkdirSync(workflows, { recursive: true });
  for (const name of ['ci.yml', 'release.yml']) writeFileSync(join(workflows, name), '');
  mkdirSync(join(home.path, 'docs'));
  writeFileSync(
    join(home.path, 'docs', 'ci.md'),
    '```yaml\nname: Shown\non: push\n```\n\n```yaml\nother: 1\n```\n',
  );
  script = join(home.path, 'scripts', 'lint-workflows.js');
  cpSync(SCRIPT, script);
  writeFileSync(join(home.path, 'package.json'), '{"type":"module"}');
  bin = join(home.path, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
});
afterEach(() => home.remove());

function put(program: string, script: string): void {
  writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function lintWorkflows(env: Record<string, string> = {}): Promise<CliResult> {
  return finished(spawn(process.execPath, [script], { env: { PATH: bin, ...env } }));
}

test('without actionlint and Go, one line says so, and that is a failure in CI only', async () => {
  const here = await lintWorkflows();
  expect(here.stderr).toMatch(/^Workflows were not linted: install Go, or actionlint [\d.]+\. .*\n$/);
  expect(here.status).toBe(0);
  const ci = await lintWorkflows({ CI: 'true' });
  expect(ci.stderr).toMatch(/^Workflows were not linted: .*failure.*\n$/);
  expect(ci.status).toBe(1);
});

test('without actionlint and with a Go that cannot build it, they are not linted either', async () => {
  put('go', 'echo "no network" >&2; exit 1');
  const { stderr, status } = await lintWorkflows({ CI: 'true' });
  expect(stderr).toMatch(/^no network\nWorkflows were not linted: /);
  expect(status).toBe(1);
});

test('the actionlint on the PATH judges every workflow', async () => {
  put('actionlint', 'printf "%s\\n" "$@"; exit 3');
  const { stdout, stderr, status } = await lintWorkflows();
  expect(stdout).toBe(
    '.github/workflows/ci.yml\n.github/workflows/release.yml\nbuild/shown-workflows/ci.md-1.yml\n',
  );
  expect(stderr).toBe('');
  expect(status).toBe(3);
});

test('else Go builds a pinned version', async () => {
  put(
    'go',
    'echo "$@"; printf "#!/bin/sh\\necho linted\\nexit 1\\n" > "$GOBIN/actionlint"; /bin/chmod 755 "$GOBIN/actionlint"',
  );
  const { stdout, status } = await lintWorkflows({ CI: 'true' });
  expect(stdout).toMatch(
    /^install github\.com\/rhysd\/actionlint\/cmd\/actionlint@v\d+\.\d+\.\d+\nlinted\n$/,
  );
  expect(status).toBe(1);
});

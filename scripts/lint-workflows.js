// Checks .github/workflows with actionlint: the one on the PATH, else one that Go builds. What npm has of
// it knows neither today's runners nor today's permissions. Without both, this says so and passes, because
// the rest of npm run check needs Node and npm only; in CI it fails.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '1.7.12';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const workflows = join('.github', 'workflows');
const files = [...readdirSync(join(root, workflows)).map((name) => join(workflows, name)), ...shownInDocs()];

const status = run('actionlint', files) ?? buildAndRun();
if (status === undefined) {
  console.error(
    `Workflows were not linted: install Go, or actionlint ${VERSION}. ` +
      (process.env.CI ? 'In CI that is a failure.' : 'CI will lint them.'),
  );
  process.exitCode = process.env.CI ? 1 : 0;
} else {
  process.exitCode = status;
}

/** The workflows that the documentation shows, each in a file of its own. */
function shownInDocs() {
  const shown = join('build', 'shown-workflows');
  rmSync(join(root, shown), { recursive: true, force: true });
  mkdirSync(join(root, shown), { recursive: true });
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return docs.flatMap((name) => {
    const page = readFileSync(join(root, 'docs', name), 'utf8');
    return [...page.matchAll(/^```yaml\n(name: .*?\non:.*?)^```$/gms)].map(([, workflow], index) => {
      const file = join(shown, `${name}-${index + 1}.yml`);
      writeFileSync(join(root, file), workflow);
      return file;
    });
  });
}

/** Go checks what it downloads against the public checksum database, and keeps what it has built. */
function buildAndRun() {
  const folder = join(root, 'node_modules', '.cache', 'actionlint');
  mkdirSync(folder, { recursive: true });
  const built = run('go', ['install', `github.com/rhysd/actionlint/cmd/actionlint@v${VERSION}`], {
    GOBIN: folder,
  });
  return built === 0 ? run(join(folder, 'actionlint'), files) : undefined;
}

/** The exit status of a program; undefined where there is no such program. */
function run(program, args, env = {}) {
  const { error, status } = spawnSync(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return undefined;
  if (error !== undefined) throw error;
  return status ?? 1;
}

// Builds standalone executables into dist/standalone: the program with a runtime in one file.
//
//     npm run build:standalone                      for this machine
//     npm run build:standalone -- linux-arm64 …     for others; `all` for every one
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunFor, executableOf, localTarget, TARGETS } from './bun.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);
const targets = wanted.includes('all') ? Object.keys(TARGETS) : wanted.length > 0 ? wanted : [localTarget()];

const unknown = targets.filter((target) => !(target in TARGETS));
if (unknown.length > 0) {
  console.error(`no such target: ${unknown.join(', ')}; there are: ${Object.keys(TARGETS).join(', ')}`);
  process.exit(1);
}
for (const target of targets) build(target);

function build(target) {
  const outfile = executableOf(target);
  mkdirSync(dirname(outfile), { recursive: true });
  const flags = [
    '--compile',
    `--target=bun-${TARGETS[target].bun}`,
    `--compile-executable-path=${bunFor(target)}`,
    // Compiled ahead, and in parts that are loaded when they are needed: both are worth milliseconds.
    '--bytecode',
    '--format=esm',
    '--splitting',
    '--min-chunk-size=4096',
    '--minify',
    // Whatever lies in the folder it is started in must not decide where credentials go.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    ...startsAnywhere(target),
    `--outfile=${outfile}`,
  ];
  execFileSync(bunFor(localTarget()), ['build', ...flags, join(root, 'scripts', 'standalone.ts')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(outfile);
}

/**
 * The runtime refuses to start in a working directory that was deleted, with words of its own. Told to change
 * to where it is already, it does not ask for the name of the place. Only Linux has a path for that.
 */
function startsAnywhere(target) {
  return target.startsWith('linux') ? ['--compile-exec-argv=--cwd=/proc/self/cwd'] : [];
}

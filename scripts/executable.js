// Compiles one entry to an executable with a runtime in it, the same way for whoever needs one.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bunFor, localTarget, TARGETS } from './bun.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Compiles the source file `entry` to the executable `outfile` for a target of {@link TARGETS}. */
export function compile(entry, outfile, target) {
  mkdirSync(dirname(outfile), { recursive: true });
  const options = {
    entrypoints: [entry],
    compile: {
      target: `bun-${TARGETS[target].bun}`,
      executablePath: bunFor(target),
      outfile,
      // Whatever lies in the folder it is started in must not decide where credentials go.
      autoloadDotenv: false,
      autoloadBunfig: false,
      execArgv: startsAnywhere(target),
      jitPolicy: 30,
    },
    // Compiled ahead, and in parts that are loaded when they are needed: both are worth milliseconds.
    bytecode: true,
    format: 'esm',
    splitting: true,
    minChunkSize: 4096,
    minify: true,
  };
  execFileSync(bunFor(localTarget()), [join(root, 'scripts', 'compile.js'), JSON.stringify(options)], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/**
 * The runtime refuses to start in a working directory that was deleted, with words of its own. Told to change
 * to where it is already, it does not ask for the name of the place. Only Linux has a path for that.
 */
function startsAnywhere(target) {
  return target.startsWith('linux') ? ['--cwd=/proc/self/cwd'] : [];
}

// Builds standalone executables into dist/standalone: the program with a runtime in one file.
//
//     npm run build:standalone                      for this machine
//     npm run build:standalone -- linux-arm64 …     for others; `all` for every one
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executableOf, localTarget, TARGETS } from './bun.js';
import { compile } from './executable.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);
const targets = wanted.includes('all') ? Object.keys(TARGETS) : wanted.length > 0 ? wanted : [localTarget()];

const unknown = targets.filter((target) => !(target in TARGETS));
if (unknown.length > 0) {
  console.error(`no such target: ${unknown.join(', ')}; there are: ${Object.keys(TARGETS).join(', ')}`);
  process.exit(1);
}
for (const target of targets) {
  compile(join(root, 'scripts', 'standalone.ts'), executableOf(target), target);
  console.log(executableOf(target));
}

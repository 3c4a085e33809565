// Completes a folder with the executables of a release: adds install.sh, which then knows where it
// downloads from, and SHA256SUMS, in the format of sha256sum. Run in the root of the project:
//   node scripts/release-files.js <folder> <owner/repository>
// Ends with 1, and writes nothing, where an executable is missing.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { executableOf, TARGETS } from './bun.js';

const EXECUTABLES = Object.keys(TARGETS)
  .map((target) => basename(executableOf(target)))
  .sort();

const PLACEHOLDER = 'OWNER/pscale-service-token';

const [folder, repository] = process.argv.slice(2);
const missing = folder === undefined ? [] : EXECUTABLES.filter((name) => !existsSync(join(folder, name)));
if (folder === undefined || repository === undefined) {
  fail('Usage: node scripts/release-files.js <folder> <owner/repository>');
} else if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
  fail(`${JSON.stringify(repository)} is not the name of a repository; write it as owner/repository`);
} else if (missing.length > 0) {
  fail(`Missing in ${folder}: ${missing.join(', ')}. A release has the executables of all platforms.`);
} else {
  writeFileSync(join(folder, 'install.sh'), installScript(repository), { mode: 0o755 });
  const names = readdirSync(folder).filter((name) => name !== 'SHA256SUMS');
  writeFileSync(join(folder, 'SHA256SUMS'), names.sort().map(checksumLine).join(''));
}

/** scripts/install.sh with the repository's name in the place of the placeholder. */
function installScript(name) {
  const script = readFileSync(join('scripts', 'install.sh'), 'utf8');
  if (!script.includes(PLACEHOLDER)) throw new Error(`scripts/install.sh does not say ${PLACEHOLDER}`);
  return script.replaceAll(PLACEHOLDER, name);
}

/** Two spaces: sha256sum reads the file as it is. */
function checksumLine(name) {
  const sum = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
  return `${sum}  ${name}\n`;
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

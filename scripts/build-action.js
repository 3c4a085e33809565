// Writes the GitHub Action's bundles, which are committed; --check fails where they are not what the source gives.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionBundles, FOLDER } from './action-bundles.js';

const isCheck = process.argv.includes('--check');
mkdirSync(FOLDER, { recursive: true });
for (const [file, { code }] of await actionBundles()) {
  const path = join(FOLDER, file);
  if (!isCheck) writeFileSync(path, code);
  else if (readFileSync(path, 'utf8') !== code) {
    process.stderr.write(`action/dist/${file} is not what its source gives: run npm run build:action\n`);
    process.exitCode = 1;
  }
}

// Bundles src into dist: one entry, and a chunk for each part that is loaded only when it is needed.
// Everything is bundled, so that the package has no dependency to resolve, at install or at start.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS libraries call require for Node's own modules, which an ES module does not have.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
// For tests and diagnosis; not published.
mkdirSync(join(root, 'build'), { recursive: true });
writeFileSync(join(root, 'build', 'meta.json'), JSON.stringify(metafile));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses(metafile));

/** The licence texts of every package whose code ended up in the bundle. */
function licenses(meta) {
  const packages = new Set();
  for (const input of Object.keys(meta.inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) packages.add(match[1]);
  }
  const sections = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${licenseText(join(root, folder))}`;
  });
  return `This package contains code of these libraries.\n\n${sections.join(`\n${'-'.repeat(78)}\n`)}`;
}

function licenseText(folder) {
  for (const file of [
    'LICENSE',
    'LICENSE.md',
    'LICENSE.txt',
    'license',
    'license.md',
    'LICENCE',
    'License',
  ]) {
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch {
      // The next spelling.
    }
  }
  return 'See the package.\n';
}

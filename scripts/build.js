// Bundles src into dist: one entry, and a chunk for each part that is loaded only when it is needed.
// Everything is bundled, so that the package has no dependency to resolve, at install or at start.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const TARGET = 'node20.19';

/**
 * commander asks for it at once, to start subcommands that are executables of their own. There are none,
 * and loading it takes longer than building the whole command tree.
 */
const lateChildProcess = {
  name: 'late-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'child_process', namespace: 'late' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late' }, () => ({
      contents: "module.exports = { get spawn() { return require('node:child_process').spawn; } };",
    }));
  },
};

// Not all of dist: the standalone executables are there as well.
for (const name of ['main.cjs', 'chunks']) rmSync(join(dist, name), { recursive: true, force: true });
const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: TARGET,
  minify: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [lateChildProcess],
});
// esbuild splits modules only, and Node starts CommonJS sooner: each chunk is turned into that.
for (const { path, text } of outputFiles) {
  const supported = { 'dynamic-import': false };
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    minify: true,
    supported,
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
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

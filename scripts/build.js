// Bundles src into dist: one entry, and a chunk for each part that is loaded only when it is needed.
// Everything is bundled, so that the package has no dependency to resolve, at install or at start.
// CommonJS, because Node starts it sooner than modules.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { REPLACED, RESOLVED } from './libraries.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

/** What is loaded together is in one file, whoever else needs a part of it: each file takes its time. */
const groups = [
  ['start', only('src/program.ts')],
  ['settings', only('src/settings/load.ts')],
  // The command that is called most, and what most others share with it.
  ['list', only('src/commands/list.ts')],
  // A command needs most of what the others share, and a file each would take longer.
  ['commands', (modules) => commandsOf(modules).filter((id) => !isOfAccess(id))],
  ['requests', only('src/api/connect.ts')],
  ['human', only('src/output/human.ts')],
  // Access as code shares little with them, and is more than any of them.
  ['access', (modules) => commandsOf(modules).filter(isOfAccess)],
].map(([name, entries], index, all) => group(name, entries, all.length - index));

// Not all of dist: the standalone executables are there as well.
for (const name of ['main.cjs', 'code-cache.cjs', 'chunks'])
  rmSync(join(dist, name), { recursive: true, force: true });
const output = [
  ...(await bundle({ main: 'src/program.ts' }, { codeSplitting: { groups } })),
  // By itself: it loads the rest.
  ...(await bundle({ 'code-cache': 'src/settings/code-cache.ts' })),
];
const inputs = Object.fromEntries(output.map(({ fileName, moduleIds }) => [fileName, moduleIds.map(pathOf)]));
// Which source is in which file: for tests and diagnosis; not published.
mkdirSync(join(root, 'build'), { recursive: true });
writeFileSync(join(root, 'build', 'inputs.json'), JSON.stringify(inputs, null, 2));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses(Object.values(inputs).flat()));

// What npm installs for man(1), made by the program itself.
writeFileSync(
  join(dist, 'pscale-service-token.1'),
  execFileSync(process.execPath, [join(root, 'bin', 'pscale-service-token.cjs'), 'help', 'man']),
);

async function bundle(input, splitting = {}) {
  const { output } = await build({
    cwd: root,
    input,
    platform: 'node',
    resolve: RESOLVED,
    plugins: [REPLACED],
    transform: { target: 'node20.19' },
    output: {
      dir: dist,
      format: 'cjs',
      minify: true,
      comments: false,
      entryFileNames: '[name].cjs',
      chunkFileNames: 'chunks/[name]-[hash].cjs',
      dynamicImportInCjs: false,
      ...splitting,
    },
  });
  return output;
}

function commandsOf(modules) {
  return modules.getModuleInfo(join(root, 'src/commands/all.ts')).dynamicallyImportedIds;
}

function isOfAccess(id) {
  return pathOf(id).startsWith('src/access/commands/');
}

function only(entry) {
  return () => [join(root, entry)];
}

/** All that the given files load at once, themselves included, as far as no group above takes it. */
function group(debugName, entries, priority) {
  let loaded;
  const name = (id, modules) => {
    loaded ??= reachable(entries(modules), modules);
    return loaded.has(id) ? debugName : null;
  };
  return { name, debugName, priority };
}

function reachable(starts, modules) {
  const seen = new Set(starts);
  for (const id of seen) for (const next of modules.getModuleInfo(id)?.importedIds ?? []) seen.add(next);
  return seen;
}

/** Below the root, with slashes on every system. */
function pathOf(id) {
  return relative(root, id).split(sep).join('/');
}

/** The licence texts of every package whose code ended up in the bundle. */
function licenses(paths) {
  const packages = new Set();
  for (const path of paths) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
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

// What the bundles have in the place of parts of libraries: both builds replace the same.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stringWidth = join(root, 'node_modules', 'string-width', 'index.js').replaceAll('\\', '/');

/** `specifier`, as the library of that name imports it, and the source to load instead. */
export const REPLACEMENTS = [
  // One idea of how wide a character is, the newest, for whoever measures columns and whoever pads them.
  {
    library: 'cli-table3',
    specifier: 'string-width',
    source: `module.exports = require(${JSON.stringify(stringWidth)}).default;`,
  },
  // Colours of its own are switched off: it does well without the library of them.
  { library: 'cli-table3', specifier: '@colors/colors/safe', source: 'module.exports = {};' },
  // How much colour there is has been decided by settings: looking again takes longer than all the rest of it.
  {
    library: 'chalk',
    specifier: '#supports-color',
    source: 'export default { stdout: false, stderr: false };',
  },
  // commander asks for it at once, to start subcommands that are executables of their own. There are none,
  // and loading it takes longer than building the whole command tree.
  {
    library: 'commander',
    specifier: 'node:child_process',
    source: "module.exports = { get spawn() { return require('node:child_process').spawn; } };",
  },
];

/** The one for what a file of a library imports, if there is one. */
export function replacementFor(specifier, importer) {
  const path = (importer ?? '').replaceAll('\\', '/');
  return REPLACEMENTS.find(
    (one) => one.specifier === specifier && path.includes(`/node_modules/${one.library}/`),
  );
}

/** The replacements as a plugin of rolldown. */
export const REPLACED = {
  name: 'replacements',
  resolveId: (id, importer) => {
    const found = replacementFor(id, importer);
    return found && `\0${found.library}:${found.specifier}`;
  },
  load: (id) => REPLACEMENTS.find((one) => id === `\0${one.library}:${one.specifier}`)?.source,
};

/** How libraries are found: the form of jsonc-parser that Node would load cannot be bundled, the other one can. */
export const RESOLVED = { mainFields: ['module', 'main'] };

// Run by bun itself, whose command line has no way to replace a part of a library:
//     bun scripts/compile.js '<options of Bun.build as JSON>'
import { REPLACEMENTS, replacementFor } from './libraries.js';

const replacements = {
  name: 'replacements',
  setup(build) {
    const specifiers = REPLACEMENTS.map(({ specifier }) => specifier);
    build.onResolve({ filter: new RegExp(`^(${specifiers.join('|')})$`) }, ({ path, importer }) => {
      const found = replacementFor(path, importer);
      return found && { path: String(REPLACEMENTS.indexOf(found)), namespace: 'replacement' };
    });
    build.onLoad({ filter: /.*/, namespace: 'replacement' }, ({ path }) => ({
      contents: REPLACEMENTS[Number(path)].source,
      loader: 'js',
    }));
  },
};

const options = JSON.parse(process.argv[2]);
const { success, logs } = await Bun.build({ ...options, plugins: [replacements], throw: false });
for (const log of logs) console.error(String(log));
process.exit(success ? 0 : 1);

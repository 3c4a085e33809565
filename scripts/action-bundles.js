// The two halves of the GitHub Action, each in one file: a runner starts them as they are committed.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { REPLACED } from './libraries.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where they are committed. */
export const FOLDER = join(root, 'action', 'dist');

/** The bundles by their files' names, and the modules in them. */
export async function actionBundles() {
  const bundles = new Map();
  for (const name of ['main', 'post']) {
    const { output } = await build({
      cwd: root,
      input: { [name]: `action/${name}.ts` },
      platform: 'node',
      plugins: [REPLACED],
      transform: { target: 'node24' },
      write: false,
      output: {
        format: 'cjs',
        minify: true,
        comments: false,
        entryFileNames: '[name].cjs',
        codeSplitting: false,
      },
    });
    const [bundle, ...others] = output;
    if (others.length > 0) throw new Error(`${name} became more than one file`);
    bundles.set(bundle.fileName, bundle);
  }
  return bundles;
}

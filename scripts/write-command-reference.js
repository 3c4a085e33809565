// Writes docs/commands.md from the command tree, so that it cannot tell anything else than --help does, and
// docs/least-privilege.md from the rules of --for, so that a reviewer sees where a choice changes.
// With --check it only compares, and ends with 1 where a file is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { RESOLVED } from './libraries.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(root, 'node_modules', '.cache', 'command-reference', 'program.js');

mkdirSync(dirname(bundle), { recursive: true });
await build({
  cwd: root,
  input: { reference: 'scripts/command-reference.ts' },
  platform: 'node',
  resolve: RESOLVED,
  output: { file: bundle, format: 'esm', codeSplitting: false },
});
const { everyHelp, leastPrivilegePage } = await import(pathToFileURL(bundle).href);

const sections = (await everyHelp(100)).map(
  ({ name, help }) => `## ${name}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`,
);
const reference = `# Commands

What \`--help\` prints, command by command. This page is made from the command tree by \`npm run docs\`;
do not edit it. Every command also takes the [global flags](#pscale-service-token-help-flags), before or
after its name.

${sections.join('\n')}`;

const pages = { 'commands.md': reference, 'least-privilege.md': leastPrivilegePage() };
for (const [name, page] of Object.entries(pages)) {
  const target = join(root, 'docs', name);
  if (!process.argv.includes('--check')) {
    writeFileSync(target, page);
  } else if (!existsSync(target) || readFileSync(target, 'utf8') !== page) {
    console.error(`docs/${name} is out of date: run npm run docs`);
    process.exitCode = 1;
  }
}

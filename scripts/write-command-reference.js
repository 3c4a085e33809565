// Writes docs/commands.md from the command tree, so that it cannot tell anything else than --help does.
// With --check it only compares, and ends with 1 where the file is out of date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'docs', 'commands.md');
const bundle = join(root, 'node_modules', '.cache', 'command-reference', 'program.js');

mkdirSync(dirname(bundle), { recursive: true });
await build({
  cwd: root,
  input: { reference: 'scripts/command-reference.ts' },
  platform: 'node',
  output: { file: bundle, format: 'esm', codeSplitting: false },
});
const { everyHelp } = await import(pathToFileURL(bundle).href);

const sections = (await everyHelp(100)).map(
  ({ name, help }) => `## ${name}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`,
);
const reference = `# Commands

What \`--help\` prints, command by command. This page is made from the command tree by \`npm run docs\`;
do not edit it. Every command also takes the [global flags](#pscale-service-token-help-flags), before or
after its name.

${sections.join('\n')}`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, reference);
} else if (readFileSync(target, 'utf8') !== reference) {
  console.error('docs/commands.md is out of date: run npm run docs');
  process.exitCode = 1;
}

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
  input: 'src/program.ts',
  platform: 'node',
  output: { file: bundle, format: 'esm', codeSplitting: false },
});
const { createProgram } = await import(pathToFileURL(bundle).href);

let help = '';
const output = {
  width: 100,
  write(text) {
    help += text;
  },
};
const program = await createProgram(async () => {}, output);

const sections = [program, ...descendants(program)].map((command) => {
  help = '';
  command.outputHelp();
  // What every command shares is told once, with the program itself.
  const own = command === program ? help : help.replace(/\nGlobal Options:\n(?: .*\n)+/, '');
  return `## ${command.fullName()}\n\n\`\`\`text\n${own.trimEnd()}\n\`\`\`\n`;
});
const reference = `# Commands

What \`--help\` prints, command by command. This page is made from the command tree by \`npm run docs\`;
do not edit it. Every command also takes the options of the program itself, before or after its name.

${sections.join('\n')}`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, reference);
} else if (readFileSync(target, 'utf8') !== reference) {
  console.error('docs/commands.md is out of date: run npm run docs');
  process.exitCode = 1;
}

function descendants(command) {
  return command.commands
    .filter((child) => child.name() !== 'help' && !child.name().startsWith('__'))
    .flatMap((child) => [child, ...descendants(child)]);
}

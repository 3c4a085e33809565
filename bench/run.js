// npm run bench [-- --floors] [-- --peer <executable>]: how long the program takes to start, and to list many tokens,
// as ratios to a bare `node` in the same minutes on the same machine. Writes docs/benchmarks.md.
//
// With --floors, only the ratios to the least that a program can do, printed and not written down.
// A peer is any other executable that takes the official command line; it is asked for the same things.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { executableOf, localTarget } from '../scripts/bun.js';
import { startEmulator } from './emulator.js';
import { floorsSection } from './floors.js';
import { interleaved, peakMemory } from './measure.js';

const STARTS = 41;
const LISTS = 5;
const LATENCY = 50;
const PER_PAGE = 100;

const { values } = parseArgs({ options: { peer: { type: 'string' }, floors: { type: 'boolean' } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'pscale-service-token-bench-'));
const empty = join(home, 'empty.cjs');
writeFileSync(empty, '');

const bare = { name: 'bare node', words: [process.execPath, empty] };
const builds = [
  { name: 'Node build', words: [process.execPath, join(root, 'bin', 'pscale-service-token.cjs')] },
  { name: 'standalone', words: [executableOf(localTarget())] },
  ...(values.peer ? [{ name: 'peer', words: [values.peer] }] : []),
];
const LIST = ['service-token', 'list', '--format', 'json'];

try {
  const [node, standalone] = builds.map(({ words }) => words);
  const floors = await floorsSection({ node, standalone }, home, witness);
  if (values.floors) console.log(floors.join('\n'));
  else {
    const sections = [...(await startUps()), ...(await listAtScale()), ...(await planAtScale())];
    const page = [title(), ...floors, ...sections].join('\n');
    const path = join(root, 'docs', 'benchmarks.md');
    // What people have concluded is theirs to change.
    const conclusions = /^## What is not reached\n.*/ms.exec(readFileSync(path, 'utf8'))?.[0] ?? '';
    writeFileSync(path, `${page}\n${conclusions && `\n${conclusions}`}`);
    console.log(page);
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}

function title() {
  const date = new Date().toISOString().slice(0, 10);
  const size = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;
  const build = execFileSync(process.execPath, [builds[0].words[1], '--version'], { encoding: 'utf8' });
  return `# Benchmarks

Made by \`npm run bench\` on ${date}, with ${build.trim()} and Node ${process.version}, on a machine with ${size}.
Times differ from machine to machine; the ratios carry. Every command ran in turn with the others, the
emulator in a process of its own on the same machine.
`;
}

/** Start-up: what every single invocation costs. */
async function startUps() {
  const emulator = await startEmulator(3, '0ms', home);
  const { NODE_EXTRA_CA_CERTS: certificates, ...env } = emulator.env;
  signIn(env);
  const rows = [...startUp('Start-up', env)];
  if (certificates) {
    // Node reads and parses that file at each start, whatever it runs: many a company's machine has it.
    const extended = { ...env, NODE_EXTRA_CA_CERTS: certificates };
    rows.push(...startUp('Start-up with NODE_EXTRA_CA_CERTS', extended));
  }
  await emulator.stop();
  return rows;
}

function startUp(heading, env) {
  const cases = [
    ['--version', ['--version'], 0],
    ['--help', ['--help'], 0],
    ['a usage error', ['lsit'], 1],
    ['list, 3 tokens, JSON', LIST, 0],
  ];
  const commands = cases.flatMap(([what, args, status]) =>
    builds
      // How another program takes a mistake is its own business.
      .filter(({ name }) => name !== 'peer' || status === 0)
      .map(({ name, words }) => ({ name: `${name}: ${what}`, words: [...words, ...args], env, status })),
  );
  const results = interleaved([{ ...bare, env }, ...commands], STARTS);
  const base = results.get(bare.name);
  const rows = [...results].map(
    ([name, { median, min }]) =>
      `| ${name} | ${median.toFixed(0)} | ${min.toFixed(0)} | ${(median / base.median).toFixed(2)} |`,
  );
  return [
    `## ${heading}\n\nMilliseconds, ${STARTS} runs each.\n`,
    '| command | median | min | median ÷ bare node |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ];
}

/** Lists of 100 to 10,000 tokens from an API that takes its time for each page. */
async function listAtScale() {
  const rows = [];
  for (const tokens of [100, 1_000, 10_000]) {
    const emulator = await startEmulator(tokens, `${LATENCY}ms`, home);
    const { env } = emulator;
    signIn(env);
    const commands = builds.map(({ name, words }) => ({ name, words: [...words, ...LIST], env }));
    const results = interleaved(commands, LISTS);
    const log = join(home, 'peak.txt');
    const memory = Math.round(peakMemory(commands[0], witness(log), log) / 1_024);
    await emulator.stop();
    const inTurn = (tokens / PER_PAGE) * LATENCY;
    for (const [name, { median, min }] of results) {
      const peak = name === 'Node build' ? memory : '';
      rows.push(
        `| ${tokens} | ${name} | ${median.toFixed(0)} | ${min.toFixed(0)} | ${(median / inTurn).toFixed(2)} | ${peak} |`,
      );
    }
  }
  return [
    `## Lists\n\n${PER_PAGE} tokens a page, ${LATENCY} ms a page, six pages under way at most; ${LISTS} runs each.\n`,
    '| tokens | build | median, ms | min, ms | median ÷ pages in turn | peak memory, MiB |',
    '| ---: | --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ];
}

/** A plan of many tokens, whose permissions are read some at a time, from an API that takes its time for each. */
async function planAtScale() {
  const tokens = 500;
  const latency = 10;
  const emulator = await startEmulator(tokens, `${latency}ms`, home);
  const { env } = emulator;
  const [file, oneByOne] = [
    join(home, 'service-tokens.yml'),
    join(root, 'bench', 'floors', 'one-by-one.cjs'),
  ];
  const [, ...node] = builds[0].words;
  writeFileSync(
    file,
    execFileSync(process.execPath, [...node, 'access', 'export'], { env, maxBuffer: 2 ** 26 }),
  );
  const words = ['access', 'plan', file, '--fail-if-any', '--format', 'json'];
  const commands = builds
    .filter(({ name }) => name !== 'peer')
    .map((build) => ({ name: build.name, words: [...build.words, ...words], env }));
  const floor = { name: 'one by one', words: [process.execPath, oneByOne], env };
  const results = interleaved([floor, ...commands], LISTS);
  await emulator.stop();
  const base = results.get(floor.name);
  const rows = [...results].map(
    ([name, { median, min }]) =>
      `| ${name} | ${median.toFixed(0)} | ${min.toFixed(0)} | ${(median / base.median).toFixed(2)} |`,
  );
  return [
    `## Plans\n\n\`access plan\` of ${tokens} listed tokens, ${latency} ms a request, eight under way at most; ${LISTS} runs each. Goal: at most 0.30 of`,
    'reading one token after the other.\n',
    '| what | median, ms | min, ms | median ÷ one by one |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ];
}

/** The official CLI takes no token from the environment, but finds one that a sign-in has left. */
function signIn({ PLANETSCALE_API_TOKEN }) {
  const folder = join(home, '.config', 'planetscale');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'access-token'), PLANETSCALE_API_TOKEN, { mode: 0o600 });
}

/** A module that writes down how much memory the process it is loaded into has had. */
function witness(log) {
  const path = join(home, 'witness.cjs');
  writeFileSync(
    path,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(log)}, String(process.resourceUsage().maxRSS)));`,
  );
  return path;
}

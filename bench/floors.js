// What the program costs above the runtime itself: ratios to the least that a program of its kind does.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localTarget } from '../scripts/bun.js';
import { compile } from '../scripts/executable.js';
import { startEmulator } from './emulator.js';
import { interleaved, peakMemory } from './measure.js';

const floors = fileURLToPath(new URL('floors/', import.meta.url));
const STARTS = 41;
const LISTS = 7;
const MEBIBYTE = 1_024;

/**
 * The section of the page, as Markdown.
 *
 * @param programs the words that start each build: `{ node, standalone }`
 * @param witness makes a module that logs peak memory to a path
 */
export async function floorsSection({ node, standalone }, home, witness) {
  const hello = compiled('hello.ts', home);
  const request = compiled('request.cjs', home);
  const emulators = new Map();
  for (const tokens of [3, 30, 3_000, 10_000])
    emulators.set(tokens, await startEmulator(tokens, '0ms', home));
  // Node reads and parses that file at each start, whatever it runs.
  const envOf = (tokens) => {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = emulators.get(tokens).env;
    return env;
  };
  const command = (name, words, tokens = 3) => ({ name, words, env: envOf(tokens) });
  const list = (build, words, tokens, format) =>
    command(`${build} ${tokens} ${format}`, [...words, 'list', '--format', format], tokens);
  const bothFormats = (tokens) => [
    list('node', node, tokens, 'json'),
    list('node', node, tokens, 'human'),
    list('standalone', standalone, tokens, 'json'),
    list('standalone', standalone, tokens, 'human'),
  ];

  const starts = interleaved(
    [
      command('node empty', [process.execPath, join(floors, 'empty.cjs')]),
      command('node --version', [...node, '--version']),
      command('node request', [process.execPath, join(floors, 'request.cjs')]),
      list('node', node, 3, 'json'),
      command('standalone hello', [hello]),
      command('standalone --version', [...standalone, '--version']),
      command('standalone request', [request]),
      list('standalone', standalone, 3, 'json'),
      ...bothFormats(30),
    ],
    STARTS,
  );
  const lists = interleaved([list('standalone', standalone, 3_000, 'human'), ...bothFormats(10_000)], LISTS);
  const log = join(home, 'peak.txt');
  const peak = (format) =>
    Math.round(peakMemory(list('node', node, 10_000, format), witness(log), log) / MEBIBYTE);
  const memory = { json: peak('json'), human: peak('human') };
  for (const emulator of emulators.values()) await emulator.stop();

  const median = (name) => (starts.get(name) ?? lists.get(name)).median;
  const ratio = (one, other) => median(one) / median(other);
  const perRow = (tokens) => median(`standalone ${tokens} human`) / tokens;
  const rows = [
    row('standalone: list, 3 tokens, JSON ÷ a compiled request, JSON.parse and print', [
      [ratio('standalone 3 json', 'standalone request'), 1.2],
    ]),
    row('Node: list, 3 tokens, JSON ÷ a bare node:http get, JSON.parse and print', [
      [ratio('node 3 json', 'node request'), 1.55],
    ]),
    row('Node: --version ÷ an empty .cjs', [[ratio('node --version', 'node empty'), 1.45]]),
    row('standalone: --version ÷ a compiled hello', [
      [ratio('standalone --version', 'standalone hello'), 1.05],
    ]),
    row('30 tokens, human ÷ JSON, standalone / Node', [
      [ratio('standalone 30 human', 'standalone 30 json'), 1.35],
      [ratio('node 30 human', 'node 30 json'), 1.25],
    ]),
    row('10,000 tokens, human ÷ JSON, standalone', [
      [ratio('standalone 10000 human', 'standalone 10000 json'), 5],
    ]),
    row('standalone: human, time a row at 10,000 ÷ at 3,000', [[perRow(10_000) / perRow(3_000), 1.2]]),
    row(
      'peak memory in MiB, 10,000 tokens, Node, JSON / human',
      [
        [memory.json, 80],
        [memory.human, 100],
      ],
      0,
    ),
  ];
  return [
    `## Above the floor of the runtime\n\nRatios of medians, ${STARTS} runs each, ${LISTS} of the long lists; no latency, NODE_EXTRA_CA_CERTS unset.`,
    'The floors are the programs in bench/floors, compiled as the program is.\n',
    '| figure | goal | reached |',
    '| --- | ---: | ---: |',
    ...rows,
    '',
  ];
}

function row(figure, reachedAndGoal, digits = 2) {
  const goals = reachedAndGoal.map(([, goal]) => `≤ ${goal.toFixed(digits)}`).join(' / ');
  const reached = reachedAndGoal.map(([value]) => value.toFixed(digits)).join(' / ');
  return `| ${figure} | ${goals} | ${reached} |`;
}

function compiled(file, home) {
  const outfile = join(home, file.replace(/\.\w+$/, ''));
  compile(join(floors, file), outfile, localTarget());
  return outfile;
}

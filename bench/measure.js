// Times commands as whole processes, in turn, so that what the machine does meanwhile hits all alike.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/**
 * Runs each command `rounds` times, one after the other in each round, after one round that does not count.
 *
 * @param commands `{ name, words, env, status }`; a run that ends with another status ends the benchmark
 * @returns for each name the milliseconds of its runs: `{ median, min, runs }`
 */
export function interleaved(commands, rounds) {
  const times = new Map(commands.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const command of commands) {
      const milliseconds = timed(command);
      if (round > 0) times.get(command.name).push(milliseconds);
    }
  }
  return new Map([...times].map(([name, runs]) => [name, summary(runs)]));
}

/** Kilobytes of memory that a Node program had at its largest, by a module that is loaded into it. */
export function peakMemory(command, witness, log) {
  const [file, ...words] = command.words;
  timed({ ...command, words: [file, '--require', witness, ...words] });
  return Number(readFileSync(log, 'utf8'));
}

function timed({ name, words: [file, ...args], env, status = 0 }) {
  const startedAt = performance.now();
  const result = spawnSync(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const milliseconds = performance.now() - startedAt;
  if (result.status === status) return milliseconds;
  throw new Error(`${name} ended with ${result.status ?? result.signal ?? result.error}: ${result.stderr}`);
}

function summary(runs) {
  const sorted = runs.toSorted((one, other) => one - other);
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], runs: sorted.length };
}

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CompletionBench, HOSTILE, openCompletionBench } from '../support/completion.ts';

let bench: CompletionBench;
beforeEach(async () => {
  bench = await openCompletionBench();
});
afterEach(() => bench.close());

/** What fish offers, without descriptions. */
async function fish(line: string): Promise<string[]> {
  const script = `pscale-service-token completion fish | source; complete -C 'pscale-service-token ${line}'`;
  const output = await bench.inShell('fish', script);
  return output
    .split('\n')
    .filter(Boolean)
    .map((row) => row.split('\t')[0] ?? '');
}

/** What zsh would hand to its completion system: the words are set as zsh sets them, compadd is watched. */
async function zsh(...words: string[]): Promise<string[]> {
  const quoted = ['pscale-service-token', ...words].map((word) => `'${word}'`).join(' ');
  const script = `
    compdef() { }
    compadd() { print -rl -- "\${(@P)argv[-1]}" }
    source <(pscale-service-token completion zsh)
    words=(${quoted}); CURRENT=$#words
    _pscale_service_token`;
  return (await bench.inShell('zsh', script, '-f')).split('\n').filter(Boolean);
}

describe.each([
  ['fish', (...words: string[]) => fish(words.join(' '))],
  ['zsh', zsh],
] as const)('%s completes', (_, complete) => {
  test.each([
    [['sho'], ['show', 'show-access']],
    [['list', '--format', 'j'], ['json']],
    [
      ['show', 'tok'],
      ['tok000000001', 'tok000000002'],
    ],
    [['branch', 'list', 'sh'], ['shop']],
    [['add-access', 'tok000000001', '--database', 'shop', 'read_databas'], ['read_database']],
  ])('%j', async (words, expected) => {
    expect((await complete(...words)).toSorted()).toEqual(expected);
  });

  test('hostile names are left out, and never run', async () => {
    const found = [...(await complete('branch', 'list', '')), ...(await complete('show', ''))];
    expect(found).toEqual(expect.arrayContaining(['shop', 'blog', 'tok000000001']));
    for (const name of HOSTILE) expect(found).not.toContain(name);
    expect(bench.wasRun()).toBe(false);
  });

  test('nothing when the API fails', async () => {
    bench.emulator.inject({ answer: 500, count: 1 });
    expect(await complete('show', 'tok')).toEqual([]);
  });
});

test('the zsh script is found in $fpath by a real completion system, and completes at once', async () => {
  const script = `
    mkdir functions; pscale-service-token completion zsh > functions/_pscale-service-token
    fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -d $PWD/dump
    compadd() { print -rl -- "\${(@P)argv[-1]}" }
    words=(pscale-service-token sho); CURRENT=2
    print -r -- $_comps[pscale-service-token]; _pscale-service-token`;
  expect(await bench.inShell('zsh', script, '-f')).toBe('_pscale-service-token\nshow\nshow-access\n\n');
});

test('the zsh script registers itself in a real completion system', async () => {
  const script = `autoload -Uz compinit; compinit -u; source <(pscale-service-token completion zsh); print -r -- $_comps[pscale-service-token]`;
  expect(await bench.inShell('zsh', script, '-f')).toBe('_pscale_service_token\n');
});

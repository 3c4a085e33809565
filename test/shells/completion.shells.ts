import { spawnSync } from 'node:child_process';
import { spawn } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CompletionBench, HOSTILE, openCompletionBench } from '../support/completion.ts';
import { createScreen } from '../support/screen.ts';

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
    [['list', '--format=j'], ['--format=json']],
    [['create', '--access', 'sho'], ['shop=']],
    [['create', '--access', 'shop=read_branc'], ['shop=read_branch']],
    [['create', '--access', 'shop=read_branch,create_branch_'], ['shop=read_branch,create_branch_password']],
    [['show', 'name:ci'], ['name:ci-deploy']],
    [
      ['create', '--ttl', '1'],
      ['12h', '1h'],
    ],
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

describe('the shell itself completes', () => {
  test('paths in fish, behind a flag and joined to it', async () => {
    await bench.inShell('sh', 'mkdir -p files; touch files/one.env files/two.env');
    expect(await fish('create -e files/o')).toEqual(['files/one.env']);
    expect(await fish('list --config=files/t')).toEqual(['--config=files/two.env']);
  });

  test('no command substitution of the line is run by fish', async () => {
    await fish('exec --access shop=read_branch -- \\$(touch ran-by-tab)');
    await fish('exec --access shop=read_branch -- echo (touch ran-by-tab)x');
    expect(await bench.inShell('bash', 'ls')).not.toContain('ran-by-tab');
  });

  test('the words of another command in fish', async () => {
    expect(await fish('exec --access shop=read_branch -- pscale-service-token sho')).toEqual(
      expect.arrayContaining(['show', 'show-access']),
    );
  });

  /** A zsh at a terminal, with its real completion system: what stands behind the prompt after some keys. */
  async function typedInZsh(keys: string, until: string): Promise<string> {
    const screen = createScreen(100, 24);
    const pty = spawn('zsh', ['-f', '-i'], {
      cols: 100,
      rows: 24,
      cwd: bench.home.path,
      env: { ...bench.env, PS1: '> ' },
    });
    screen.onReply((reply) => pty.write(reply));
    let look = (): void => {};
    pty.onData((data) => screen.write(data, () => look()));
    const shown = (text: string): Promise<void> =>
      new Promise((resolve) => {
        look = () => {
          if (screen.rows().join('\n').includes(text)) resolve();
        };
      });
    await shown('>');
    const loaded = shown('loaded-so-far');
    pty.write(
      'autoload -Uz compinit; compinit -u; source <(pscale-service-token completion zsh); clear; echo loaded-so"-"far\r',
    );
    await loaded;
    const done = shown(until);
    pty.write(keys);
    await done;
    pty.kill('SIGKILL');
    return screen.rows().at(-1) ?? '';
  }

  test.each([
    ['pscale-service-token list --format=j\tX', '> pscale-service-token list --format=json X'],
    ['pscale-service-token create --access sho\tread_branc\tX', '--access shop=read_branch X'],
    ['pscale-service-token create -e files/on\tX', '-e files/one.env X'],
    ['pscale-service-token list --config=files/on\tX', '--config=files/one.env X'],
    ['pscale-service-token exec --access x -- pscale-service-tok\tX', '-- pscale-service-token X'],
  ])('in zsh: %j', async (keys, line) => {
    await bench.inShell('sh', 'mkdir -p files; touch files/one.env files/two.env');
    expect(await typedInZsh(keys, line)).toContain(line);
  });
});

/** Where PowerShell is installed, as on the machines of the workflow. */
const hasPowerShell = spawnSync('pwsh', ['-Version']).status === 0;

describe.runIf(hasPowerShell)('PowerShell completes', () => {
  async function powershell(line: string): Promise<string[]> {
    const script = `
      pscale-service-token completion powershell | Out-String | Invoke-Expression
      (TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`;
    return (await bench.inShell('pwsh', script, '-NoProfile')).split(/\r?\n/).filter(Boolean);
  }

  test.each([
    ['pscale-service-token sho', ['show', 'show-access']],
    ['pscale-service-token list --format ', ['human', 'json', 'csv']],
    ['pscale-service-token show tok', ['tok000000001', 'tok000000002']],
  ])('%j', async (line, expected) => {
    expect(await powershell(line)).toEqual(expected);
  });

  test('hostile names are left out, and never run', async () => {
    const found = await powershell('pscale-service-token branch list ');
    for (const name of HOSTILE) expect(found).not.toContain(name);
    expect(bench.wasRun()).toBe(false);
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

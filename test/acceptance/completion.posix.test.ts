import { spawn } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHome, runCli } from '../support/cli.ts';
import { type CompletionBench, HOSTILE, openCompletionBench } from '../support/completion.ts';
import { createScreen } from '../support/screen.ts';

let bench: CompletionBench;
beforeEach(async () => {
  bench = await openCompletionBench();
});
afterEach(() => bench.close());

/** What bash would offer for a command line whose last word is under the cursor. */
async function complete(...words: string[]): Promise<string[]> {
  const quoted = ['pscale-service-token', ...words]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ');
  const script = `
    source completion.bash
    COMP_WORDS=(${quoted})
    COMP_CWORD=${words.length}
    _pscale_service_token
    for candidate in "\${COMPREPLY[@]}"; do printf '%s\\0' "$candidate"; done`;
  const output = await bench.inShell('bash', script);
  // A blank behind a word says that it is whole.
  return output
    .split('\0')
    .slice(0, -1)
    .map((candidate) => candidate.replace(/ $/, ''));
}

/** The same, where bash breaks words at `=` and `:` before it asks; what it puts behind them is what is answered. */
async function completeBroken(line: string): Promise<string[]> {
  const pieces = line.split(/([=:]+)|[ ]/).filter((piece) => piece !== undefined);
  return complete(...pieces.filter((piece, index) => piece !== '' || index === pieces.length - 1));
}

test('the script for bash is the one that the others here are played with', async () => {
  const printed = await bench.inShell(
    'bash',
    'pscale-service-token completion bash | diff - completion.bash && echo same',
  );
  expect(printed).toBe('same\n');
});

describe('values complete', () => {
  test.each([
    ['joined to their flag', 'list --format=j', ['json']],
    ['joined to it, with nothing typed', 'list --format=', ['human', 'json', 'csv']],
    ['durations', 'create --ttl 1', ['1h', '12h']],
    ['durations elsewhere', 'list --unused-for=', ['1h', '12h', '7d', '30d', '90d']],
    ['a database of --access', 'create --access sho', ['shop=']],
    ['a permission behind it', 'create --access shop=read_branc', ['read_branch']],
    ['the same, joined to its flag', 'create --access=shop=read_branc', ['read_branch']],
    [
      'a permission behind a comma',
      'create --access shop=read_branch,create_bra',
      ['read_branch,create_branch', 'read_branch,create_branch_password'],
    ],
    ['what has been said already is not said again', 'create --access shop=read_branch,read_branc', []],
    ['a word of add-access', 'add-access tok000000001 shop=read_branc', ['read_branch']],
    ['a name', 'show ci', ['ci-deploy']],
    ['a name that is said to be one', 'show name:c', ['ci-deploy']],
    ['what a name begins with', 'show nam', ['name:ci-deploy']],
    ['a setting', 'config get or', ['org']],
  ])('%s', async (_, line, expected) => {
    expect(await completeBroken(line)).toEqual(expected);
  });

  test('of the organization are offered where no database is named, and databases beside them', async () => {
    const found = await completeBroken('create --access ');
    expect(found).toContain('read_databases');
    expect(found).toContain('shop=');
    expect(found).not.toContain('read_branch');
    expect(found.join('\n')).not.toMatch(/touch|--force|-rf/);
  });

  test('that are whole get a blank behind them, and those that go on do not', async () => {
    const script = `
      source completion.bash
      COMP_WORDS=(pscale-service-token create --access sho); COMP_CWORD=3; _pscale_service_token
      printf '%s|' "\${COMPREPLY[@]}"
      COMP_WORDS=(pscale-service-token create --ttl 7); COMP_CWORD=3; _pscale_service_token
      printf '%s|' "\${COMPREPLY[@]}"`;
    expect(await bench.inShell('bash', script)).toBe('shop=|7d |');
  });

  test.each([
    ['-e', ['create', '-e', '']],
    ['--config=', ['list', '--config=']],
    ['--seed', ['emulator', 'start', '--seed', 'x']],
    ['--state', ['emulator', 'start', '--state', 'x']],
  ])('files are the shell’s, behind %s', async (_, words) => {
    const home = createHome();
    const { stdout } = await runCli(['__complete', '--', ...words], { home });
    home.remove();
    expect(stdout).toBe(':files\n');
  });

  test('files are found by a bash that knows no compopt, as on macOS', async () => {
    const script = `
      source completion.bash
      compopt() { return 1; }
      mkdir 'a folder'; touch 'a file'
      COMP_WORDS=(pscale-service-token create -e a); COMP_CWORD=3; _pscale_service_token
      printf '%s|' "\${COMPREPLY[@]}"`;
    expect((await bench.inShell('bash', script)).split('|').toSorted()).toEqual([
      '',
      'a\\ file ',
      'a\\ folder/',
    ]);
  });

  test('behind -- the other command is completed', async () => {
    const home = createHome();
    for (const words of [
      ['exec', '--access', 'shop=read_branch', '--', ''],
      ['emulator', 'exec', '--', 'npm', '--fo'],
      ['run', '--', 'x', '--', 'y'],
    ]) {
      expect((await runCli(['__complete', '--', ...words], { home })).stdout).toBe(':command\n');
    }
    // `--` of a command that runs none only ends its flags.
    expect((await runCli(['__complete', '--', 'completion', '--', 'fi'], { home })).stdout).toMatch(
      /^fish\t/,
    );
    home.remove();
    const script = `
      source completion.bash
      COMP_WORDS=(pscale-service-token exec -- pscale-service-tok); COMP_CWORD=3; _pscale_service_token
      printf '%s|' "\${COMPREPLY[@]}"`;
    expect(await bench.inShell('bash', script)).toContain('pscale-service-token |');
  });

  test('an empty word that did not reach the program is said by --blank', async () => {
    const home = createHome();
    const { stdout } = await runCli(['__complete', '--blank', '--', 'list', '--format'], { home });
    home.remove();
    expect(stdout).toBe('human\toutput format\njson\toutput format\ncsv\toutput format\n');
  });
});

describe('a Tab in a bash at a terminal', () => {
  /** What stands on the line behind the prompt after some keys. */
  async function typed(keys: string, until: string): Promise<string> {
    const screen = createScreen(100, 24);
    const pty = spawn('bash', ['--noprofile', '--norc', '-i'], {
      cols: 100,
      rows: 24,
      cwd: bench.home.path,
      env: { ...bench.env, PS1: '> ', HISTFILE: '' },
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
    const done = shown(until);
    pty.write(`source completion.bash; clear\r${keys}`);
    await done;
    pty.kill('SIGKILL');
    return screen.rows().at(-1) ?? '';
  }

  test.each([
    ['pscale-service-token list --format=j\t|', '> pscale-service-token list --format=json |'],
    ['pscale-service-token create --access sho\tread_branc\t|', '--access shop=read_branch |'],
    ['pscale-service-token show name:c\t|', '> pscale-service-token show name:ci-deploy |'],
  ])('%j', async (keys, line) => {
    expect(await typed(keys, line)).toContain(line);
  });
});

describe('names are remembered', () => {
  const listings = (): number => bench.emulator.requests.filter(({ method }) => method === 'GET').length;

  test('for some minutes, for one credential, in a file that holds no secret and is for its owner alone', async () => {
    await complete('show', '');
    const asked = listings();
    expect(await complete('show', '')).toEqual(['tok000000001', 'tok000000002']);
    expect(await complete('permissions', '--of', 'tok')).toHaveLength(2);
    expect(listings()).toBe(asked);
    const files = (await bench.inShell('bash', 'cd; ls -l .cache/pscale-service-token/names-*')).trim();
    expect(files.split('\n')).toHaveLength(1);
    expect(files).toMatch(/^-rw-------/);
    const content = await bench.inShell('bash', 'cd; cat .cache/pscale-service-token/names-*');
    expect(content).not.toContain(bench.emulator.administrator.userToken);
    const other = `
      export PLANETSCALE_API_TOKEN=pscale_oauth_somebody_else
      pscale-service-token __complete -- show ''`;
    expect(await bench.inShell('bash', other)).toBe('');
  });

  test('until something of ours changes them, whether or not it is answered', async () => {
    for (const [line, status] of [
      ['create --name another', 201],
      ['update tok000000001 --name renamed', 200],
      ['delete tok000000001 --force', 204],
      ['create --name lost', 500],
    ] as const) {
      await complete('show', '');
      const before = listings();
      if (status === 500) bench.emulator.inject({ answer: 500, count: 1, method: 'POST' });
      await bench.inShell('bash', `pscale-service-token ${line} 2>&1 | cat >/dev/null`);
      const changed = listings();
      await complete('show', '');
      expect(listings(), line).toBeGreaterThan(changed);
      expect(changed).toBeGreaterThanOrEqual(before);
    }
    expect(await complete('show', 'anoth')).toEqual(['another']);
  });

  test('and are better than nothing where the API fails', async () => {
    await complete('show', '');
    await bench.inShell(
      'bash',
      `cd; sed -i.old 's/"at":[0-9]*/"at":1/' .cache/pscale-service-token/names-*.json`,
    );
    bench.emulator.inject({ answer: 500, count: 50 });
    expect(await complete('show', '')).toEqual(['tok000000001', 'tok000000002']);
  });

  test.each(['not JSON', '{"at":1e15,"names":[{"value":1}]}', '[]', ''])(
    'not from a file that holds %j',
    async (content) => {
      await complete('show', '');
      await bench.inShell(
        'bash',
        `cd .cache/pscale-service-token; for f in names-*; do printf %s '${content}' > $f; done`,
      );
      expect(await complete('show', '')).toEqual(['tok000000001', 'tok000000002']);
    },
  );

  test('not from a folder that others could write to', async () => {
    await complete('show', '');
    await bench.inShell('bash', 'cd; chmod 777 .cache/pscale-service-token');
    const asked = listings();
    expect(await complete('show', '')).toHaveLength(2);
    expect(listings()).toBeGreaterThan(asked);
  });
});

describe('completion install', () => {
  const run = (words: string, variables = ''): Promise<string> =>
    bench.inShell(
      'bash',
      `cd; ${variables} pscale-service-token completion install ${words} 2>&1; echo "[$?]"`,
    );

  test.each([
    ['bash', '.local/share/bash-completion/completions/pscale-service-token'],
    ['zsh', '.local/share/zsh/site-functions/_pscale-service-token'],
    ['fish', '.config/fish/completions/pscale-service-token.fish'],
    ['powershell', '.config/powershell/pscale-service-token.completion.ps1'],
  ])('puts the script of %s where it looks, twice as well as once', async (shell, path) => {
    await run(shell);
    const output = await run(shell);
    expect(output).toContain(`Completion for ${shell} is in ~/${path}. Open a new shell to use it.\n`);
    expect(output).toContain('[0]');
    const diff = `cd; pscale-service-token completion ${shell} | diff - ${path} && ls -A`;
    // No file that the shell reads at its start has come to be.
    expect(await bench.inShell('bash', diff)).not.toMatch(/rc$|profile/m);
  });

  test('knows the shell in use, and the places that variables name', async () => {
    expect(await run('', 'SHELL=/bin/fish XDG_CONFIG_HOME=$HOME/cfg')).toContain(
      'Completion for fish is in ~/cfg/fish/completions/pscale-service-token.fish',
    );
    expect(await run('', 'SHELL=/bin/ksh')).toMatch(/unsupported shell: ksh \(SHELL\).*\[1\]/s);
    expect(await run('', 'SHELL=')).toMatch(/SHELL does not say which shell you use.*\[1\]/s);
    expect(await run('bash', 'HOME=')).toMatch(/there is no home directory.*\[1\]/s);
    expect(await run('bash zsh')).toMatch(/unexpected argument: zsh.*\[1\]/s);
  });

  test('changes no file that a shell reads at its start, and prints the one line to add', async () => {
    const script = `cd; export SHELL=/bin/zsh; for rc in .zshrc .bashrc; do echo 'export A=1' > $rc; done
      for shell in bash zsh powershell; do pscale-service-token completion install $shell 2>&1; done
      cat .zshrc .bashrc`;
    const output = await bench.inShell('bash', script);
    expect(output).toMatch(
      /^Add this line to ~\/\.bashrc, without bash-completion:\n {2}\. '.*\/pscale-service-token'$/m,
    );
    expect(output).toMatch(
      /^Add this line to ~\/\.zshrc, above the line that runs compinit:\n {2}fpath=\('.*\/site-functions' +\$fpath\)$/m,
    );
    expect(output).toMatch(/profile\.ps1:\n {2}\. '.*\.ps1'$/m);
    expect(output).toMatch(/\nexport A=1\nexport A=1\n$/);
  });

  test('zsh needs no line where it searches a folder that may be written to', async () => {
    const output = await bench.inShell(
      'bash',
      `cd; mkdir -p brew/site-functions; FPATH=/nowhere/site-functions:$HOME/brew/site-functions pscale-service-token completion install zsh 2>&1; rm -r brew/site-functions`,
    );
    expect(output).toBe(
      'Completion for zsh is in ~/brew/site-functions/_pscale-service-token. Open a new shell to use it.\n',
    );
  });
});

describe('bash completes', () => {
  test.each([
    [['sho'], ['show', 'show-access']],
    [['service-token', 'lis'], ['list']],
    [['--org', 'acme', 'delete-'], ['delete-access']],
    [
      ['branch', ''],
      ['create', 'list', 'show', 'delete'],
    ],
    [
      ['list', '--format', ''],
      ['human', 'json', 'csv'],
    ],
    [['list', '-f', 'j'], ['json']],
    [['list', '--form'], ['--format']],
    [['emulator', 'exec', '--as', 'u'], ['user']],
    [
      ['list', '--sort', 'l'],
      ['last-used-at', 'last-used-ip', 'last-used-location'],
    ],
    [['list', '--columns', 'i'], ['id']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell', 'install'],
    ],
    [['create', '--name', ''], []],
    [['no-such-command', ''], undefined],
  ])('%j', async (words, expected) => {
    const found = await complete(...words);
    if (expected) expect(found).toEqual(expected);
    else expect(found).not.toContain('tok000000001');
  });

  test('names of permissions, of the right scope once it is named, each once', async () => {
    expect(await complete('add-access', 'tok000000001', 'read_databas')).toEqual([
      'read_databases',
      'read_database',
    ]);
    expect(await complete('add-access', 'tok000000001', '--database', 'shop', 'read_databas')).toEqual([
      'read_database',
    ]);
    expect(await complete('delete-access', 'tok000000001', '--organization-level', 'read_databas')).toEqual([
      'read_databases',
    ]);
    expect(await complete('add-access', 'tok000000001', 'create_branch', 'create_branch')).not.toContain(
      'create_branch',
    );
  });

  test('token ids, databases and branches', async () => {
    expect(await complete('show', '')).toEqual(['tok000000001', 'tok000000002']);
    expect(await complete('permissions', '--of', 'tok')).toEqual(['tok000000001', 'tok000000002']);
    expect(await complete('branch', 'list', '')).toEqual(['shop', 'blog']);
    expect(await complete('add-access', 'tok000000001', '--database', 's')).toEqual(['shop']);
    expect(await complete('branch', 'show', 'shop', '')).toEqual(['main']);
  });

  test('hostile names are left out, and never run', async () => {
    const found = [...(await complete('branch', 'list', '')), ...(await complete('show', ''))];
    for (const name of HOSTILE) expect(found).not.toContain(name);
    for (const name of HOSTILE) await complete('branch', 'show', name, '');
    expect(bench.wasRun()).toBe(false);
  });

  test('names that start with a dash are left out, also where a dash is typed', async () => {
    expect(await complete('add-access', 'tok000000001', '--database', '-')).toEqual([]);
    expect(await complete('add-access', 'tok000000001', '--database', '')).toEqual(['shop', 'blog']);
    const flags = await complete('branch', 'list', '-');
    expect(flags).toContain('--org');
    expect(flags).not.toContain('-rf');
    expect(flags).not.toContain('--database=shop');
  });

  test('nothing, without a word, when the API fails', async () => {
    bench.emulator.inject({ answer: 500, count: 1 });
    expect(await complete('show', '')).toEqual([]);
  });
});

test('a slow API completes nothing, in time for a Tab', async () => {
  const slow = await openCompletionBench(60_000);
  const output = await slow.inShell('bash', "pscale-service-token __complete -- show '' 2>&1");
  await slow.close();
  expect(output).toBe('');
});

test('nothing is printed, and nothing fails, whatever the settings are', async () => {
  const home = createHome();
  for (const env of [
    {},
    { PLANETSCALE_FORMAT: 'wat' },
    { PLANETSCALE_API_URL: 'http://example.com', PLANETSCALE_DEBUG: '1' },
  ]) {
    const result = await runCli(['__complete', '--', 'show', ''], { home, env });
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
  }
  home.remove();
});

test('descriptions of names are shown, not obeyed', async () => {
  const output = await bench.inShell('bash', 'pscale-service-token __complete -- show tok000000002');
  expect(output).toBe('tok000000002\t$(touch x)`touch x`"\'\\\\n\\t\n');
});

test('an unknown shell is refused', async () => {
  const home = createHome();
  const { status, stderr } = await runCli(['completion', 'ksh'], { home });
  home.remove();
  expect(status).toBe(1);
  expect(stderr).toContain('The supported shells are bash, zsh, fish, powershell.');
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHome, runCli } from '../support/cli.ts';
import { type CompletionBench, HOSTILE, openCompletionBench } from '../support/completion.ts';

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
    source <(pscale-service-token completion bash)
    COMP_WORDS=(${quoted})
    COMP_CWORD=${words.length}
    _pscale_service_token
    for candidate in "\${COMPREPLY[@]}"; do printf '%s\\0' "$candidate"; done`;
  const output = await bench.inShell('bash', script);
  return output.split('\0').slice(0, -1);
}

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
      ['bash', 'zsh', 'fish'],
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
  const { status, stderr } = await runCli(['completion', 'powershell'], { home });
  home.remove();
  expect(status).toBe(1);
  expect(stderr).toContain('The supported shells are bash, zsh, fish.');
});

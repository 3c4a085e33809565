import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHome, type Home } from './support/cli.ts';
import { createHost, type HostOptions, runInMemory } from './support/host.ts';
import { run } from './support/program.ts';

const TERMINAL: HostOptions['terminal'] = { stdin: true, stdout: true, stderr: true };

describe('a failure', () => {
  test('is one JSON object on stdout in JSON, and nothing on stderr', async () => {
    const { status, stdout, stderr } = await runInMemory(['list', '--org', 'acme', '--format', 'json']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'action_required',
      authenticated: false,
      code: 'NO_AUTH',
    });
    expect(stdout).toMatch(/^\{\n {2}"status"[\s\S]*\n\}\n$/);
  });

  test.each(['human', 'csv'])('is one Error block on stderr in %s, and nothing on stdout', async (format) => {
    const { status, stdout, stderr } = await runInMemory(['list', '--format', format]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.match(/^Error: /gm)).toHaveLength(1);
    expect(stderr.startsWith('Error: no organization given\n')).toBe(true);
  });

  test('never throws, not even for an option that nobody has thought of', async () => {
    for (const argv of [['-'], ['--'], ['---'], ['--='], ['-f'], [''], ['\u0000'], ['list', '--org=']]) {
      const { status } = await runInMemory(argv);
      expect([0, 1]).toContain(status);
    }
  });

  test('never repeats a secret from the environment', async () => {
    const variables = { PLANETSCALE_API_TOKEN: 'hunter2secret', PLANETSCALE_SERVICE_TOKEN: 'pass-phrase' };
    for (const argv of [['hunter2secret'], ['show', 'a', 'pass-phrase'], ['list', '--hunter2secret']]) {
      for (const format of ['human', 'json']) {
        const { stdout, stderr } = await runInMemory(argv, {
          variables: { ...variables, PLANETSCALE_FORMAT: format },
        });
        expect(stdout + stderr).toContain('[redacted]');
        expect(stdout + stderr).not.toMatch(/hunter2secret|pass-phrase/);
      }
    }
  });

  test.each(['human', 'json'])('never repeats a secret that %s output would escape', async (format) => {
    const variables = { PLANETSCALE_API_TOKEN: 'hunter"2\\secret', PLANETSCALE_FORMAT: format };
    for (const argv of [['hunter"2\\secret'], ['show', '/hunter"2\\secret', '--org', 'acme']]) {
      const { stdout, stderr } = await runInMemory(argv, { variables });
      expect(stdout + stderr).not.toMatch(/hunter.{1,5}2.{1,5}secret/);
    }
  });

  test('never repeats what looks like a secret of PlanetScale', async () => {
    const { stderr } = await runInMemory(['list', 'pscale_tkn_abc', 'pscale_oauth_def']);
    expect(stderr).toContain('unexpected arguments: [redacted] [redacted]');
  });
});

describe('the format of a failure', () => {
  let home: Home;
  beforeEach(() => {
    home = createHome();
  });
  afterEach(() => home.remove());

  function write(path: string, content: string): string {
    const full = join(home.path, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode: 0o600 });
    return full;
  }

  async function failsInJson(
    argv: readonly string[],
    variables: Record<string, string> = {},
  ): Promise<boolean> {
    const { status, stdout, stderr } = await runInMemory(argv, { home: home.path, variables });
    expect(status).toBe(1);
    return stdout !== '' && stderr === '';
  }

  test('is the one in the environment where no flag says it', async () => {
    expect(await failsInJson(['lst'], { PLANETSCALE_FORMAT: 'json' })).toBe(true);
    expect(await failsInJson(['lst', '--format', 'human'], { PLANETSCALE_FORMAT: 'json' })).toBe(false);
    expect(await failsInJson(['lst'])).toBe(false);
  });

  test('is the one in the user config, also before any settings are read', async () => {
    write('.config/planetscale/pscale.yml', 'format: json\n');
    expect(await failsInJson(['lst'])).toBe(true);
    expect(await failsInJson(['list'])).toBe(true);
    expect(await failsInJson(['lst', '--format', 'csv'])).toBe(false);
  });

  test('is the one in the user config where another setting is what fails', async () => {
    write('.config/planetscale/pscale.yml', 'format: json\n');
    expect(await failsInJson(['list'], { PLANETSCALE_TIMEOUT: 'soon' })).toBe(true);
  });

  test('is the one in the file that --config names', async () => {
    const config = write('ci.yml', 'format: json\napi-url: nowhere\n');
    expect(await failsInJson(['list', '--config', config])).toBe(true);
  });

  test('is human where the format itself is wrong, or no file can be read', async () => {
    expect(await failsInJson(['list', '--format', 'xml'])).toBe(false);
    write('.config/planetscale/pscale.yml', 'format: [json\n');
    expect(await failsInJson(['list'])).toBe(false);
  });
});

describe('a warning', () => {
  let home: Home;
  beforeEach(() => {
    home = createHome();
  });
  afterEach(() => home.remove());

  test('goes to stderr in every format, beside the answer', async () => {
    writeFileSync(join(home.path, '.pscale.yml'), 'service-token: pscale_tkn_x\n');
    for (const format of ['human', 'json']) {
      const { stderr } = await runInMemory(['list', '--format', format], { home: home.path });
      expect(stderr).toMatch(/^Warning: ignoring non-allowlisted keys in ~.\.pscale\.yml: service-token /);
    }
  });
});

describe('colour', () => {
  test.each<[string, readonly string[], Record<string, string>, HostOptions['terminal'], boolean]>([
    ['is there on a terminal', [], {}, TERMINAL, true],
    ['is not there in a pipe', [], {}, {}, false],
    ['of errors is a matter of stderr alone', [], {}, { stdout: true }, false],
    ['of errors is a matter of stderr alone, the other way round', [], {}, { stderr: true }, true],
    ['gives way to --no-color', ['--no-color'], {}, TERMINAL, false],
    ['gives way to NO_COLOR', [], { NO_COLOR: '1' }, TERMINAL, false],
    ['gives way to NO_COLOR, whatever that says', [], { NO_COLOR: 'false' }, TERMINAL, false],
    ['does not mind an empty NO_COLOR', [], { NO_COLOR: '' }, TERMINAL, true],
    ['gives way to PLANETSCALE_NO_COLOR', [], { PLANETSCALE_NO_COLOR: 'true' }, TERMINAL, false],
    ['does not mind PLANETSCALE_NO_COLOR=false', [], { PLANETSCALE_NO_COLOR: 'false' }, TERMINAL, true],
    ['comes with FORCE_COLOR in a pipe', [], { FORCE_COLOR: '1' }, {}, true],
    ['goes with FORCE_COLOR=0 on a terminal', [], { FORCE_COLOR: '0' }, TERMINAL, false],
    ['gives way to NO_COLOR before FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, TERMINAL, false],
    ['gives way to --no-color before FORCE_COLOR', ['--no-color'], { FORCE_COLOR: '1' }, {}, false],
  ])('%s', async (_, flags, variables, terminal, expected) => {
    const { stderr } = await runInMemory(['lst', ...flags], { variables, ...(terminal && { terminal }) });
    expect(stderr.includes('\u001b[')).toBe(expected);
    expect(stderr).toContain('Error:');
  });

  test('is never in JSON', async () => {
    const variables = { FORCE_COLOR: '1' };
    const { stdout } = await runInMemory(['lst', '--format', 'json'], {
      variables,
      terminal: { stdout: true },
    });
    expect(stdout).not.toContain('\\u001b');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('stdout', () => {
  function failingStdout(code: string) {
    const host = createHost();
    const stream = new Writable({
      write(_, __, done) {
        done(Object.assign(new Error('write failed'), { code }));
      },
    });
    stream.on('error', () => {});
    return { ...host, io: { ...host.io, stdout: { ...host.io.stdout, stream } } };
  }

  test('that was closed ends the program quietly, with 0', async () => {
    const host = failingStdout('EPIPE');
    expect(await run(['--help'], host)).toBe(0);
    expect(host.written.stderr).toBe('');
  });

  test('that takes nothing for another reason is a failure', async () => {
    const host = failingStdout('ENOSPC');
    expect(await run(['--help'], host)).toBe(2);
    expect(host.written.stderr).toContain('ENOSPC');
  });

  test('that was closed does not hide how a failing command ended', async () => {
    expect(await run(['lst', '--format', 'json'], failingStdout('EPIPE'))).toBe(1);
  });
});

test('a closed stderr is no reason to fail in another way', async () => {
  const host = createHost();
  const stream = new Writable({
    write(_, __, done) {
      done(Object.assign(new Error('write failed'), { code: 'EPIPE' }));
    },
  });
  stream.on('error', () => {});
  expect(await run(['lst'], { ...host, io: { ...host.io, stderr: { ...host.io.stderr, stream } } })).toBe(1);
});

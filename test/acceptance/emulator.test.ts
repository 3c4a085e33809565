import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMAND, createHome, type Home, runCli } from '../support/cli.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

/** Runs a script of Node's under `emulator exec`. */
const exec = (script: string, flags: readonly string[] = [], env: Record<string, string> = {}) =>
  runCli(['emulator', 'exec', ...flags, '--', process.execPath, '-e', script], { home, env });

const INHERITED = {
  PLANETSCALE_SERVICE_TOKEN_ID: 'inherited',
  PLANETSCALE_SERVICE_TOKEN_NAME: 'inherited',
  PLANETSCALE_SERVICE_TOKEN: 'inherited',
  PLANETSCALE_API_TOKEN: 'inherited',
  PLANETSCALE_API_URL: 'https://api.planetscale.com',
  PLANETSCALE_ORG: 'inherited',
  OTHER: 'kept',
};

const PRINT_VARIABLES = `console.log(JSON.stringify(Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(PLANETSCALE_|OTHER)/.test(name)))))`;

describe('emulator exec', () => {
  test('gives its command an administrator, and none of the inherited credentials', async () => {
    const { stdout } = await exec(PRINT_VARIABLES, [], INHERITED);
    expect(JSON.parse(stdout)).toEqual({
      PLANETSCALE_API_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_SERVICE_TOKEN_ID: 'emulatoradm1',
      PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_emulator_administrator',
      OTHER: 'kept',
    });
  });

  test('gives it a user access token instead with --as user', async () => {
    const { stdout } = await exec(PRINT_VARIABLES, ['--as', 'user'], INHERITED);
    expect(JSON.parse(stdout)).toEqual({
      PLANETSCALE_API_URL: expect.stringMatching(/^http:/),
      PLANETSCALE_ORG: 'acme',
      PLANETSCALE_API_TOKEN: 'pscale_oauth_emulator_administrator',
      OTHER: 'kept',
    });
  });

  test('takes a seed, latency and faults', async () => {
    writeFileSync(join(home.path, 'seed.yml'), 'organization: wonder\ntokens:\n  - id: tok000000001\n');
    const flags = ['--seed', 'seed.yml', '--latency', '10ms', '--fail', 'drop:1', '--fail', '503:1'];
    const list = ['list', '--format', 'csv', '--debug'];
    const { stdout, stderr, status } = await runCli(
      ['emulator', 'exec', ...flags, '--', ...COMMAND, ...list],
      { home },
    );
    expect(status).toBe(0);
    expect(stdout).toContain('tok000000001');
    expect(stderr).toMatch(/wonder.*\(try 1\).*\(try 2\).*< 503.*\(try 2\).*< 200 .*\(try 3\)/s);
  });

  test.each([
    [['--host', '0.0.0.0'], 1, /0\.0\.0\.0.*this machine only.*127\.0\.0\.1/s],
    [['--host', 'example.com'], 1, /example\.com.*this machine only/s],
    [['--port', '70000'], 1, /invalid --port "70000"/],
    [['--latency', 'long'], 1, /invalid --latency "long"/],
    [['--fail', 'never:1'], 1, /never:1 is not <status\|drop>:<count>/],
    [['--as', 'root'], 1, /invalid --as "root": use service-token or user/],
    [['--seed', 'missing.yml'], 1, /missing\.yml/],
  ])('refuses %j and runs nothing', async (flags, status, message) => {
    const result = await exec("console.log('ran')", flags);
    expect(result.status).toBe(status);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(message);
  });

  test('says when there is no such command', async () => {
    const result = await runCli(['emulator', 'exec', '--', 'no-such-command-here'], { home });
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/cannot run no-such-command-here: there is no such command/);
  });

  test('leaves the flags of its command alone', async () => {
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const words = ['--', process.execPath, '-e', script, '--', '--format', 'json', '--org', 'other'];
    const { stdout } = await runCli(['emulator', 'exec', ...words], { home });
    expect(JSON.parse(stdout)).toEqual(['--format', 'json', '--org', 'other']);
  });
});

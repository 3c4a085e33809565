import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, type Home, runCli } from '../support/cli.ts';
import { answer, startFaultServer } from '../support/fault-server.ts';

test.each(['pscale.yml', 'access-token'])('doctor warns of a %s that others can read', async (name) => {
  const home = createHome();
  const emulator = await startEmulator();
  const folder = join(home.path, '.config', 'planetscale');
  const { administrator } = emulator;
  const content =
    name === 'access-token'
      ? administrator.userToken
      : `service-token-id: ${administrator.serviceTokenId}\nservice-token: ${administrator.serviceToken}\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  const env = { PLANETSCALE_API_URL: emulator.url, PLANETSCALE_ORG: 'acme' };
  const strict = await runCli(['doctor', '--format', 'csv'], { home, env });
  chmodSync(join(folder, name), 0o644);
  const loose = await runCli(['doctor', '--format', 'csv'], { home, env });
  await emulator.close();
  home.remove();
  expect(strict.stdout).toContain('pass,files,no problems');
  expect(loose.stdout).toContain(
    `warn,files,~/.config/planetscale/${name} holds a secret and other users can read it; run: chmod 600`,
  );
  expect([strict.status, loose.status]).toEqual([0, 0]);
});

describe('doctor ends with one sentence', () => {
  let home: Home;
  let emulator: Emulator;
  beforeEach(async () => {
    home = createHome();
    emulator = await startEmulator();
  });
  afterEach(async () => {
    await emulator.close();
    home.remove();
  });

  const doctor = async (env: Record<string, string>, options: { cwd?: string } = {}) => {
    const api = { PLANETSCALE_API_URL: emulator.url, PLANETSCALE_ORG: 'acme' };
    const result = await runCli(['doctor'], { home, env: { ...api, ...env }, ...options });
    return { ...result, last: result.stdout.trimEnd().split('\n').at(-1) };
  };
  const signedIn = () => ({ PLANETSCALE_API_TOKEN: emulator.administrator.userToken });
  /** A row of the table, its gaps closed. */
  const row = (stdout: string, check: string): string =>
    stdout
      .split('\n')
      .map((line) => line.trim().replaceAll(/ {2,}/g, ' | '))
      .find((line) => line.split(' | ')[1] === check) ?? '';

  test('ready', async () => {
    const { status, last, stdout } = await doctor(signedIn());
    expect({ status, last }).toEqual({
      status: 0,
      last: 'Ready: the API accepts these credentials for organization acme.',
    });
    expect(row(stdout, 'clock')).toBe("pass | clock | agrees with the API's");
    expect(row(stdout, 'certificates')).toBe("pass | certificates | the runtime's own");
  });

  test.each([
    ['no organization', { PLANETSCALE_ORG: '' }, /Name an organization: pscale-service-token config set org/],
    [
      'another organization',
      { PLANETSCALE_ORG: 'acm' },
      /organization that these credentials see with --org: acme$/,
    ],
    ['no credentials', { PLANETSCALE_API_TOKEN: '' }, /Set PLANETSCALE_SERVICE_TOKEN_ID/],
    ['credentials that are refused', { PLANETSCALE_API_TOKEN: 'pscale_oauth_wrong' }, /^Not ready: ./],
    ['an API that is not there', { PLANETSCALE_API_URL: 'http://127.0.0.1:1' }, /^Not ready: ./],
  ])('not ready with %s', async (_, env, words) => {
    const { status, last } = await doctor({ ...signedIn(), ...env });
    expect(status).toBe(3);
    expect(last).toMatch(/^Not ready: /);
    expect(last).toMatch(words);
  });

  test('a clock that is wrong is told, and by how much', async () => {
    for (const [offset, words] of [
      [-10 * 60_000, "this machine's clock is 10 min ahead of the API's"],
      [3 * 3_600_000, "this machine's clock is 3 h behind the API's"],
    ] as const) {
      const body = JSON.stringify({ data: [{ id: 'o', name: 'acme' }], next_page: null });
      const api = await startFaultServer({
        onRequest: (_, socket) =>
          answer(socket, {
            status: 200,
            body,
            headers: { date: new Date(Date.now() + offset).toUTCString() },
          }),
      });
      const { stdout } = await doctor({
        ...signedIn(),
        PLANETSCALE_API_URL: `http://127.0.0.1:${api.port}`,
      });
      await api.close();
      expect(row(stdout, 'clock')).toContain(`warn | clock | ${words}`);
    }
  });

  test('a file of certificates without one, a second installation and a shadowed project file are told', async () => {
    const bin = (name: string): string => join(home.path, name);
    for (const name of ['one', 'two', 'three']) mkdirSync(bin(name));
    for (const name of ['one', 'two']) {
      writeFileSync(join(bin(name), 'pscale-service-token'), '', { mode: 0o755 });
    }
    symlinkSync(join(bin('one'), 'pscale-service-token'), join(bin('three'), 'pscale-service-token'));
    mkdirSync(join(home.path, 'shop/.git'), { recursive: true });
    mkdirSync(join(home.path, 'shop/src'));
    writeFileSync(join(home.path, 'shop/src/.pscale.yml'), 'org: other\n');
    writeFileSync(bin('empty.pem'), 'nothing');
    const { stdout, status, last } = await doctor(
      {
        ...signedIn(),
        SSL_CERT_FILE: bin('empty.pem'),
        PATH: [bin('three'), bin('one'), bin('two'), process.env.PATH].join(delimiter),
      },
      { cwd: join(home.path, 'shop/src') },
    );
    expect(status).toBe(0);
    expect(last).toBe(
      'Ready: the API accepts these credentials for organization acme, with 3 warnings above.',
    );
    expect(row(stdout, 'certificates')).toMatch(/^warn .* has no certificate: it has no effect$/);
    expect(row(stdout, 'installation')).toContain(
      `${bin('three')}/pscale-service-token is the one that runs; PATH has another: ${bin('two')}/pscale-service-token`,
    );
    expect(row(stdout, 'files')).toContain(
      '.pscale.yml is ignored: the project file is the one of the git root',
    );
  });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { createHome, finished, type Home, runCli, startCli } from '../support/cli.ts';

const ID = 'tok000000001';

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({
    seed: { databases: [{ name: 'shop' }], tokens: [{ id: ID, name: 'ci' }] },
  });
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

const options = () => ({
  home,
  cwd: home.path,
  env: {
    PLANETSCALE_API_URL: emulator.url,
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  },
});
const tokens = async (): Promise<string[]> =>
  (await runCli(['list', '-q'], options())).stdout.split('\n').filter(Boolean).toSorted();
const envFile = (): string => join(home.path, '.env');

const MAKING = [
  ['create', '--name', 'x'],
  ['duplicate', ID],
  ['rotate', ID],
];

describe.each(MAKING)('%s --check', (...words) => {
  const run = (check: string, ...place: string[]) =>
    runCli([...words, '--check', check, ...(place.length > 0 ? place : ['-e', '.env'])], options());

  test('hands over what does its job: the command has the new token, and not ours', async () => {
    const check =
      'printf "%s %s %s %s\\n" "$PLANETSCALE_SERVICE_TOKEN_ID" "$PLANETSCALE_ORG" "$(printenv PLANETSCALE_API_TOKEN || echo none)" "$PLANETSCALE_API_URL" >seen; test -n "$PLANETSCALE_SERVICE_TOKEN"';
    expect(await run(check)).toMatchObject({ status: 0 });
    const [id] = readFileSync(join(home.path, 'seen'), 'utf8').split(' ');
    expect(readFileSync(join(home.path, 'seen'), 'utf8')).toBe(`${id} acme none ${emulator.url}\n`);
    expect(readFileSync(envFile(), 'utf8')).toContain(`PLANETSCALE_SERVICE_TOKEN_ID=${id}`);
    expect(await tokens()).toEqual([...(words[0] === 'rotate' ? [] : [ID]), String(id)].toSorted());
  });

  // How a command fails is one way for all of them: the others are tried with the first.
  const failures = [
    ['fails', 'exit 3', 'it ended with status 3'],
    ['is ended by a signal', 'kill -TERM $$', 'it was ended by SIGTERM'],
    ['does not exist', 'no-such-command-of-ours', 'it ended with status 127'],
  ];
  test.each(words[0] === 'create' ? failures : failures.slice(0, 1))(
    'takes the token back where the command %s, and leaves the place alone',
    async (_, check, words) => {
      writeFileSync(envFile(), 'MINE=1\n');
      // What comes of a failure is one way for all places; each of them is tried with the first kind.
      const places = check.startsWith('exit') ? [['--export'], ['--format', 'json']] : [];
      for (const place of [['-e', '.env'], ...places]) {
        const { status, stdout, stderr } = await run(check, ...place);
        expect(status).toBe(2);
        expect(stdout + stderr).toContain(`--check failed: ${words}`);
        expect(stdout + stderr).not.toContain('pscale_tkn_');
      }
      expect(readFileSync(envFile(), 'utf8')).toBe('MINE=1\n');
      expect(await tokens()).toEqual([ID]);
    },
  );

  test('shows what the command prints on stderr, without the secret in any form', async () => {
    const check = [
      'echo "out $PLANETSCALE_SERVICE_TOKEN"',
      'echo "err $PLANETSCALE_SERVICE_TOKEN" >&2',
      'printf %s "$PLANETSCALE_SERVICE_TOKEN" | base64 | tr -d "\\n"; echo',
      'printf %s "$PLANETSCALE_SERVICE_TOKEN_ID:$PLANETSCALE_SERVICE_TOKEN" | base64 | tr -d "\\n"; echo',
      'printf \'{"a":"%s"}\' "$PLANETSCALE_SERVICE_TOKEN" | base64 -w 40',
      'printf %s "$PLANETSCALE_SERVICE_TOKEN" | od -An -tx1',
      'printf "\\033[2Jcleared\\n"; printf "no end"',
    ].join('; ');
    const { status, stdout, stderr } = await run(check, '-e', '.env', '--format', 'json');
    expect(status).toBe(0);
    const secret = /PLANETSCALE_SERVICE_TOKEN=(\S+)/.exec(readFileSync(envFile(), 'utf8'))?.[1] ?? 'none';
    for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2)]) {
      expect(stdout + stderr).not.toContain(form);
    }
    const read = (text: string, encoding: 'base64' | 'hex'): string =>
      Buffer.from(text.replaceAll(/\s/g, ''), encoding).toString('latin1');
    for (const run of stderr.replaceAll(/\n/g, '').split(/\[redacted\]/))
      for (const reading of [run, read(run, 'base64'), read(run, 'hex')])
        expect(reading).not.toContain(secret.slice(12, 20));
    for (const line of ['out [redacted]', 'err [redacted]', '\\e[2Jcleared', 'no end'])
      expect(stderr).toContain(line);
    expect(JSON.parse(stdout)).toBeTruthy();
  });

  // What a shell has put into the background does not hear SIGINT: that is ended after five seconds.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  test.each(words[0] === 'rotate' ? signals : signals.slice(1, 2))(
    'ends with %s: the command gets it, with all that it has started, and the token is taken back',
    async (signal) => {
      const check = '(sleep 60; touch late) & echo up; wait';
      const child = startCli([...words, '--check', check, '-e', '.env'], options());
      child.stdin?.end();
      const isUp = new Promise<void>((resolve) => {
        child.stderr?.on('data', (chunk) => {
          if (String(chunk).includes('up')) resolve();
        });
      });
      const end = finished(child);
      await isUp;
      child.kill(signal);
      const { status } = await end;
      expect(status).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      expect(existsSync(envFile())).toBe(false);
      expect(await tokens()).toEqual([ID]);
    },
  );
});

test('--check takes the names of --variables, and runs nothing under --dry-run', async () => {
  const named = ['create', '--variables', 'DB_ID,DB_SECRET', '-e', '.env'];
  const check = 'test -n "$DB_ID" && test -z "$PLANETSCALE_SERVICE_TOKEN"';
  expect(await runCli([...named, '--check', check], options())).toMatchObject({ status: 0 });
  const dry = await runCli(['create', '--check', 'touch ran', '-e', '.env', '--dry-run'], options());
  expect(dry.status).toBe(0);
  expect(existsSync(join(home.path, 'ran'))).toBe(false);
});

test('of a line without an end nothing is shown: a cut could part a secret from its rest', async () => {
  const check = 'head -c 999990 /dev/zero | tr "\\0" x; echo "$PLANETSCALE_SERVICE_TOKEN"; echo after';
  const { status, stdout, stderr } = await runCli(['create', '-e', '.env', '--check', check], options());
  expect(status).toBe(0);
  expect(stdout + stderr).not.toContain('pscale_tkn');
  expect(stderr).toContain('(a line of more than 1,000,000 characters was left out)\nafter\n');
});

test('an empty --check is refused before any request', async () => {
  const { status, stderr } = await runCli(['create', '--check', ' ', '-e', '.env'], options());
  expect(status).toBe(1);
  expect(stderr).toContain('--check is empty');
  expect(emulator.requests).toEqual([]);
});

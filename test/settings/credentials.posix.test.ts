import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CredentialCandidates, chooseCredentials } from '../../src/settings/credentials.ts';
import { readKeychainToken } from '../../src/settings/keychain.ts';
import { Interrupted } from '../../src/text/errors.ts';
import { plain, type Text } from '../../src/text/text.ts';
import type { Environment } from '../../src/values/environment.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, failureOf } from '../support/host.ts';

let home: Home;
let bin: string;
beforeEach(() => {
  home = createHome();
  bin = join(home.path, 'bin');
  mkdirSync(bin);
});
afterEach(() => home.remove());

const NEVER = new AbortController().signal;
const NONE: CredentialCandidates = { id: undefined, secret: undefined, userToken: undefined };

/** Makes a `security` of our own; it notes the words it is called with. */
function fakeSecurity(body: string): void {
  const path = join(bin, 'security');
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${home.path}/calls'\n${body}\n`);
  chmodSync(path, 0o755);
}

/** The keychain as that program has it. */
function readFake(environment: Environment, signal = NEVER): Promise<string | undefined> {
  return readKeychainToken(environment, signal, join(bin, 'security'));
}

function environmentOf(platform: NodeJS.Platform) {
  return createEnvironment({ home: home.path, platform, variables: { PATH: `${bin}:/usr/bin:/bin` } });
}

function saveLogin(content: string, mode = 0o600): void {
  const directory = join(home.path, '.config', 'planetscale');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'access-token'), content);
  chmodSync(join(directory, 'access-token'), mode);
}

async function choose(platform: NodeJS.Platform, candidates: Partial<CredentialCandidates> = {}) {
  const warnings: string[] = [];
  const chosen = await chooseCredentials({ ...NONE, ...candidates }, environmentOf(platform), {
    warn: (warning: Text) => warnings.push(plain(warning)),
    signal: NEVER,
    readKeychain: readFake,
  });
  return { chosen, warnings };
}

describe('the keychain entry of pscale auth login', () => {
  test('is read on macOS, without the line break after it', async () => {
    fakeSecurity("printf 'pscale_oauth_keychain\\n'");
    expect(await readFake(environmentOf('darwin'))).toBe('pscale_oauth_keychain');
    expect(readFileSync(join(home.path, 'calls'), 'utf8')).toBe(
      'find-generic-password -s pscale -a access-token -w\n',
    );
  });

  test.each<NodeJS.Platform>(['linux', 'win32', 'freebsd'])('is not looked for on %s', async (platform) => {
    fakeSecurity("printf 'pscale_oauth_keychain\\n'");
    expect(await readFake(environmentOf(platform))).toBeUndefined();
    expect(existsSync(join(home.path, 'calls'))).toBe(false);
  });

  test.each([
    ['there is no such entry', 'echo "not found" >&2; exit 44'],
    ['access is denied after something was printed', 'echo half; exit 51'],
    ['it is empty', 'echo'],
  ])('counts as none where %s', async (_, body) => {
    fakeSecurity(body);
    expect(await readFake(environmentOf('darwin'))).toBeUndefined();
  });

  test('counts as none where there is no security command', async () => {
    expect(await readFake(environmentOf('darwin'))).toBeUndefined();
  });

  test('is asked of the system by its absolute path, whatever the PATH says', async () => {
    fakeSecurity("printf 'pscale_oauth_planted\\n'");
    const found = await readKeychainToken(environmentOf('darwin'), NEVER);
    expect(existsSync(join(home.path, 'calls'))).toBe(false);
    expect(found).not.toBe('pscale_oauth_planted');
  });

  test('is no longer waited for when a signal comes, and what was asked is ended', async () => {
    fakeSecurity('echo $$ > "$0.pid"; exec sleep 60');
    const interruption = new AbortController();
    const reading = readFake(environmentOf('darwin'), interruption.signal);
    await vi.waitFor(() => expect(readFileSync(join(bin, 'security.pid'), 'utf8')).toMatch(/\n$/));
    const reason = new Interrupted('SIGTERM');
    interruption.abort(reason);
    await expect(reading).rejects.toBe(reason);
    const pid = Number(readFileSync(join(bin, 'security.pid'), 'utf8'));
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });

  test('is not asked after a signal', async () => {
    fakeSecurity('exit 44');
    const reason = new Interrupted('SIGINT');
    await expect(readFake(environmentOf('darwin'), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(existsSync(join(home.path, 'calls'))).toBe(false);
  });

  test('beats the file, and is named as the source', async () => {
    fakeSecurity("printf 'pscale_oauth_keychain\\n'");
    saveLogin('pscale_oauth_file');
    const { chosen } = await choose('darwin');
    expect(chosen).toMatchObject({
      kind: 'user',
      token: { value: 'pscale_oauth_keychain', source: { kind: 'keychain' } },
    });
  });

  test('gives way to the file where there is no entry', async () => {
    fakeSecurity('exit 44');
    saveLogin('pscale_oauth_file');
    const { chosen } = await choose('darwin');
    expect(chosen).toMatchObject({ token: { value: 'pscale_oauth_file', source: { kind: 'file' } } });
  });

  test('is not asked for where a credential is given: that may open a dialog', async () => {
    fakeSecurity("printf 'pscale_oauth_keychain\\n'");
    await choose('darwin', {
      userToken: { value: 'pscale_oauth_x', source: { kind: 'flag', name: '--api-token' } },
    });
    expect(existsSync(join(home.path, 'calls'))).toBe(false);
  });

  test('with a character that no credential has is refused', async () => {
    fakeSecurity("printf 'two words\\n'");
    expect((await failureOf(() => choose('darwin'))).code).toBe('INVALID_CONFIG');
  });
});

describe('a saved sign-in that others can read', () => {
  test('is used with a warning that names the mend', async () => {
    saveLogin('pscale_oauth_file\n', 0o644);
    const { chosen, warnings } = await choose('linux');
    expect(chosen.kind).toBe('user');
    expect(warnings).toEqual([expect.stringContaining('chmod 600 ~/.config/planetscale/access-token')]);
  });

  test('brings no warning with the mode 600, nor where it is not used', async () => {
    saveLogin('pscale_oauth_file\n', 0o600);
    expect((await choose('linux')).warnings).toEqual([]);
    saveLogin('pscale_oauth_file\n', 0o644);
    const userToken = { value: 'pscale_oauth_x', source: { kind: 'flag', name: '--api-token' } } as const;
    expect((await choose('linux', { userToken })).warnings).toEqual([]);
  });
});

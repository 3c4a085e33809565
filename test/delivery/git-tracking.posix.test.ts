import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEnvFile } from '../../src/delivery/env-file.ts';
import { gitTracking } from '../../src/delivery/git-tracking.ts';
import { plain } from '../../src/text/text.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, createSurroundings, type HostOptions } from '../support/host.ts';

const PATH = process.env.PATH ?? '';

let home: Home;
beforeEach(() => {
  home = createHome();
  mkdirSync(inHome('repo/sub'), { recursive: true });
  git(['init', '-q']);
});
afterEach(() => home.remove());

function inHome(path: string): string {
  return join(home.path, path);
}

/** Git as it is, and nobody's configuration. */
function git(args: readonly string[], cwd = inHome('repo')): string {
  const env = { PATH, HOME: home.path, GIT_CONFIG_NOSYSTEM: '1' };
  const own = ['-c', 'user.name=x', '-c', 'user.email=x@y', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...own, ...args], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

function options(variables: Record<string, string> = {}, platform = process.platform): HostOptions {
  return {
    home: home.path,
    workingDirectory: inHome('repo'),
    platform,
    variables: { PATH, HOME: home.path, ...variables },
  };
}

async function warningsFor(variables?: Record<string, string>): Promise<string[]> {
  const warnings: string[] = [];
  const surroundings = createSurroundings(options(variables), (warning) => warnings.push(plain(warning)));
  await (await openEnvFile('.env', surroundings)).close();
  return warnings;
}

function tracking(path: string, variables?: Record<string, string>, platform?: NodeJS.Platform) {
  return gitTracking(inHome(path), createEnvironment(options(variables, platform)));
}

/** A program of that content, and the PATH to find it in. */
function fakeGit(content: string, folder = 'bin'): string {
  mkdirSync(inHome(folder), { recursive: true });
  writeFileSync(inHome(`${folder}/git`), `#!/bin/sh\n${content}\n`);
  chmodSync(inHome(`${folder}/git`), 0o755);
  return inHome(folder);
}

const NEITHER =
  'Git does not ignore .env: "git add" could take the secret with it. A line in .gitignore prevents that.';
const UNKNOWN =
  'It is not known whether git tracks .env, since git gives no answer: the secret could be committed.';

describe('before the token is made', () => {
  test('a file that git tracks, or does not ignore, brings a warning', async () => {
    const neither = await warningsFor();
    writeFileSync(inHome('repo/.gitignore'), '.env\n');
    const ignored = await warningsFor();
    writeFileSync(inHome('repo/.env'), 'A=1\n');
    git(['add', '-f', '.env']);
    const tracked = await warningsFor();
    expect({ neither, ignored, tracked }).toEqual({
      neither: [NEITHER],
      ignored: [],
      tracked: ['Git tracks .env: the secret could be committed.'],
    });
  });

  test('a git that gives no answer brings one too', async () => {
    expect(await warningsFor({ PATH: '' })).toEqual([UNKNOWN]);
    expect(await warningsFor({ PATH: fakeGit('exit 128') })).toEqual([UNKNOWN]);
    writeFileSync(inHome('repo/.git/index'), 'DIRC');
    expect(await warningsFor()).toEqual([UNKNOWN]);
  });

  test('a git that hangs is not waited for', async () => {
    const started = performance.now();
    expect(await warningsFor({ PATH: `${fakeGit('sleep 20')}:${PATH}` })).toEqual([UNKNOWN]);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

describe('what git does with a file', () => {
  test('is told by its index and its patterns, whatever the name', async () => {
    const names = ['.env', 'sub/.env', 'ü', ':(top)x', '*', ' a', '-q'];
    for (const name of names) writeFileSync(inHome(`repo/${name}`), '');
    for (const name of names) expect(await tracking(`repo/${name}`)).toBe('neither');
    writeFileSync(inHome('repo/.git/info/exclude'), '*\n');
    for (const name of names) expect(await tracking(`repo/${name}`)).toBe('ignored');
    git(['add', '-f', '--all']);
    for (const name of names) expect(await tracking(`repo/${name}`)).toBe('tracked');
    expect(await tracking('repo/a')).toBe('ignored');
  });

  test('is none outside of a work tree, and in the folder of git', async () => {
    expect(await tracking('.env')).toBe('none');
    expect(await tracking('repo/.git/x')).toBe('none');
  });

  test('is told by the rule of the file system', async () => {
    writeFileSync(inHome('repo/sub/.env'), '');
    git(['add', '.']);
    expect(await tracking('repo/sub/.ENV', {}, 'linux')).toBe('neither');
    expect(await tracking('repo/sub/.ENV', {}, 'darwin')).toBe('tracked');
  });

  test('is told in a linked work tree and in a submodule', async () => {
    writeFileSync(inHome('repo/.env'), '');
    git(['add', '.']);
    git(['commit', '-qm', 'x']);
    git(['worktree', 'add', '-q', inHome('linked')]);
    git(['init', '-q', inHome('outer')], home.path);
    git(['submodule', '--quiet', 'add', inHome('repo'), 'inner'], inHome('outer'));
    expect(await tracking('linked/.env')).toBe('tracked');
    expect(await tracking('linked/new')).toBe('neither');
    expect(await tracking('outer/inner/.env')).toBe('tracked');
    expect(await tracking('outer/.env')).toBe('neither');
  });

  test('is asked of this repository, whatever the environment names', async () => {
    git(['init', '-q', inHome('other')], home.path);
    writeFileSync(inHome('repo/.env'), '');
    git(['add', '.env']);
    const variables = {
      GIT_DIR: inHome('other/.git'),
      GIT_INDEX_FILE: inHome('none'),
      GIT_LITERAL_PATHSPECS: '1',
    };
    expect(await tracking('repo/.env', variables)).toBe('tracked');
  });

  test('is not known where the index is a pipe', async () => {
    rmSync(inHome('repo/.git/index'), { force: true });
    execFileSync('mkfifo', [inHome('repo/.git/index')]);
    expect(await tracking('repo/.env')).toBe('unknown');
  });
});

describe('a hostile repository', () => {
  test('runs nothing', async () => {
    writeFileSync(inHome('repo/sub/.env'), '');
    git(['add', '.']);
    git(['commit', '-qm', 'x']);
    const run = `touch ${inHome('ran')}`;
    const settings = {
      'core.fsmonitor': `${run}; false`,
      'core.pager': run,
      'pager.ls-files': run,
      'pager.check-ignore': run,
      'core.sshCommand': run,
      'core.askPass': run,
      'core.hooksPath': inHome('repo/hooks'),
      'alias.ls-files': `!${run}`,
      'alias.check-ignore': `!${run}`,
      'filter.x.clean': run,
      'filter.x.smudge': run,
      'filter.x.process': run,
      'diff.external': run,
      'extensions.partialClone': 'origin',
      'remote.origin.promisor': 'true',
      'remote.origin.url': `ext::sh -c "${run}"`,
      'remote.origin.uploadpack': run,
      'protocol.allow': 'always',
    };
    mkdirSync(inHome('repo/hooks'));
    for (const hook of [
      'post-index-change',
      'post-checkout',
      'reference-transaction',
      'fsmonitor-watchman',
    ]) {
      writeFileSync(inHome(`repo/hooks/${hook}`), `#!/bin/sh\n${run}\n`, { mode: 0o755 });
    }
    writeFileSync(inHome('repo/.gitattributes'), '* filter=x diff=x\n');
    const config = Object.entries(settings).map(([name, value]) => [
      `[${name
        .split('.')
        .slice(0, -1)
        .join('.')
        .replace(/\.(.*)$/, ' "$1"')}]`,
      `\t${name.split('.').at(-1)} = ${JSON.stringify(value)}`,
    ]);
    writeFileSync(
      inHome('repo/.git/config'),
      `${readFileSync(inHome('repo/.git/config'), 'utf8').replace('formatversion = 0', 'formatversion = 1')}${config.flat().join('\n')}\n`,
    );
    // Without the object that a fetch would bring.
    rmSync(inHome('repo/.git/objects'), { recursive: true });
    mkdirSync(inHome('repo/.git/objects'));
    fakeGit(run, 'repo/node_modules/.bin');
    symlinkSync(inHome('repo/node_modules/.bin'), inHome('bin'));
    const path = ['', '.', inHome('repo/node_modules/.bin'), inHome('bin'), PATH].join(':');
    expect(await tracking('repo/sub/.env', { PATH: path })).toBe('tracked');
    expect(await tracking('repo/.env', { PATH: path })).toBe('neither');
    expect(existsSync(inHome('ran'))).toBe(false);
  });

  test('would run something if git were not told otherwise', () => {
    git(['config', 'core.fsmonitor', `touch ${inHome('ran')}; false`]);
    git(['ls-files']);
    expect(existsSync(inHome('ran'))).toBe(true);
  });
});

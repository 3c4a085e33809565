import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { absolutePath } from '../../src/settings/files.ts';
import { openEnvFile } from '../../src/sinks/env-file.ts';
import { findInGitIndex } from '../../src/sinks/git-index.ts';
import { isTracked } from '../../src/sinks/git-tree.ts';
import { followLinks } from '../../src/sinks/links.ts';
import { plain } from '../../src/text.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createSurroundings, failureOf } from '../support/host.ts';

let home: Home;
beforeEach(() => {
  home = createHome();
  mkdirSync(inHome('repo/.git/hooks'), { recursive: true });
});
afterEach(() => home.remove());

const PAIR = { id: 'k3j9x0q2m7ab', token: 'pscale_tkn_new' };

function inHome(path: string): string {
  return join(home.path, path);
}

function open(path: string, workingDirectory = inHome('repo'), warnings: string[] = []) {
  const options = { home: home.path, workingDirectory, platform: process.platform };
  return openEnvFile(
    path,
    createSurroundings(options, (warning) => warnings.push(plain(warning))),
  );
}

/** Git as it is, and nobody's configuration. */
function git(args: readonly string[], cwd = inHome('repo')): string {
  const env = { PATH: process.env.PATH, HOME: home.path, GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync(
    'git',
    ['-c', 'user.name=x', '-c', 'user.email=x@y', '-c', 'protocol.file.allow=always', ...args],
    {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

describe('a link in a git work tree', () => {
  test.each([
    ['to a file outside', '.env', () => symlinkSync('../.profile', inHome('repo/.env')), '~/.profile'],
    ['to one that is not there', '.env', () => symlinkSync('../new', inHome('repo/.env')), '~/new'],
    ['by an absolute path', '.env', () => symlinkSync(inHome('.profile'), inHome('repo/.env')), '~/.profile'],
    ['of a folder', 'conf/.env', () => symlinkSync('..', inHome('repo/conf')), '~/.env'],
    [
      'to one that leads outside',
      '.env',
      () => {
        mkdirSync(inHome('repo/a/b'), { recursive: true });
        symlinkSync('a/b/second', inHome('repo/.env'));
        symlinkSync('../../../.profile', inHome('repo/a/b/second'));
      },
      '~/.profile',
    ],
    [
      "to git's own folder",
      '.env',
      () => symlinkSync('.git/config', inHome('repo/.env')),
      '~/repo/.git/config',
    ],
    [
      'to a hook',
      '.env',
      () => symlinkSync('.git/hooks/pre-commit', inHome('repo/.env')),
      '~/repo/.git/hooks/pre-commit',
    ],
  ])('is refused: %s', async (_, path, make, real) => {
    writeFileSync(inHome('.profile'), 'A=1\n');
    make();
    const failure = await failureOf(() => open(path));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toBe(
      `cannot write ${path}: a link leads to ${real}, outside the git work tree ~/repo`,
    );
    expect(readFileSync(inHome('.profile'), 'utf8')).toBe('A=1\n');
  });

  test('is refused from wherever it is named, and where the folder it leads to is a work tree too', async () => {
    mkdirSync(inHome('.git'));
    symlinkSync('..', inHome('repo/conf'));
    for (const [path, cwd] of [
      ['repo/conf/.env', home.path],
      [inHome('repo/conf/.env'), '/'],
      ['conf/repo/conf/.env', inHome('repo')],
    ] as const) {
      expect((await failureOf(() => open(path, cwd))).message).toContain('outside the git work tree ~/repo');
    }
  });

  test('is followed within it, and from a folder outside into it', async () => {
    mkdirSync(inHome('repo/shared'));
    symlinkSync('shared/env', inHome('repo/.env'));
    symlinkSync('repo', inHome('way'));
    const sink = await open('way/.env', home.path);
    expect(plain(sink.place)).toBe('way/.env (a link to ~/repo/shared/env)');
    await sink.deliver(PAIR);
    expect(readFileSync(inHome('repo/shared/env'), 'utf8')).toContain('pscale_tkn_new');
  });
});

describe('a link elsewhere', () => {
  test('is followed, and named with its target', async () => {
    mkdirSync(inHome('shared'));
    symlinkSync('shared/env', inHome('.env'));
    const sink = await open('.env', home.path);
    expect(plain(sink.place)).toBe('.env (a link to ~/shared/env)');
    await sink.close();
  });

  test('leads in a circle at most so far', async () => {
    symlinkSync('b', inHome('a'));
    symlinkSync('a', inHome('b'));
    await expect(followLinks(inHome('a/x'))).rejects.toMatchObject({ code: 'ELOOP' });
  });
});

describe('a file that git tracks', () => {
  const longName = `${'n'.repeat(200)}/${'o'.repeat(200)}/.env`;

  function commitAll(): void {
    for (const folder of ['sub', longName.replace('/.env', '')])
      mkdirSync(inHome(`repo/${folder}`), { recursive: true });
    for (const name of ['.env', '.envrc', 'sub/.env', 'ü', longName])
      writeFileSync(inHome(`repo/${name}`), 'A=1\n');
    git(['add', '-A']);
    git(['commit', '-qm', 'x']);
  }

  async function tracked(...paths: readonly string[]): Promise<boolean[]> {
    const found: boolean[] = [];
    for (const path of paths) found.push(await isTracked(inHome(path), 'linux'));
    return found;
  }

  test('brings a warning before the token is made', async () => {
    git(['init', '-q']);
    writeFileSync(inHome('repo/.env'), 'A=1\n');
    const before: string[] = [];
    await (await open('.env', undefined, before)).close();
    git(['add', '.env']);
    const after: string[] = [];
    await (await open('.env', undefined, after)).close();
    expect({ before, after }).toEqual({
      before: [],
      after: ['Git tracks .env: the secret could be committed.'],
    });
  });

  test.each(['2', '3', '4'])('is found in an index of version %s, and runs nothing', async (version) => {
    git(['init', '-q']);
    commitAll();
    git(['update-index', '--index-version', version]);
    // Version 3 is written only for what 2 cannot say.
    if (version === '3') git(['update-index', '--skip-worktree', '.envrc']);
    git(['config', 'core.fsmonitor', `touch ${inHome('ran')}; false`]);
    const names = ['.env', '.envrc', 'sub/.env', 'ü', longName];
    expect(await tracked(...names.map((name) => `repo/${name}`))).toEqual(names.map(() => true));
    expect(await tracked('repo/.en', 'repo/env', 'repo/sub', 'repo/sub/.envrc', '.env')).toEqual(
      Array(5).fill(false),
    );
    expect(await isTracked(inHome('repo/SUB/.ENV'), 'darwin')).toBe(true);
    expect(() => readFileSync(inHome('ran'))).toThrow();
  });

  test('is found in an index in two parts', async () => {
    git(['init', '-q']);
    commitAll();
    git(['update-index', '--split-index']);
    writeFileSync(inHome('repo/new'), '');
    git(['add', 'new']);
    expect(await tracked('repo/.env', 'repo/new', 'repo/other')).toEqual([true, true, false]);
  });

  test('is found with hashes of SHA-256', async () => {
    git(['init', '-q', '--object-format=sha256', inHome('wide')], home.path);
    writeFileSync(inHome('wide/.env'), '');
    git(['add', '.env'], inHome('wide'));
    expect(await tracked('wide/.env', 'wide/other')).toEqual([true, false]);
  });

  test('is found in a linked work tree and in a submodule', async () => {
    git(['init', '-q']);
    commitAll();
    git(['worktree', 'add', '-q', inHome('linked')]);
    git(['init', '-q', inHome('outer')], home.path);
    git(['submodule', '--quiet', 'add', inHome('repo'), 'inner'], inHome('outer'));
    expect(await tracked('linked/.env', 'linked/new', 'outer/inner/.env', 'outer/.env')).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('is none where the index is a pipe, a device, or nothing that can be read', async () => {
    for (const make of [
      () => execFileSync('mkfifo', [inHome('repo/.git/index')]),
      () => symlinkSync('/dev/zero', inHome('repo/.git/index')),
      () => writeFileSync(inHome('repo/.git/index'), 'DIRC'),
    ]) {
      execFileSync('rm', ['-f', inHome('repo/.git/index')]);
      make();
      expect(await tracked('repo/.env')).toEqual([false]);
    }
  });

  test('is none in an index that is cut, or of which a byte is wrong; nothing is thrown', () => {
    git(['init', '-q']);
    commitAll();
    for (const version of ['2', '4']) {
      git(['update-index', '--index-version', version]);
      const bytes = readFileSync(inHome('repo/.git/index'));
      const isFound = (index: Uint8Array) =>
        findInGitIndex(index, (path) => path === 'nowhere')?.isFound ?? false;
      for (let at = 0; at < bytes.length; at += 1) {
        expect(isFound(bytes.subarray(0, at))).toBe(false);
        const wrong = Buffer.from(bytes);
        wrong[at] = (wrong[at] ?? 0) ^ 0xff;
        expect(isFound(wrong)).toBe(false);
      }
    }
  });
});

describe('.. in a path', () => {
  beforeEach(() => {
    mkdirSync(inHome('x'));
    mkdirSync(inHome('other/deep'), { recursive: true });
    symlinkSync(inHome('other/deep'), inHome('x/l'));
  });

  test.each(['x/l/../.env', './x//l/../.env', 'x/l/../../other/.env'])(
    'that leads through a link is followed as the system does: %s',
    async (path) => {
      const file = await open(path, home.path);
      expect(plain(file.place)).toBe(`${path} (a link to ~/other/.env)`);
      await file.deliver(PAIR);
      await file.close();
      expect(readFileSync(inHome('other/.env'), 'utf8')).toContain(PAIR.token);
      expect(readdirSync(inHome('x'))).toEqual(['l']);
    },
  );

  test('that leads through no link is the folder that the names say', () => {
    const named = (value: string) => ({ value, source: { kind: 'flag', name: '-e' } as const });
    const { environment } = createSurroundings({ home: home.path, workingDirectory: inHome('x') });
    expect(absolutePath(named('../other/deep/../.env'), environment)).toBe(inHome('other/.env'));
    expect(absolutePath(named('l/../.env'), environment)).toBe(`${inHome('x/l')}/../.env`);
  });

  test('of what is no folder leads nowhere', async () => {
    expect((await failureOf(() => open('missing/../.env', home.path))).message).toContain('no such file');
  });
});

test('a file that was replaced by a link to itself, moved, is left alone', async () => {
  writeFileSync(inHome('.env'), 'A=1\n');
  const file = await open('.env', home.path);
  renameSync(inHome('.env'), inHome('moved'));
  symlinkSync('moved', inHome('.env'));
  expect((await failureOf(() => file.deliver(PAIR))).message).toContain('something else changed it');
  await file.close();
  expect(readFileSync(inHome('moved'), 'utf8')).toBe('A=1\n');
  expect(readlinkSync(inHome('.env'))).toBe('moved');
});

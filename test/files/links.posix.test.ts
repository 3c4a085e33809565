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
import { openEnvFile } from '../../src/delivery/env-file.ts';
import { followLinks } from '../../src/files/links.ts';
import { absolutePath } from '../../src/files/paths.ts';
import { plain } from '../../src/text/text.ts';
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

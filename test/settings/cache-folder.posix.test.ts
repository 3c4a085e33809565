import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CacheOwner, cacheFolder } from '../../src/settings/cache-folder.ts';

let home: string;
let uid: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pscale-service-token-'));
  ({ uid } = statSync(home));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function owner(changes: Partial<CacheOwner> = {}): CacheOwner {
  return { variables: { HOME: home }, platform: 'linux', passwdHome: () => undefined, uid, ...changes };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the folder for compiled code', () => {
  test('is made for the user alone, and found again', () => {
    const folder = join(home, '.cache', 'pscale-service-token');
    expect(cacheFolder(owner())).toBe(folder);
    expect([modeOf(folder), modeOf(join(home, '.cache'))]).toEqual([0o700, 0o700]);
    expect(cacheFolder(owner())).toBe(folder);
  });

  test.each<[string, () => CacheOwner, string]>([
    ['XDG_CACHE_HOME', () => owner({ variables: { HOME: home, XDG_CACHE_HOME: join(home, 'xdg') } }), 'xdg'],
    [
      'the home, where XDG_CACHE_HOME is relative',
      () => owner({ variables: { HOME: home, XDG_CACHE_HOME: 'xdg' } }),
      '.cache',
    ],
    [
      'the home, where XDG_CACHE_HOME is empty',
      () => owner({ variables: { HOME: home, XDG_CACHE_HOME: '' } }),
      '.cache',
    ],
    [
      'the home of the user database, where HOME is not set',
      () => owner({ variables: {}, passwdHome: () => home }),
      '.cache',
    ],
  ])('is in %s', (_, ownerOf, place) => {
    expect(cacheFolder(ownerOf())).toBe(join(home, place, 'pscale-service-token'));
  });

  test('is in Library/Caches on macOS, whatever XDG says', () => {
    mkdirSync(join(home, 'Library'));
    const variables = { HOME: home, XDG_CACHE_HOME: join(home, 'xdg') };
    const folder = cacheFolder(owner({ platform: 'darwin', variables }));
    expect(folder).toBe(join(home, 'Library', 'Caches', 'pscale-service-token'));
  });

  test('is in LOCALAPPDATA on Windows, where nothing has a mode', () => {
    const variables = { LOCALAPPDATA: join(home, 'Local') };
    const folder = cacheFolder(owner({ platform: 'win32', variables, uid: undefined }));
    expect(folder).toBe(join(home, 'Local', 'pscale-service-token'));
  });
});

describe('there is no such folder', () => {
  const inCache = (path: string): string => join(home, '.cache', path);

  test.each<[string, () => CacheOwner]>([
    ['a home that does not exist', () => owner({ variables: { HOME: join(home, 'a', 'b') } })],
    ['a relative home', () => owner({ variables: { HOME: 'home' } })],
    [
      'a user without any home',
      () =>
        owner({
          variables: {},
          passwdHome: () => {
            throw new Error('no entry');
          },
        }),
    ],
  ])('for %s, and nothing is made', (_, ownerOf) => {
    const someone = ownerOf();
    expect(cacheFolder(someone)).toBeUndefined();
    expect(existsSync(inCache('pscale-service-token'))).toBe(false);
  });

  test.each<[string, () => void]>([
    ['one that others can read', () => mkdirSync(inCache('pscale-service-token'), { mode: 0o755 })],
    ['a link', () => symlinkSync(home, inCache('pscale-service-token'))],
    ['a link that leads nowhere', () => symlinkSync(join(home, 'gone'), inCache('pscale-service-token'))],
    ['one where others could exchange it', () => chmodSync(join(home, '.cache'), 0o777)],
  ])('where there is %s', (_, plant) => {
    mkdirSync(join(home, '.cache'), { mode: 0o700 });
    plant();
    expect(cacheFolder(owner())).toBeUndefined();
    expect(existsSync(join(home, 'gone'))).toBe(false);
  });

  test('where it is not the user who owns it', () => {
    cacheFolder(owner());
    expect(cacheFolder(owner({ uid: uid + 1 }))).toBeUndefined();
  });

  test('unless the folder that others can write to keeps their hands off', () => {
    mkdirSync(join(home, '.cache'));
    chmodSync(join(home, '.cache'), 0o1777);
    expect(cacheFolder(owner())).toBe(inCache('pscale-service-token'));
  });
});

import { describe, expect, test } from 'vitest';
import { homeDirectory, workingDirectory } from '../../src/settings/home.ts';

const PASSWD = '/home/of-passwd';
const passwd = (): string => PASSWD;
const nobody = (): never => {
  throw new Error('uv_os_get_passwd returned ENOENT');
};

describe('the home directory', () => {
  test.each<[string | undefined, string | undefined]>([
    ['/home/al', '/home/al'],
    ['/', '/'],
    ['', undefined],
    ['.', undefined],
    ['home/al', undefined],
    ['~', undefined],
    ['./x', undefined],
    ['\\home', undefined],
    ['C:\\Users\\al', undefined],
    [undefined, PASSWD],
  ])('with HOME %j is %j', (home, expected) => {
    expect(homeDirectory({ HOME: home }, 'linux', passwd)).toBe(expected);
    expect(homeDirectory({ HOME: home }, 'darwin', passwd)).toBe(expected);
  });

  test.each(['', 'relative', '.'])('is none where the passwd entry is %j', (entry) => {
    expect(homeDirectory({}, 'linux', () => entry)).toBeUndefined();
  });

  test('is none for a user without a passwd entry', () => {
    expect(homeDirectory({}, 'linux', nobody)).toBeUndefined();
    expect(homeDirectory({}, 'linux', () => undefined)).toBeUndefined();
  });

  test('is not looked up where HOME is set, whatever to', () => {
    expect(homeDirectory({ HOME: '/home/al' }, 'linux', nobody)).toBe('/home/al');
    expect(homeDirectory({ HOME: '' }, 'linux', passwd)).toBeUndefined();
  });

  test.each<[string | undefined, string | undefined]>([
    ['C:\\Users\\al', 'C:\\Users\\al'],
    ['d:/Users/al', 'd:/Users/al'],
    ['\\\\server\\share\\al', '\\\\server\\share\\al'],
    ['\\Users\\al', undefined],
    ['C:al', undefined],
    ['al', undefined],
    ['', undefined],
    [undefined, 'C:\\passwd'],
  ])('on Windows, with USERPROFILE %j, is %j', (profile, expected) => {
    const variables = { USERPROFILE: profile, HOME: '/home/al' };
    expect(homeDirectory(variables, 'win32', () => 'C:\\passwd')).toBe(expected);
  });
});

test('a working directory that cannot be told is none', () => {
  expect(workingDirectory(() => '/srv')).toBe('/srv');
  expect(workingDirectory(nobody)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { plain } from '../../src/text/text.ts';
import { describeSource, type Source } from '../../src/values/source.ts';

test.each<[Source, string]>([
  [{ kind: 'flag', name: '--org' }, '--org'],
  [{ kind: 'environment', name: 'PLANETSCALE_ORG' }, 'PLANETSCALE_ORG'],
  [{ kind: 'file', path: '~/.pscale.yml', key: 'org' }, 'org in ~/.pscale.yml'],
  [{ kind: 'file', path: '~/.config/planetscale/access-token' }, '~/.config/planetscale/access-token'],
  [{ kind: 'keychain', name: 'the keychain entry' }, 'the keychain entry'],
  [{ kind: 'default' }, 'the default'],
])('the source %j is called %s', (source, words) => {
  expect(plain(describeSource(source))).toBe(words);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTokenId } from '../../src/flags/token.ts';
import { failureOf, told } from '../support/host.ts';

describe('checkTokenId', () => {
  test.each(['k3j9x0q2m7ab', 'TOKEN', 'an-id.of_another~shape', 'ünïcode', '%2e%2e', '...'])(
    'takes %s: no shape is enforced',
    (id) => {
      expect(checkTokenId(id)).toBe(id);
    },
  );

  test.each([
    '',
    '.',
    '..',
    '../databases/shop',
    'a/b',
    'a\\b',
    'a b',
    ' a',
    'a\n',
    'a\u0000',
    'a\u2028b',
    '\ud800',
  ])('refuses %j, which would lead to another address', async (id) => {
    const failure = await failureOf(() => checkTokenId(id));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain('token id');
  });

  test('takes what it does take for one segment of a path, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        try {
          checkTokenId(id);
        } catch {
          return;
        }
        const { pathname } = new URL(`https://x.example/a/${encodeURIComponent(id)}/b`);
        expect(pathname.split('/')).toHaveLength(4);
        expect(decodeURIComponent(pathname.split('/')[2] ?? '')).toBe(id);
      }),
    );
  });

  test('refuses a secret without showing it, and says that it was not sent', async () => {
    const failure = await failureOf(() => checkTokenId('pscale_tkn_hunter2'));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain('not sent');
    expect(told(failure)).not.toContain('hunter2');
  });
});

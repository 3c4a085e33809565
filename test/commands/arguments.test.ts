import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkTokenId, organizationOf } from '../../src/commands/arguments.ts';
import { createContext } from '../../src/context.ts';
import { silentProgress } from '../../src/output/progress.ts';
import { createStyle } from '../../src/output/style.ts';
import { createHost, failureOf, loadSettings, told } from '../support/host.ts';

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

describe('organizationOf', () => {
  function organization(variables: Record<string, string>, org?: string): Promise<string> {
    const host = createHost({ variables });
    const context = createContext(host, org === undefined ? {} : { org }, {
      warn: () => {},
      trace: () => {},
      keepSecret: () => {},
      loadSettings: (given) => loadSettings(given, host.environment),
      progress: silentProgress,
      loaded: () => {},
      style: createStyle(false),
      print: () => Promise.resolve(),
      printText: () => Promise.resolve(),
      maskInLog: () => Promise.resolve(),
      show: () => Promise.resolve(),
      redacted: (text) => text,
      pending: () => {},
    });
    return organizationOf(context);
  }

  test('gives the organization in force', async () => {
    expect(await organization({ PLANETSCALE_ORG: 'acme' })).toBe('acme');
    expect(await organization({ PLANETSCALE_ORG: 'acme' }, 'other')).toBe('other');
  });

  test('is NO_ORG where there is none, and names every way to say it', async () => {
    const failure = await failureOf(() => organization({}));
    expect(failure.code).toBe('NO_ORG');
    for (const way of ['--org', 'PLANETSCALE_ORG', '.pscale.yml']) expect(told(failure)).toContain(way);
  });

  test.each(['..', 'a/b', 'acme\n', 'a b'])('refuses %j before any request', async (name) => {
    const failure = await failureOf(() => organization({ PLANETSCALE_ORG: name }));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain('organization name');
  });
});

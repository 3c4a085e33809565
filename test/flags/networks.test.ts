import { describe, expect, test } from 'vitest';
import type { Flag } from '../../src/cli/declaration.ts';
import { CIDRS, COPY_RESTRICTION, NEW_RESTRICTION } from '../../src/flags/networks.ts';
import { plain } from '../../src/text/text.ts';
import { failureOf } from '../support/host.ts';

function read<Value>(flag: Flag<Value>, cidrs: readonly string[], isUnrestricted = false) {
  const warnings: string[] = [];
  const given = new Map<string, readonly string[]>();
  if (cidrs.length > 0) given.set('--cidrs', cidrs);
  if (isUnrestricted) given.set('--unrestricted', []);
  const value = flag.read(given, { warn: (warning) => void warnings.push(plain(warning)) });
  return { value, warnings };
}

async function refusal<Value>(flag: Flag<Value>, cidrs: readonly string[], isUnrestricted = false) {
  const failure = await failureOf(async () => read(flag, cidrs, isUnrestricted));
  return [failure.code, failure.message];
}

describe('--cidrs', () => {
  test('is a list, a repeated flag, or both, each network once', () => {
    const { value, warnings } = read(CIDRS, ['203.0.113.7, 10.0.0.0/8', '10.0.0.0/8']);
    expect(value).toEqual(['203.0.113.7/32', '10.0.0.0/8']);
    expect(warnings).toEqual([]);
  });

  test('masks a range with host bits, and says so', () => {
    const { value, warnings } = read(CIDRS, ['203.0.113.7/24']);
    expect(value).toEqual(['203.0.113.0/24']);
    expect(warnings).toEqual([expect.stringContaining('sending 203.0.113.0/24')]);
  });

  test('warns of networks that leave nothing out', () => {
    const { warnings } = read(CIDRS, ['0.0.0.0/1,128.0.0.0/1']);
    expect(warnings).toEqual([expect.stringContaining('covers every address')]);
  });

  test.each([CIDRS, COPY_RESTRICTION, NEW_RESTRICTION])(
    'refuses an empty entry beside others, a wrong one and an eleventh',
    async (flag) => {
      for (const cidrs of [['203.0.113.7,'], [',203.0.113.7'], ['', '203.0.113.7'], [','], ['', '']]) {
        expect(await refusal<unknown>(flag, cidrs)).toEqual([
          'INVALID_USAGE',
          expect.stringContaining('empty entry'),
        ]);
      }
      expect(await refusal<unknown>(flag, ['10.0.0.0/8,1.2.3.04'])).toEqual([
        'INVALID_USAGE',
        expect.stringContaining('"1.2.3.04"'),
      ]);
      const eleven = Array.from({ length: 11 }, (_, index) => `10.0.0.${index}`);
      expect(await refusal<unknown>(flag, eleven)).toEqual([
        'INVALID_USAGE',
        expect.stringContaining('at most 10'),
      ]);
      expect(read<unknown>(flag, eleven.slice(1)).warnings).toEqual([]);
    },
  );

  test('is never empty where a token is made', async () => {
    for (const flag of [CIDRS, COPY_RESTRICTION]) {
      expect(await refusal<unknown>(flag, [''])).toEqual(['INVALID_USAGE', '--cidrs is empty']);
    }
  });

  test('is empty, for any address, where a token is changed: said or not', () => {
    expect(read(NEW_RESTRICTION, ['']).value).toEqual({ kind: 'none', isSaid: false });
    expect(read(NEW_RESTRICTION, [''], true).value).toEqual({ kind: 'none', isSaid: true });
    expect(read(NEW_RESTRICTION, [], true).value).toEqual({ kind: 'none', isSaid: true });
    expect(read(NEW_RESTRICTION, []).value).toBeUndefined();
    expect(read(COPY_RESTRICTION, [], true).value).toEqual({ kind: 'none', isSaid: true });
  });

  test('contradicts --unrestricted', async () => {
    expect(await refusal(NEW_RESTRICTION, ['10.0.0.0/8'], true)).toEqual([
      'INVALID_USAGE',
      expect.stringContaining('only one of'),
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { organizationOf } from '../../src/api/organization.ts';
import { parseTokenReference, resolveTokenId } from '../../src/flags/token.ts';
import { silentProgress } from '../../src/output/progress.ts';
import { createTestClient, failureOf, hintOf, interceptApi, json, listOf, tokenRow } from '../support/api.ts';

const api = interceptApi();

function resolving(word: string): Promise<string> {
  return resolveTokenId(
    parseTokenReference(word),
    organizationOf(createTestClient(), 'acme'),
    silentProgress,
  );
}

function named(name: string, id: string): typeof tokenRow {
  return { ...tokenRow, id, name };
}

describe('what names a token', () => {
  test('is an id as it is, for which nothing is asked', async () => {
    expect(await resolving('k3j9x0q2m7ab')).toBe('k3j9x0q2m7ab');
    expect(await resolving('NAME:ci')).toBe('NAME:ci');
    expect(api().log).toEqual([]);
  });

  test.each(['ci', ' ci ', 'name:ci', '../x', '*', 'a\nb', '𝒩'])('is an exact name: %j', async (name) => {
    const others = [`${name}x`, `x${name}`, name.toUpperCase(), `${name}\u0000`, null];
    const rows = others
      .filter((other) => other !== name)
      .map((other) => ({ ...tokenRow, name: other, id: `not ${other}` }));
    api().answers(json(listOf(...rows, named(name, 'meant'))));
    expect(await resolving(`name:${name}`)).toBe('meant');
  });

  test.each(['', '.', '..', 'a/b', 'a b', 'name:', 'pscale_tkn_x', 'name:pscale_tkn_x'])(
    '%j is refused',
    (word) => {
      expect(() => parseTokenReference(word)).toThrow();
    },
  );

  test('never repeats what looks like a secret', () => {
    expect(() => parseTokenReference('name:pscale_tkn_hunter2')).toThrow(/^(?!.*hunter2)/);
  });
});

describe('a name', () => {
  test('is looked for on every page', async () => {
    api().answers(
      json({ ...listOf(named('other', 'a')), next_page: 2 }),
      json(listOf(named('ci', 'k3j9x0q2m7ab'))),
    );
    expect(await resolving('name:ci')).toBe('k3j9x0q2m7ab');
  });

  test('that very many tokens have does not list them all', async () => {
    api().answers(json(listOf(...Array.from({ length: 13 }, (_, i) => named('ci', `tok${i}`)))));
    const failure = await failureOf(resolving('name:ci'));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(hintOf(failure).split('\n')).toHaveLength(12);
    expect(hintOf(failure)).toMatch(/tok9 .*\nand 3 more$/);
  });

  test('that no token has is not found, also where there is no token at all', async () => {
    api().answers(json(listOf()));
    const failure = await failureOf(resolving('name:ci'));
    expect(failure.code).toBe('NOT_FOUND');
    expect(hintOf(failure)).toContain('list');
  });
});

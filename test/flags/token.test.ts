import { describe, expect, test } from 'vitest';
import { organizationOf } from '../../src/api/organization.ts';
import { parseTokenReference } from '../../src/flags/token.ts';
import { silentProgress } from '../../src/output/progress.ts';
import { type Asking, resolveTokenId } from '../../src/tokens/token-lookup.ts';
import { createTestClient, failureOf, hintOf, interceptApi, json, listOf, tokenRow } from '../support/api.ts';
import { untoldTime } from '../support/fake-clock.ts';
import { createHost } from '../support/host.ts';

const api = interceptApi();

const host = createHost();
const OFF_A_TERMINAL: Asking = {
  io: host.io,
  time: untoldTime(),
  progress: silentProgress,
  prompter: () => Promise.reject(new Error('nobody can be asked')),
};

function resolving(word: string): Promise<string> {
  return resolveTokenId(
    parseTokenReference(word),
    organizationOf(createTestClient(), 'acme'),
    OFF_A_TERMINAL,
  );
}

function named(name: string, id: string): typeof tokenRow {
  return { ...tokenRow, id, name };
}

describe('what names a token', () => {
  test('is an id as it is, for which nothing is asked', async () => {
    expect(await resolving('k3j9x0q2m7ab')).toBe('k3j9x0q2m7ab');
    expect(await resolving('id:any-other-form')).toBe('any-other-form');
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

  test.each([
    ...['', ' ', '.', '..', 'a/b', 'a\nb', 'a b/c', 'name:', 'id:', 'id:a b'],
    ...['pscale_tkn_x', 'name:pscale_tkn_x', 'a pscale_tkn_x'],
  ])('%j is refused', (word) => {
    expect(() => parseTokenReference(word)).toThrow();
  });

  test('never repeats what looks like a secret', () => {
    expect(() => parseTokenReference('name:pscale_tkn_hunter2')).toThrow(/^(?!.*hunter2)/);
  });
});

describe('a word of another form', () => {
  test.each(['ci', 'Deploy key', 'NAME:ci', 'deploy-key', 'k3j9x0q2m7a', 'k3j9x0q2m7abc', 'K3J9X0Q2M7AB'])(
    'is looked up in the list, once: %j',
    async (word) => {
      api().answers(json(listOf(named('other', 'a'), named(word, 'meant'))));
      expect(await resolving(word)).toBe('meant');
      expect(api().log).toHaveLength(1);
    },
  );

  test('is an id as well as a name, and of two tokens that it could mean none is guessed', async () => {
    api().answers(json(listOf(named('x', 'old-id'))));
    expect(await resolving('old-id')).toBe('old-id');
    api().answers(json(listOf(named('x', 'old-id'), named('old-id', 'other'))));
    expect((await failureOf(resolving('old-id'))).code).toBe('INVALID_USAGE');
  });

  test('that is none of them is NOT_FOUND, with the nearest name', async () => {
    api().answers(json(listOf(named('ci-deploy', 'a'))));
    const failure = await failureOf(resolving('ci-deplyo'));
    expect(failure.code).toBe('NOT_FOUND');
    expect(hintOf(failure)).toBe('Did you mean ci-deploy?');
  });

  test('is taken for an id where the list may not be read, unless it cannot be one', async () => {
    for (const code of [403, 404]) {
      api().answers(json({ code: 'forbidden', message: 'no' }, code));
      expect(await resolving('ci-deploy')).toBe('ci-deploy');
      api().answers(json({ code: 'forbidden', message: 'no' }, code));
      expect((await failureOf(resolving('Deploy key'))).code).not.toBe('INVALID_USAGE');
    }
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

import { describe, expect, test } from 'vitest';
import { patternsOverlap } from '../../src/values/name-pattern.ts';
import { inWorld } from './world.ts';

const OLD = '2026-04-01T00:00:00Z';

function file(owns: string, rest: string, organization = 'acme'): string {
  return `version: 1\norganization: ${organization}\nowns: ${owns}\n${rest}`;
}

const TOKENS = [
  { id: 'tok1', name: 'shop-a', created_at: OLD },
  { id: 'tok2', name: 'blog-a', created_at: OLD },
  { id: 'tok3', name: 'blog-b', created_at: OLD },
];

describe('several files', () => {
  test('are one plan with one digest, whatever their order', () =>
    inWorld(TOKENS, async (world) => {
      world.folder.write(file('["shop-*"]', 'absent: [shop-a]'), 'shop.yml');
      world.folder.write(file('\n  - blog-*', 'tokens: {blog-a: {cidrs: [203.0.113.7]}}'), 'blog.yml');
      const planOf = async (...files: readonly string[]) =>
        JSON.parse((await world.run('plan', ...files, '--format', 'json')).stdout);
      const plan = await planOf('shop.yml', 'blog.yml');
      expect(plan).toMatchObject({
        files: ['shop.yml', 'blog.yml'],
        changes: [
          { action: 'restrict', id: 'tok2' },
          { action: 'delete', id: 'tok1' },
        ],
        reports: { unlisted: [{ id: 'tok3' }] },
      });
      expect((await planOf('blog.yml', 'shop.yml')).digest).toBe(plan.digest);
      expect((await planOf('blog.yml')).digest).not.toBe(plan.digest);
      expect((await world.run('validate', 'shop.yml', 'blog.yml')).stdout).toContain(
        'shop.yml, blog.yml are valid',
      );
      const ran = await world.run('apply', 'blog.yml', 'shop.yml', '--plan', plan.digest);
      expect(ran, ran.stderr).toMatchObject({ status: 0 });
      expect(world.tokens().map(({ name }) => name)).toEqual(['blog-a', 'blog-b']);
    }));

  test.each([
    [
      'names of both',
      file('["*-b"]', 'tokens: {}'),
      'b.yml:3:8: "*-b" overlaps with "blog-?" at a.yml:3:8: one file owns a name',
    ],
    [
      'another organization',
      file('[x]', 'tokens: {}', 'other'),
      'the files are about two organizations, acme and other',
    ],
    [
      'one id',
      file('[x]', 'tokens: {x: {id: tok2}}'),
      'b.yml:4:10: tok2 is the id of the token at a.yml:4:10 already',
    ],
  ])('that share %s are refused with both places', (_, other, words) =>
    inWorld(TOKENS, async (world) => {
      world.folder.write(file('["blog-?"]', 'tokens: {blog-a: {id: tok2}}'), 'a.yml');
      world.folder.write(other, 'b.yml');
      const ran = await world.run('plan', 'a.yml', 'b.yml');
      expect(ran).toMatchObject({ status: 1, stdout: '' });
      expect(ran.stderr).toContain(words);
      expect(world.emulator.requests).toEqual([]);
    }),
  );

  test.each([
    ['ci-a', 'ci-a', true],
    ['ci-a', 'ci-b', false],
    ['ci-*', 'ci-b', true],
    ['ci-*', '*-ci', true],
    ['a*', 'b*', false],
    ['a?', 'a', false],
    ['a?c', '?b?', true],
    ['*a*', '*b*', true],
    ['\\*', 'x', false],
    ['\\*', '?', true],
    ['*', '', true],
    ['caf\u00e9', 'cafe\u0301', true],
  ])('%s and %s own a name in common: %s', (one, other, isShared) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const pairs = patternsOverlap([{ pattern: first }], [{ pattern: second }]);
      expect(pairs.length > 0).toBe(isShared);
    }
  });

  test('have one line for all that is not listed', () =>
    inWorld(
      Array.from({ length: 12 }, (_, at) => ({ id: `tok${at}`, name: `ci-${at}`, created_at: OLD })),
      async (world) => {
        world.folder.write(file('["ci-*"]', 'tokens: {}'));
        const { stdout } = await world.run('plan', 'tokens.yml');
        const told = stdout.split('\n').filter((line) => line.startsWith('Owned, but not listed: '));
        expect(told).toHaveLength(1);
        expect(told[0]).toMatch(/ and 2 more\. List them under tokens or absent\.$/);
      },
    ));
});

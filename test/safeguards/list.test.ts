import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SAFEGUARDS } from './list.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

// Whether the tests fail without them is what `npm run safeguards` finds out.
test.each(SAFEGUARDS.map((safeguard) => [safeguard.name, safeguard] as const))(
  '%s',
  (_, { changes, tests }) => {
    expect(changes.length).toBeGreaterThan(0);
    for (const { file, search, replacement } of changes) {
      const source = readFileSync(join(ROOT, file), 'utf8');
      expect(source.split(search).length - 1, `${file} holds ${search}`).toBe(1);
      expect(replacement).not.toBe(search);
    }
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  },
);

test('none is there twice', () => {
  const names = SAFEGUARDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

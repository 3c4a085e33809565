import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectHeld, heldLines } from '../support/held-by.ts';

/**
 * docs/promises.md and docs/differences.md name the tests that hold each line, as links with a test's title for
 * their text. A line without a test, and a test that is renamed, skipped or gone, are found here.
 */
const PAGES = {
  promises: new URL('../../docs/promises.md', import.meta.url),
  differences: new URL('../../docs/differences.md', import.meta.url),
};

test('there are promises about secrets, deletions and the network', () => {
  const lines = readFileSync(PAGES.promises, 'utf8').split('\n');
  expect(lines).toEqual(expect.arrayContaining(['## Secrets', '## Deletions', '## Network']));
  expect(heldLines(PAGES.promises).length).toBeGreaterThan(30);
  expect(heldLines(PAGES.differences).length).toBeGreaterThan(30);
});

describe.each(Object.entries(PAGES))('a line of %s', (_, page) => {
  test.each(heldLines(page))('is held by tests: $cells.0', ({ cells: [line = ''], tests }) => {
    expect(line).toMatch(/\.$/);
    expect(tests).not.toEqual([]);
    for (const held of tests) {
      expect(held.title).not.toBe('');
      expectHeld(page, held);
    }
  });
});

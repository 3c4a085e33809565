import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/**
 * docs/promises.md names the tests that hold each promise, as links with a test's title for their text. A
 * promise without a test, and a test that is renamed, skipped or gone, are found here.
 */
const page = new URL('../../docs/promises.md', import.meta.url);
const lines = readFileSync(page, 'utf8').split('\n');

interface Promised {
  readonly promise: string;
  readonly tests: readonly { readonly title: string; readonly file: string }[];
}

const PROMISES: readonly Promised[] = lines
  .filter((line) => line.startsWith('| ') && !/^\| (?:promise|---) \|/.test(line))
  .map((line) => {
    const [promise = '', holders = ''] = line.slice(2).split(' | ');
    const tests = [...holders.matchAll(/\[(.+?)\]\((.+?)\)/g)].map(([, title = '', file = '']) => ({
      title,
      file,
    }));
    return { promise, tests };
  });

/** The titles that stand in a file: of tests and groups of tests, or the comments of an acceptance script. */
function titlesIn(file: string): ReadonlySet<string> {
  const content = readFileSync(new URL(file, page), 'utf8');
  if (file.endsWith('.txt')) {
    return new Set(content.split('\n').flatMap((line) => (line.startsWith('# ') ? [line.slice(2)] : [])));
  }
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [title] = node.arguments;
      const callee = /^(?:test|describe)\b(.*)$/s.exec(node.expression.getText());
      const isPlayed =
        callee !== null && !/\.(?:skip|todo|fails)\b/.test(callee[1]?.replace(/\(.*/s, '') ?? '');
      if (isPlayed && title !== undefined && ts.isStringLiteralLike(title)) titles.add(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, content, ts.ScriptTarget.ES2023, true));
  return titles;
}

test('there are promises about secrets, deletions and the network', () => {
  expect(lines).toEqual(expect.arrayContaining(['## Secrets', '## Deletions', '## Network']));
  expect(PROMISES.length).toBeGreaterThan(30);
});

describe.each(PROMISES)('$promise', ({ tests }) => {
  test('is held by a test', () => {
    expect(tests).not.toEqual([]);
  });

  test.each(tests)('is held by $title', ({ title, file }) => {
    expect(file).toMatch(/^\.\.\/test\/.+(?:\.test\.ts|\.txt)$/);
    expect(existsSync(new URL(file, page)), `${file} does not exist`).toBe(true);
    expect([...titlesIn(file)]).toContain(title);
  });
});

test('each line of a table is a promise with its tests', () => {
  for (const { promise, tests } of PROMISES) {
    expect(promise).toMatch(/\.$/);
    expect(tests.every(({ title }) => title !== '')).toBe(true);
  }
});

import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect } from 'vitest';

/** A line of a page's table, and the tests that its last cell names. */
export interface HeldLine {
  readonly cells: readonly string[];
  readonly tests: readonly { readonly title: string; readonly file: string }[];
}

/** The lines of all tables of a page of docs/, without their heads. */
export function heldLines(page: URL): readonly HeldLine[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  return lines
    .filter((line, index) => line.startsWith('| ') && !isHead(line, lines[index + 1] ?? ''))
    .map((line) => {
      const cells = line.slice(2, -2).split(' | ');
      const tests = [...(cells.at(-1) ?? '').matchAll(/\[(.+?)\]\((.+?)\)/g)].map(
        ([, title = '', file = '']) => ({ title, file }),
      );
      return { cells, tests };
    });
}

function isHead(line: string, next: string): boolean {
  return line.startsWith('| ---') || next.startsWith('| ---');
}

/** Expects a test of that title, one that is played, in a file named from a page of docs/. */
export function expectHeld(page: URL, { title, file }: HeldLine['tests'][number]): void {
  expect(file).toMatch(/^\.\.\/test\/.+(?:\.test\.ts|\.txt)$/);
  expect(existsSync(new URL(file, page)), `${file} does not exist`).toBe(true);
  expect([...titlesIn(new URL(file, page))]).toContain(title);
}

/** The titles that stand in a file: of tests and groups of tests, or the comments of an acceptance script. */
function titlesIn(file: URL): ReadonlySet<string> {
  const content = readFileSync(file, 'utf8');
  if (file.pathname.endsWith('.txt')) {
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
  visit(ts.createSourceFile(file.pathname, content, ts.ScriptTarget.ES2023, true));
  return titles;
}
